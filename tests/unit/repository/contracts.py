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


def allowed_imports() -> list[tuple[str, str]]:
    """The imports that a contract makes an exception for: who imports, and what."""
    found = settings()
    lines = [line for name in found.sections() for line in found[name].get("ignore_imports", "").splitlines()]
    return [(importer, imported) for importer, _, imported in (line.split() for line in lines if line)]


def contract_names() -> list[str]:
    found = settings()
    return [found[name]["name"] for name in found.sections() if name.startswith(_PREFIX)]
