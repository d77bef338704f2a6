"""JSON in and out: what cannot be read becomes an InvalidEvent that names the field."""

import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec
from msgspec.json import Decoder, Encoder

from ingestion.errors import InvalidEvent
from ingestion.events.envelope import Event, Interaction, MetricEvent, Snapshot

T = TypeVar("T")

encode: Callable[[Event], bytes] = Encoder().encode

# msgspec tells what was wrong in words only: `Expected … - at `$.payload.spend``.
_PLACE = re.compile(r" - at `(?:key in )?\$\.?(.*)`$", re.DOTALL)
_NAMED_FIELD = re.compile(r"Object (?:missing required|contains unknown) field `(.*)`$", re.DOTALL)
_CODES = (
    ("Object missing required field", "required"),
    ("Object contains unknown field", "unknown_field"),
    ("Expected `str` of length <=", "max_length"),
    ("Expected `str` of length >=", "blank"),
    ("Expected `array` of length <=", "max_length"),
    ("Expected `int` <=", "max_value"),
    ("Expected `int` >=", "min_value"),
    ("Invalid enum value", "invalid_choice"),
)
_LONGEST_MESSAGE = 300
# JSON can spell a NUL in one way only, and half of the stores behind us take none.
_ESCAPE, _NUL, _ESCAPED_ESCAPE = b"\\", rb"\u0000", rb"\\"


def reader(decoder: Decoder[T]) -> Callable[[bytes], T]:
    """A function that decodes and checks one value; it raises InvalidEvent."""
    return partial(_read, decoder)


def _read(decoder: Decoder[T], data: bytes) -> T:
    if _ESCAPE in data and _NUL in data.replace(_ESCAPED_ESCAPE, b""):
        raise InvalidEvent("invalid", "", "A NUL character (\\u0000) stands nowhere in an event.")
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise as_invalid(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidEvent("malformed", "", f"This is not JSON: {error}.") from None


def as_invalid(error: msgspec.ValidationError) -> InvalidEvent:
    """The field that a decoder's refusal names, and our code for what is wrong with it."""
    text, place = _text_and_place(str(error))
    cause = error.__cause__
    if isinstance(cause, InvalidEvent):
        return InvalidEvent(cause.code, _joined(place, cause.field), cause.message)
    named = _NAMED_FIELD.match(text)
    field = _joined(place, named.group(1) if named else "")
    code = next((code for beginning, code in _CODES if text.startswith(beginning)), "invalid")
    return InvalidEvent(code, field[:_LONGEST_MESSAGE], text[:_LONGEST_MESSAGE])


def _text_and_place(message: str) -> tuple[str, str]:
    found = _PLACE.search(message)
    return (message[: found.start()], found.group(1)) if found else (message, "")


def _joined(*parts: str) -> str:
    return ".".join(part for part in parts if part)


read_metric_event = reader(Decoder(MetricEvent))
read_interaction = reader(Decoder(Interaction))
read_snapshot = reader(Decoder(Snapshot))
