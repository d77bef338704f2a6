"""The data generation of a campaign: a token in the cache server, another one whenever its answers change.

Tokens cannot be guessed and never come back, so an answer that was kept under one is never revived: not by
eviction, not by a wiped server.
"""

from collections.abc import Collection
from itertools import chain
from secrets import token_hex
from uuid import UUID

from api.cache_server import cache_server


def raise_generation(campaign_ids: Collection[UUID]) -> None:
    """To be called once whatever changed can be read. Raises CacheServerDown: then call it again later."""
    if campaign_ids:
        cache_server.ask("MSET", *chain.from_iterable((_key(which), token_hex(16)) for which in campaign_ids))


def _key(campaign_id: UUID) -> str:
    return f"ca:generation:{campaign_id}"
