"""Events on their way: from the door to the raw tables, or to the dead letters."""

from typing import Annotated

from runtime.options.declaring import Count, Section, says


class Accepting(Section, frozen=True):
    """What the door for events takes."""

    max_unpacked_bytes: Annotated[
        Count, says("Largest body that a gzipped one may unpack to; larger ones get a 413.")
    ] = 10 * 1024 * 1024


class Tracking(Section, frozen=True):
    visitor_key: Annotated[
        str,
        says(
            "Hashes the ids of visitors. With another key everybody is somebody new.",
            secret=True,
            min_length=32,
            max_length=64,
        ),
    ] = ""


class ConsumerBounds(Section, frozen=True):
    """What brings events from the log into the raw tables."""

    batch_events: Annotated[Count, says("Most events of one batch.")] = 20_000
    batch_mb: Annotated[
        Count, says("A batch takes no more events once it has so many megabytes; its memory follows from it.")
    ] = 16
    batch_seconds: Annotated[
        float, says("Longest that a batch waits to be filled; fresher figures cost more inserts.", gt=0)
    ] = 0.5
    seen_events: Annotated[
        int,
        says(
            "Stored events that each partition remembers in the cache server, to skip repeated deliveries "
            "(up to twice as many, of 60 bytes each); fewer where all would take more than half of our own "
            "cache server; 0 remembers none.",
            ge=0,
        ),
    ] = 50_000
    seen_hours: Annotated[Count, says("How long they are remembered.")] = 24
    liveness_file: Annotated[
        str, says("A file that a living consumer touches every second, for probes; empty for none.")
    ] = ""


class DeadLetters(Section, frozen=True):
    """Events of the log that cannot be taken: how many stop the consumers, how many are replayed at once."""

    stop_percent: Annotated[
        int,
        says(
            "Consumers stop for a person when more than this share of the last events is dead.", ge=1, le=100
        ),
    ] = 20
    stop_window: Annotated[Count, says("The last events: so many at least, once there were as many.")] = (
        10_000
    )
    stop_least: Annotated[Count, says("Fewer dead letters among them never stop a consumer.")] = 100
    most_at_once: Annotated[Count, says("Most dead letters that one run replays or discards.")] = 1000
    keep_days: Annotated[
        Count, says("How long replayed and discarded ones are kept. Those that wait are kept for ever.")
    ] = 90
