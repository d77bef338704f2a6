"""The consumer, assembled: the way of a batch from the log into the raw tables."""

from collections.abc import Callable

from django_redis import get_redis_connection
from msgspec import Struct

from ingestion.dead_letters.parking import Dead
from ingestion.eventlog.base import Batch, Consumer, EventLog
from ingestion.pipeline.burying import bury
from ingestion.pipeline.decoding import decode
from ingestion.pipeline.facts import Decoded
from ingestion.pipeline.holding import Holding
from ingestion.pipeline.nudging import Nudge
from ingestion.pipeline.seen import SeenWindow
from ingestion.pipeline.writing import Insert, insert_rows, write
from runtime.fault_points import FaultPoint, reached
from runtime.options import Consumer as Limits


class Steps(Struct):
    """What the way of a batch leads through."""

    seen: SeenWindow
    insert: Insert
    nudge: Nudge
    bury: Callable[[list[Dead]], None]


def product_steps(log: EventLog, prefix: str, limits: Limits) -> Steps:
    """`prefix` is that of the log's names: two logs share no window."""
    window = SeenWindow(lambda: get_redis_connection("default"), prefix, limits)
    return Steps(window, insert_rows, Nudge(), lambda dead: bury(log, dead))


def take(batch: Batch, consumer: Consumer, steps: Steps, holding: Holding) -> Decoded:
    """The whole way of a batch. A crash anywhere in it costs a repetition and changes no figure.

    Returns what was in it. Raises Stopped; anything else that it raises must end the process.
    """
    reached(FaultPoint.CONSUMER_POLLED)
    decoded = decode(batch.records)
    fresh, memory = steps.seen.without_repeats(decoded)
    holding.until_done("inserting", lambda: write(fresh, steps.insert))
    reached(FaultPoint.CONSUMER_INSERTED)
    steps.nudge.wish()
    reached(FaultPoint.CONSUMER_ENQUEUED)
    steps.seen.remember(memory)
    reached(FaultPoint.CONSUMER_REMEMBERED)
    holding.until_done("burying", lambda: steps.bury(decoded.dead))
    reached(FaultPoint.CONSUMER_BURIED)
    holding.until_done("committing", lambda: consumer.commit(batch.receipts))
    reached(FaultPoint.CONSUMER_COMMITTED)
    return decoded
