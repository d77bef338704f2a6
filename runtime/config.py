"""Reads the options of `runtime.options`: file, then CA_* variables, then generated secrets.

Everything wrong is told at once, each with the name that a person typed. An empty value counts as not set.
"""

import difflib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import structs

from runtime.catalogue import FILE_SUFFIX, PREFIX, Option, every_option, every_section
from runtime.contradictions import contradictions
from runtime.fault_points import VARIABLE as FAULT_POINTS
from runtime.options import REPOSITORY, Options
from runtime.stored_secrets import UnreadableSecrets, new_secret, stored_secrets

TEST_PREFIX = "CA_TEST_"  # read by the test suite alone
CONFIG_FILE = "CA_CONFIG_FILE"


class ConfigurationError(Exception):
    """Names every option that is wrong; the message is meant for the person who set it."""


@contextmanager
def exit_if_refused() -> Iterator[None]:
    """End the process in words for the person who started it, without a traceback."""
    try:
        yield
    except ConfigurationError as error:
        sys.exit(f"Configuration refused:\n{error}")


@cache
def configuration() -> Options:
    """The options of this process, read once; raises ConfigurationError."""
    return read_configuration(os.environ, _text_of_file(os.environ))


def read_configuration(environ: Mapping[str, str], file_text: str) -> Options:
    """The options that this environment and this file spell; raises ConfigurationError."""
    problems: list[str] = []
    given = _given_in_file(file_text, problems) | _given_in_environment(environ, problems)
    values = {key: value for key, value in _converted(given, problems) if value is not None}
    options = _options_of(values)
    try:
        if options.environment == "development":
            options = _options_of(_own_secrets(options.data_dir) | values)
        problems += [text for text in contradictions(options) if not _told_already(text, problems)]
    except UnreadableSecrets as error:
        problems.append(str(error))
    if options.environment == "production" and FAULT_POINTS in environ:
        problems.append(f"{FAULT_POINTS} belongs to tests: it must not be set in production.")
    if problems:
        raise ConfigurationError("\n".join(problems))
    return options


def _text_of_file(environ: Mapping[str, str]) -> str:
    """A file that was named must be there; the usual one need not."""
    named = environ.get(CONFIG_FILE)
    path = Path(named) if named else REPOSITORY / "config" / "config.yaml"
    if not named and not path.exists():
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{CONFIG_FILE}: cannot read {path} ({_reason(error)}).") from error


def _given_in_file(text: str, problems: list[str]) -> dict[str, Any]:
    """Flatten the file to `section.name` keys, refusing what nobody declared."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        problems.append(f"The configuration file is not YAML{_place_of(error)}.")
        return {}
    if document is None:
        return {}
    if not isinstance(document, dict):
        problems.append("The configuration file must hold `section: {name: value}` pairs.")
        return {}
    flat = dict(_leaves(document, problems))
    known = [option.file_key for option in every_option()]
    problems += [_unknown(key, known) for key in flat if key not in known]
    return {key: value for key, value in flat.items() if value not in (None, "")}


def _leaves(document: dict[Any, Any], problems: list[str]) -> Iterator[tuple[str, Any]]:
    sections = {name for name, _ in every_section()}
    for key, value in document.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", leaf) for name, leaf in value.items())
        elif key not in sections:
            yield str(key), value
        elif value is not None:
            problems.append(f"{key} is a section: write its options below it, like `{key}: {{name: value}}`.")


def _place_of(error: yaml.YAMLError) -> str:
    """Line and column alone: the text around them may be a secret."""
    mark = getattr(error, "problem_mark", None)
    return f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""


def _given_in_environment(environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    options = {name: option for option in every_option() for name in option.variables}
    files = {name + FILE_SUFFIX: option for name, option in options.items() if option.secret}
    values: dict[str, Any] = {}
    for name, text in environ.items():
        if name not in options and not _must_be_ours(name):
            continue
        if name not in options and name not in files:
            problems.append(_unknown(name, [*options, *files]))
        elif text and name in options:
            values[options[name].file_key] = environ.get(options[name].variable) or text
        elif text and environ.get(files[name].variable):
            problems.append(f"{name} and {files[name].variable} are both set: keep one.")
        elif text:
            values[files[name].file_key] = _read_secret(name, text, problems)
    return values


def _must_be_ours(name: str) -> bool:
    return name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and name != CONFIG_FILE


def _read_secret(name: str, path: str, problems: list[str]) -> str | None:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{name}: cannot read {path} ({_reason(error)}).")
        return None
    if not text:
        problems.append(f"{name}: {path} is empty.")
    return text


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error.strerror)


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f" Did you mean {close[0]}?" if close else " See docs/reference/configuration.md."
    return f"{name} is not an option of this product.{hint}"


def _own_secrets(data_dir: Path) -> dict[str, Any]:
    """Those of the data folder; before it has any, some that last as long as this process."""
    stored = stored_secrets(data_dir)
    secrets = {
        option: stored.get(option.variable) or new_secret() for option in every_option() if option.generated
    }
    return {option.file_key: (text,) if option.is_list else text for option, text in secrets.items()}


def _converted(given: Mapping[str, Any], problems: list[str]) -> Iterator[tuple[str, Any]]:
    for option in every_option():
        if option.file_key in given:
            yield option.file_key, _convert(option, given[option.file_key], problems)


def _convert(option: Option, value: Any, problems: list[str]) -> Any:
    """The value in its declared type; None after saying why it has none."""
    try:
        if option.is_list and isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        if option.is_path:
            return REPOSITORY / Path(msgspec.convert(value, str)).expanduser()
        return msgspec.convert(value, option.annotation, strict=False)
    except (msgspec.ValidationError, RuntimeError) as error:
        shown = "" if option.secret else f" (it is {value!r})"
        problems.append(f"{option.variable} / {option.file_key}: {error}{shown}.")
        return None


def _options_of(values: Mapping[str, Any]) -> Options:
    tree: dict[str, dict[str, Any]] = {}
    for option in every_option():
        if option.file_key in values:
            tree.setdefault(option.section, {})[option.name] = values[option.file_key]
    sections = {name: structs.replace(default, **tree.get(name, {})) for name, default in every_section()}
    return structs.replace(Options(), **tree.get("", {}), **sections)


def _told_already(text: str, problems: list[str]) -> bool:
    """A secret that was given and refused is not also missing."""
    return any(problem.startswith(text.split(" ", 1)[0]) for problem in problems)
