"""The consumer, assembled: the way of a batch from the log into the raw tables."""

from collections.abc import Callable

from django_redis import get_redis_connection
from msgspec import Struct, field

from ingestion.dead_letters.parking import Dead
from ingestion.eventlog.base import Consumer, EventLog
from ingestion.pipeline.aside import Aside
from ingestion.pipeline.burying import bury
from ingestion.pipeline.facts import Decoded
from ingestion.pipeline.gathering import Gathered
from ingestion.pipeline.holding import Holding
from ingestion.pipeline.nudging import Nudge
from ingestion.pipeline.seen import SeenWindow
from ingestion.pipeline.writing import Insert, insert_rows, write
from runtime.fault_points import FaultPoint, reached
from runtime.options import ConsumerBounds

# Goes on with something else until it is told that the wait is over.
Meanwhile = Callable[[Callable[[], bool]], None]


class Steps(Struct):
    """What the way of a batch leads through."""

    seen: SeenWindow
    insert: Insert
    nudge: Nudge
    bury: Callable[[list[Dead]], None]
    aside: Aside = field(default_factory=Aside)


def product_steps(log: EventLog, prefix: str, bounds: ConsumerBounds) -> Steps:
    """`prefix` is that of the log's names: two logs share no window."""
    window = SeenWindow(lambda: get_redis_connection("default"), prefix, bounds)
    return Steps(window, insert_rows, Nudge(), lambda dead: bury(log, dead))


def take(
    batch: Gathered, consumer: Consumer, steps: Steps, holding: Holding, meanwhile: Meanwhile
) -> Decoded:
    """The whole way of a batch. A crash anywhere in it costs a repetition and changes no figure.

    While it is inserted the next one is gathered, and goes no further before this one is committed. Returns
    what was in it. Raises AskedToStop; anything else that it raises must end the process.
    """
    reached(FaultPoint.CONSUMER_POLLED)
    decoded = batch.decoded()
    fresh, memory = steps.seen.without_repeats(decoded)
    inserting = steps.aside.begin(lambda: write(fresh, steps.insert))
    meanwhile(inserting.is_over)
    holding.until_done("inserting", lambda: inserting.finish(holding.beat))
    reached(FaultPoint.CONSUMER_INSERTED)
    steps.nudge.send_soon(len(batch.records))
    reached(FaultPoint.CONSUMER_ENQUEUED)
    steps.seen.remember(memory)
    reached(FaultPoint.CONSUMER_REMEMBERED)
    holding.until_done("burying", lambda: steps.bury(decoded.dead))
    reached(FaultPoint.CONSUMER_BURIED)
    holding.until_done("committing", lambda: consumer.commit(batch.receipts))
    reached(FaultPoint.CONSUMER_COMMITTED)
    return decoded
