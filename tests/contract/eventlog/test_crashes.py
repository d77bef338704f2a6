"""What kill -9 costs: a repetition at most, never an event."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP, EventLog, LogFull
from ingestion.eventlog.topics import METRIC_EVENTS
from runtime.options import REPOSITORY
from tests.contract.eventlog.engines import IMPATIENT, ServerLab, outage, silence
from tests.contract.eventlog.reading import at_last, consuming, entries, read, values, write


@pytest.fixture
def log(server_lab: ServerLab, name: str) -> Iterator[EventLog]:
    opened = server_lab.open(name)
    yield opened
    opened.close()


class ConsumerProcess:
    """See consumer_process.py."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def read(self, count: int) -> list[bytes]:
        return [value.encode() for value in self._ask(f"read {count}").split()]

    def commit(self) -> int:
        """How many partitions had been taken away."""
        return int(self._ask("commit"))

    def signal(self, number: int) -> None:
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _ask(self, order: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def consumer_process(lab: ServerLab, name: str) -> Iterator[ConsumerProcess]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.eventlog.consumer_process"],
        env={**os.environ, **lab.environment(), "CA_TOPICS_PREFIX": name},
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield ConsumerProcess(process)
        finally:
            process.kill()


def test_what_a_killed_consumer_had_not_committed_is_delivered_again(
    server_lab: ServerLab, log: EventLog, name: str
) -> None:
    written = write(log, 50)
    with consumer_process(server_lab, name) as doomed:
        assert sorted(doomed.read(50)) == sorted(written)
        doomed.kill()
        with consuming(log) as next_one:
            assert sorted(values(read(next_one, 50).records)) == sorted(written)


def test_what_a_killed_consumer_had_committed_is_not(server_lab: ServerLab, log: EventLog, name: str) -> None:
    write(log, 50)
    with consumer_process(server_lab, name) as doomed:
        doomed.read(50)
        assert doomed.commit() == 0
        doomed.kill()
        written = write(log, 10, first=50)
        with consuming(log) as next_one:
            assert sorted(values(read(next_one, 10).records)) == sorted(written)


def test_what_a_killed_consumer_left_undone_goes_to_one_that_lives(
    server_lab: ServerLab, log: EventLog, name: str
) -> None:
    written = write(log, 80, keys=40)
    with consumer_process(server_lab, name) as doomed:
        doomed.read(80)
        with consuming(log) as living:
            assert living.poll(80, 0.5).records == []
            doomed.kill()
            undone = read(living, 80)
            assert sorted(values(undone.records)) == sorted(written)
            assert living.commit(undone.receipts) == set()
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0


def test_a_process_that_slept_past_its_lease_cannot_commit_for_its_successor(
    server_lab: ServerLab, log: EventLog, name: str
) -> None:
    write(log, 40, keys=40)
    with consumer_process(server_lab, name) as sleeper:
        sleeper.read(40)
        sleeper.signal(signal.SIGSTOP)
        with consuming(log) as successor:
            taken = read(successor, 40)
            sleeper.signal(signal.SIGCONT)
            assert sleeper.commit() == 4
            assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 40
            assert successor.commit(taken.receipts) == set()


def test_what_was_acknowledged_survives_the_server(server_lab: ServerLab, log: EventLog) -> None:
    written = write(log, 500)
    with outage(server_lab):
        pass
    with consuming(log) as consumer:
        assert sorted(values(read(consumer, 500).records)) == sorted(written)


def test_what_was_committed_survives_the_server(server_lab: ServerLab, log: EventLog) -> None:
    write(log, 20)
    with consuming(log) as consumer:
        consumer.commit(read(consumer, 20).receipts)
    with outage(server_lab):
        pass
    at_last(lambda: sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0)


def test_producing_during_an_outage_is_a_transient_failure_and_later_succeeds(
    server_lab: ServerLab, log: EventLog
) -> None:
    write(log, 1)
    with outage(server_lab):
        began = time.monotonic()
        failures = log.produce(METRIC_EVENTS, entries(3), timeout=1.0)
        took = time.monotonic() - began
        with pytest.raises(TransientFailure):
            log.check(timeout=0.5)
    assert list(failures) == [0, 1, 2]
    assert all(isinstance(failure, TransientFailure) for failure in failures.values())
    assert not any(isinstance(failure, LogFull) for failure in failures.values())
    assert took < 10  # it waits for what it was told to wait for, and not for ever
    at_last(lambda: log.produce(METRIC_EVENTS, entries(1, first=9), timeout=5.0) == {})
    log.check(timeout=10)


def test_a_server_that_does_not_answer_holds_nobody_up(server_lab: ServerLab, log: EventLog) -> None:
    """The public redirect waits for 300 milliseconds, and goes on without."""
    write(log, 1)
    with silence(server_lab):
        began = time.monotonic()
        failures = [log.produce(METRIC_EVENTS, entries(1), timeout=0.3) for _ in range(3)]
        took = time.monotonic() - began
    assert all(isinstance(told[0], TransientFailure) for told in failures)
    assert took < 10  # never the minutes that a connection may wait by default
    at_last(lambda: log.produce(METRIC_EVENTS, entries(1, first=9), timeout=5.0) == {})


def test_a_consumer_outlives_its_server_and_misses_nothing(server_lab: ServerLab, log: EventLog) -> None:
    with consuming(log) as consumer:
        first = set(write(log, 100))
        assert set(values(read(consumer, 100).records)) == first
        with outage(server_lab):
            consumer.hold(1.0)
        batch = entries(100, first=100)
        at_last(lambda: not log.produce(METRIC_EVENTS, batch, timeout=20))
        second = {entry.value for entry in batch}
        seen: set[bytes] = set()

        def all_seen() -> bool:
            seen.update(values(consumer.poll(1000, 0.2).records))
            return second <= seen

        at_last(all_seen)


def test_a_server_that_is_killed_again_and_again_loses_nothing_that_it_acknowledged(
    server_lab: ServerLab, log: EventLog
) -> None:
    acknowledged: set[bytes] = set()
    for round_number in range(3):
        for chunk in range(5):
            batch = entries(200, first=1000 * round_number + 200 * chunk)
            failures = log.produce(METRIC_EVENTS, batch, timeout=20)
            acknowledged |= {entry.value for index, entry in enumerate(batch) if index not in failures}
        with outage(server_lab):
            time.sleep(IMPATIENT.lease / 3)
    assert len(acknowledged) >= 1000
    delivered: set[bytes] = set()
    with consuming(log) as consumer:

        def all_delivered() -> bool:
            delivered.update(values(consumer.poll(1000, 0.2).records))
            return acknowledged <= delivered

        at_last(all_delivered)
