"""Takes secrets out of log lines, whoever wrote them."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"password|secret|token|authorization|cookie|credential|api_key|write_key", re.IGNORECASE
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\bca_(key|write)_[\w-]+"), rf"ca_\1_{HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"://[^/\s:@]*:[^/\s@]+@"), f"://{HIDDEN}@"),
    (
        re.compile(
            r"((?:password|secret|token|signature|[?&][\w-]*key)[\"']?\s?[=:]\s?[\"']?)[^\s\"',&;}]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
)


def scrubbed(text: str) -> str:
    """The text without bearer tokens, keys, passwords in addresses and secret values of queries."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def scrub_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: hides values by their name, and secrets inside texts by their look."""
    for name, value in event.items():
        event[name] = _hidden(name, value)
    return event


def _hidden(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, Mapping):
        return {str(inner): _hidden(str(inner), leaf) for inner, leaf in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hidden("", leaf) for leaf in value]
    return value
