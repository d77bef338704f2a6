"""Addresses of a web server that mean this machine."""

from collections.abc import Iterable

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def name_this_machine_alone(hosts: Iterable[str]) -> bool:
    """Whether nobody elsewhere is answered to. True without any host."""
    return _LOOPBACK.issuperset(hosts)


def answering(host: str) -> str:
    """Where on this machine somebody answers who binds this address."""
    return _EVERY_ADDRESS.get(host, host)
