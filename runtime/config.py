"""Reads the options of `runtime.options`: file, then CA_* variables, then generated secrets.

Everything wrong is told at once, each with the name that a person typed.
"""

import base64
import difflib
import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import structs

from runtime.options import REPOSITORY, Options, Section

PREFIX = "CA_"
TEST_PREFIX = "CA_TEST_"  # read by the test suite alone
CONFIG_FILE = "CA_CONFIG_FILE"
SECRETS_FILE = "secrets.json"


class ConfigurationError(Exception):
    """Names every option that is wrong; the message is meant for the person who set it."""


class Option(msgspec.Struct, frozen=True):
    """One leaf of `Options`: where it stands, how it is spelled, what it accepts."""

    section: str
    name: str
    annotation: Any
    default: Any

    @property
    def variable(self) -> str:
        return PREFIX + "_".join(part for part in (self.section, self.name) if part).upper()

    @property
    def file_key(self) -> str:
        return ".".join(part for part in (self.section, self.name) if part)

    @property
    def _metas(self) -> list[msgspec.Meta]:
        return [note for note in self.annotation.__metadata__ if isinstance(note, msgspec.Meta)]

    @property
    def description(self) -> str:
        return next((note.description for note in self._metas if note.description), "")

    @property
    def secret(self) -> bool:
        return any((note.extra or {}).get("secret") for note in self._metas)

    @property
    def is_list(self) -> bool:
        return isinstance(self.default, tuple)


def every_option() -> Iterator[Option]:
    """All leaves in declared order; the order of the reference page."""
    for field in structs.fields(Options):
        if isinstance(field.default, Section):
            for leaf in structs.fields(type(field.default)):
                yield Option(field.name, leaf.name, leaf.type, leaf.default)
        else:
            yield Option("", field.name, field.type, field.default)


@cache
def configuration() -> Options:
    """The options of this process, read once; raises ConfigurationError."""
    path = Path(os.environ.get(CONFIG_FILE, REPOSITORY / "config" / "config.yaml"))
    text = path.read_text() if path.exists() else ""
    return read_configuration(os.environ, text)


def read_configuration(environ: Mapping[str, str], file_text: str) -> Options:
    problems: list[str] = []
    values = _values_of_file(file_text, problems) | _values_of_environment(environ, problems)
    if not problems:
        _fill_secrets(values, problems)
    options = _build(values, problems)
    if problems:
        raise ConfigurationError("\n".join(problems))
    _refuse_unsafe_production(options)
    return options


def new_secret() -> str:
    """Thirty-two random bytes, spelled so that they also serve as a Fernet key."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def store_missing_secrets(data_dir: Path) -> None:
    """Give a data folder its own secrets, once; safe to call at every start."""
    path = data_dir / SECRETS_FILE
    known = _stored_secrets(data_dir)
    wanted = {option.variable: new_secret() for option in every_option() if option.secret}
    if wanted.keys() <= known.keys():
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(json.dumps(wanted | known, indent=1))
    beside.replace(path)


def _values_of_file(text: str, problems: list[str]) -> dict[str, Any]:
    """Flatten the file to `section.name` keys, refusing what nobody declared."""
    try:
        document = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        problems.append(f"The configuration file is not YAML: {error}")
        return {}
    if not isinstance(document, dict):
        problems.append("The configuration file must hold `section: {name: value}` pairs.")
        return {}
    flat: dict[str, Any] = {}
    for key, value in document.items():
        inner = value.items() if isinstance(value, dict) else [(None, value)]
        flat |= {f"{key}.{name}" if name else str(key): leaf for name, leaf in inner}
    known = [option.file_key for option in every_option()]
    problems += [_unknown(key, known) for key in flat if key not in known]
    return flat


def _values_of_environment(environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    by_variable: dict[str, tuple[Option, bool]] = {}
    for option in every_option():
        by_variable[option.variable] = (option, False)
        if option.secret:
            by_variable[option.variable + "_FILE"] = (option, True)
    values: dict[str, Any] = {}
    for name, text in environ.items():
        if not name.startswith(PREFIX) or name.startswith(TEST_PREFIX) or name == CONFIG_FILE:
            continue
        if name not in by_variable:
            problems.append(_unknown(name, list(by_variable)))
            continue
        option, from_file = by_variable[name]
        values[option.file_key] = _read_secret(name, text, problems) if from_file else text
    return values


def _read_secret(name: str, path: str, problems: list[str]) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        problems.append(f"{name}: cannot read {path} ({error.strerror}).")
        return ""


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f" Did you mean {close[0]}?" if close else " See docs/reference/configuration.md."
    return f"{name} is not an option of this product.{hint}"


def _fill_secrets(values: dict[str, Any], problems: list[str]) -> None:
    """Unset secrets come from the data folder; before it has any they last as long as this process."""
    production = values.get("environment") == "production"
    data_dir = Path(values.get("data_dir") or Options().data_dir)
    stored = {} if production else _stored_secrets(data_dir)
    for option in every_option():
        if not option.secret or values.get(option.file_key):
            continue
        if production and _is_needed(option, values):
            problems.append(f"{option.variable} (or {option.variable}_FILE) must be set in production.")
        elif not production:
            values[option.file_key] = stored.get(option.variable) or new_secret()


def _is_needed(option: Option, values: Mapping[str, Any]) -> bool:
    return option.section != "email" or bool(values.get("email.host"))


def _stored_secrets(data_dir: Path) -> dict[str, str]:
    path = data_dir / SECRETS_FILE
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _build(values: Mapping[str, Any], problems: list[str]) -> Options:
    tree: dict[str, dict[str, Any]] = {}
    for option in every_option():
        if option.file_key in values:
            value = _convert(option, values[option.file_key], problems)
            tree.setdefault(option.section, {})[option.name] = value
    if problems:
        return Options()
    sections = {
        field.name: structs.replace(field.default, **tree.get(field.name, {}))
        for field in structs.fields(Options)
        if isinstance(field.default, Section)
    }
    return structs.replace(Options(), **tree.get("", {}), **sections)


def _convert(option: Option, value: Any, problems: list[str]) -> Any:
    if option.is_list and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if option.name == "data_dir":
        return Path(str(value)).expanduser().absolute()
    try:
        return msgspec.convert(value, option.annotation, strict=False)
    except msgspec.ValidationError as error:
        shown = "" if option.secret else f" (it is {value!r})"
        problems.append(f"{option.variable} / {option.file_key}: {error}{shown}.")
        return option.default


def _refuse_unsafe_production(options: Options) -> None:
    if options.environment != "production":
        return
    unsafe = []
    if options.web.debug:
        unsafe.append("CA_WEB_DEBUG must be false in production.")
    if "*" in options.web.allowed_hosts:
        unsafe.append("CA_WEB_ALLOWED_HOSTS must name hosts in production, not `*`.")
    if unsafe:
        raise ConfigurationError("\n".join(unsafe))
