"""JSON in and out through msgspec: fast, and strict about what JSON is."""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

READABLE_INDENT = 2
DEEPEST = 64  # what nests deeper is JSON and nothing that any route takes, and whoever prints it would fail


def _exact(number: str) -> Decimal:
    """Every digit that was sent: an amount must not pass through a binary fraction."""
    if math.isinf(float(number)):
        raise ValueError("Number out of range")
    try:
        return Decimal(number)
    except InvalidOperation:
        raise ValueError("Exponent out of range") from None


_DECODER = msgspec.json.Decoder(float_hook=_exact)


class JsonParser(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return read_json(stream.read())


def read_json(body: bytes) -> Any:
    """Raises ParseError."""
    try:
        value = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ParseError(f"The body is not JSON: {error}") from None
    except RecursionError:
        raise _too_deep() from None
    if body.count(b"[") + body.count(b"{") > DEEPEST and _is_too_deep(value):
        raise _too_deep()
    return value


def _too_deep() -> ParseError:
    return ParseError(f"The body is nested more than {DEEPEST} deep.")


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [inner for each in level for inner in _parts(each)]
    return bool(level)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class JsonRenderer(BaseRenderer):
    """Amounts are Decimals and leave as strings; times leave as RFC 3339."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        encoded = msgspec.json.encode(data, enc_hook=_encode_other)
        if "indent" in (accepted_media_type or "") or "indent" in (renderer_context or {}):
            return msgspec.json.format(encoded, indent=READABLE_INDENT)
        return encoded


def _encode_other(value: Any) -> Any:
    """DRF and Django speak in subclasses of the plain types, and in lazy text."""
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, list) else str(value)
