"""The import contracts of setup.cfg, read as the linter reads them."""

from configparser import ConfigParser

from runtime.options import REPOSITORY

_PREFIX = "importlinter:contract:"


def settings() -> ConfigParser:
    parser = ConfigParser()
    parser.read(REPOSITORY / "setup.cfg")
    return parser


def root_packages() -> list[str]:
    return settings()["importlinter"]["root_packages"].split()


def contract_names() -> list[str]:
    found = settings()
    return [found[name]["name"] for name in found.sections() if name.startswith(_PREFIX)]
