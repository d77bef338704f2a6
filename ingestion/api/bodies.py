"""From a request's body to raw events: one event, a batch of them, or one a line; plain or gzipped."""

import json
import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import Decoder
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from api.problem_codes import ProblemCode
from api.problems import WHOLE_BODY, Problem, field_problem
from ingestion.errors import InvalidEvent
from ingestion.events.coding import as_invalid
from runtime.config import configuration

MOST_EVENTS = 1000
MOST_MEMBERS = 1000  # of a gzipped body: each costs a copy of all that follows it
# A list of so many parts is counted before it is read: each part would take thirty times its own room.
_MANY_PARTS = 100_000
_SHAPES = 'Send one event, {"events": [...]}, or one event a line as application/x-ndjson.'
_GZIP = 16 + zlib.MAX_WBITS


class SentBody(NamedTuple):
    """Each event as it came: whether it is one is for whoever accepts it to say."""

    events: list[bytes] | list[Raw]
    write_key: str | None


class _Batch(Struct, forbid_unknown_fields=True):
    events: Raw
    write_key: str | None = None


class _Single(Struct):
    """What a batch that is none may still hold."""

    events: Raw | UnsetType = UNSET


class _Keyed(Struct):
    write_key: str | None = None


_read_batch = Decoder(_Batch).decode
_read_events = Decoder(list[Raw]).decode
_read_single = Decoder(_Single).decode
_read_key = Decoder(_Keyed).decode
_skip_value = json.JSONDecoder(strict=False, parse_int=str, parse_float=str).raw_decode
_skip_space = re.compile(r"[ \t\r\n]*").match
_UNREADABLE = (msgspec.DecodeError, json.JSONDecodeError, UnicodeDecodeError, RecursionError)


class JsonEvents(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return _read(in_json, stream, parser_context)


class EventLines(BaseParser):
    media_type = "application/x-ndjson"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return _read(in_lines, stream, parser_context)


def sent_body(request: Request) -> SentBody:
    """Raises why the body cannot be read, also if it is empty."""
    body: object = request.data
    if isinstance(body, APIException):
        raise body
    if not isinstance(body, SentBody):
        raise ParseError(f"There is no body. {_SHAPES}")
    return body


def in_json(body: bytes) -> SentBody:
    """One event or a batch. Raises ParseError, or a Problem with the field that is wrong with the batch."""
    try:
        batch = _read_batch(body)
        events = _events(bytes(batch.events))
    except msgspec.ValidationError as error:
        return _single_event(body, as_invalid(error))
    except _UNREADABLE as error:
        raise ParseError(f"The body is not JSON: {error}") from None
    return SentBody(events, batch.write_key)


def in_lines(body: bytes) -> SentBody:
    """One event a line; blank lines are none. A line that is not JSON spoils no other."""
    lines = [line for line in body.split(b"\n") if line and not line.isspace()]
    return SentBody(lines, _write_key_of(lines[0]) if lines else None)


def unpack(packed: bytes, most: int) -> bytes:
    """What was gzipped, in one member or several; never holds more than `most` bytes of it."""
    parts: list[bytes] = []
    left = most
    while packed:
        if len(parts) == MOST_MEMBERS:
            raise ParseError(f"The gzipped body has more than {MOST_MEMBERS} members.")
        member = zlib.decompressobj(_GZIP)
        try:
            part = member.decompress(packed, left + 1)
        except zlib.error as error:
            raise ParseError(f"The body is not gzip: {error}") from None
        left -= len(part)
        if left < 0:
            raise Problem(ProblemCode.BODY_TOO_LARGE, f"It unpacks to more than {most} bytes.")
        if not member.eof:
            raise ParseError("The gzipped body ends too early.")
        parts.append(part)
        packed = member.unused_data
    return b"".join(parts)


def _read(
    read: Callable[[bytes], SentBody], stream: Any, parser_context: Mapping[str, Any] | None
) -> SentBody | APIException:
    """Why it cannot be read is handed on, not raised: else who looks for a write key would alone be told."""
    try:
        return _bounded(read(_unpacked(stream, parser_context)))
    except APIException as refusal:
        return refusal.with_traceback(None)


def _unpacked(stream: Any, parser_context: Mapping[str, Any] | None) -> bytes:
    body: bytes = stream.read()
    request: Request = (parser_context or {})["request"]
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding in {"gzip", "x-gzip"}:
        return unpack(body, configuration().accepting.max_unpacked_bytes)
    if encoding not in {"", "identity"}:
        raise UnsupportedMediaType(encoding, f"The only content encoding is gzip, not {encoding[:64]}.")
    return body


def _events(array: bytes) -> list[Raw]:
    if array.count(b",") > _MANY_PARTS and array.startswith(b"[") and _is_too_long(array.decode()):
        raise field_problem("events", "too_many", f"A request holds at most {MOST_EVENTS} events.")
    return _read_events(array)


def _is_too_long(array: str) -> bool:
    """Whether this JSON has more than MOST_EVENTS items; looks at no more of them."""
    place = 1
    for _ in range(MOST_EVENTS):
        _, end = _skip_value(array, _past_space(array, place))
        place = _past_space(array, end)
        if array[place] == "]":
            return False
        place += 1
    return True


def _past_space(text: str, place: int) -> int:
    found = _skip_space(text, place)
    return found.end() if found else place


def _bounded(sent: SentBody) -> SentBody:
    if not sent.events:
        raise field_problem("events", "empty", "There is no event in it.")
    if len(sent.events) > MOST_EVENTS:
        raise field_problem(
            "events",
            "too_many",
            f"There are {len(sent.events)} events; a request holds at most {MOST_EVENTS}.",
        )
    return sent


def _single_event(body: bytes, refusal: InvalidEvent) -> SentBody:
    """`refusal` is what was wrong with it as a batch; it counts if the body meant to be one."""
    try:
        single = _read_single(body)
    except msgspec.ValidationError:
        raise field_problem(WHOLE_BODY, "invalid", _SHAPES) from None
    except _UNREADABLE as error:
        raise ParseError(f"The body is not JSON: {error}") from None
    if single.events is not UNSET:
        raise field_problem(refusal.field or "events", refusal.code, refusal.message)
    return SentBody([body], _write_key_of(body))


def _write_key_of(event: bytes) -> str | None:
    try:
        return _read_key(event).write_key
    except _UNREADABLE:
        return None
