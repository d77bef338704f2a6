"""Reads payloads that may be anything: what is told at their top, and whether they are events by now."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from ingestion.eventlog.topics import INTERACTIONS, METRIC_EVENTS, SNAPSHOTS
from ingestion.events.coding import read_interaction, read_metric_event, read_snapshot
from ingestion.events.envelope import Event

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_READ_KIND: dict[str, Callable[[bytes], Event]] = {
    "metric": read_metric_event,
    "click": read_interaction,
    "conversion": read_interaction,
    "impression": read_interaction,
    "snapshot": read_snapshot,
}
_READ_TOPIC: dict[str, Callable[[bytes], Event]] = {
    METRIC_EVENTS: read_metric_event,
    INTERACTIONS: read_interaction,
    SNAPSHOTS: read_snapshot,
}
KINDS = tuple(_READ_KIND)


def event_of(payload: bytes, topic: str) -> Event:
    """The event, of the kind that it says; raises InvalidEvent, by the rules of its topic if it says none."""
    return _READ_KIND.get(kind_of(payload), _READ_TOPIC[topic])(payload)


def kind_of(payload: bytes) -> str:
    """Empty where it tells none that there is."""
    kind = told(payload).get("kind", "")
    return kind if kind in KINDS else ""


def told(payload: bytes) -> dict[str, str]:
    """The texts that stand at the top of a payload, as far as it is JSON at all."""
    fields = _decoded(payload, dict[str, msgspec.Raw]) or {}
    texts = {name: _decoded(raw, str) for name, raw in fields.items()}
    return {name: text for name, text in texts.items() if text is not None}


def uuid_of(text: str | None) -> UUID | None:
    try:
        return UUID(text)
    except (TypeError, ValueError):
        return None


def readable(payload: bytes) -> str:
    """For people: JSON on lines of its own, every number as it stands there; of other bytes what is text."""
    try:
        text = msgspec.json.format(payload, indent=2).decode()
    except UNREADABLE:
        text = payload.decode(errors="backslashreplace")
    return text.replace("\0", "\\x00")


def _decoded(data: bytes | msgspec.Raw, kind: Any) -> Any:
    try:
        return msgspec.json.decode(data, type=kind)
    except UNREADABLE:
        return None
