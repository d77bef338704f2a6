"""The steps of a batch's way with nothing behind them; they note what was asked of them, in order."""

from collections.abc import Mapping, Sequence
from typing import Any

from ingestion.dead_letters.parking import Dead
from ingestion.eventlog.base import AMPLE, Batch, Consumer, Receipt
from ingestion.pipeline.consumer import Steps
from ingestion.pipeline.facts import Decoded
from ingestion.pipeline.seen import NOTHING, Memory
from warehouse.tables import Table


class Noted:
    """Raises what is in `failures` under the name of a step, one after the other."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.rows: dict[str, list[Mapping[str, Sequence[Any]]]] = {}
        self.dead: list[Dead] = []
        self.failures: dict[str, list[Exception]] = {}

    def steps(self) -> Steps:
        return Steps(self, self.insert, self, self.bury)  # type: ignore[arg-type]

    def step(self, name: str) -> None:
        self.order.append(name)
        if self.failures.get(name):
            raise self.failures[name].pop()

    def insert(self, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
        self.step(f"insert {table.name}")
        self.rows.setdefault(table.name, []).append(columns)

    def bury(self, dead: list[Dead]) -> None:
        self.step("bury")
        self.dead += dead

    def without_repeats(self, decoded: Decoded) -> tuple[Decoded, Memory]:
        self.step("look")
        return decoded, NOTHING

    def remember(self, memory: Memory) -> None:
        self.step("remember")

    def send_soon(self, events: int) -> None:
        self.step("nudge")

    def send_if_due(self) -> None:
        """Nothing is sent."""

    def send_now(self) -> None:
        """Nothing is sent."""


class NotingConsumer(Consumer):
    """Passes everything on."""

    def __init__(self, consumer: Consumer, noted: Noted) -> None:
        self._consumer = consumer
        self._noted = noted

    def poll(self, limit: int, timeout: float, size: int = AMPLE) -> Batch:
        return self._consumer.poll(limit, timeout, size)

    def hold(self, seconds: float) -> None:
        self._noted.step("hold")

    def commit(self, receipts: Sequence[Receipt]) -> Any:
        self._noted.step("commit")
        return self._consumer.commit(receipts)

    def partitions(self) -> Any:
        return self._consumer.partitions()

    def close(self) -> None:
        self._consumer.close()
