"""One drill: a stack that is sent a load while its processes are killed, and the verdict of the oracle."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from signal import SIGINT
from typing import Any, NamedTuple

from redis import Redis

from ingestion.eventlog.base import MAIN_GROUP
from ingestion.eventlog.opening import open_log
from ingestion.eventlog.topics import TOPICS
from runtime.options import REPOSITORY
from tests.drill import oracle, standing
from tests.drill.evidence import evidence
from tests.drill.killing import PATIENCE, POINTS, Aim, Killer, Traps, deaths_at_random
from tests.drill.oracle import Campaign, Cell, Ledger
from tests.drill.stalling import stall_until_robbed
from tests.e2e.api_client import ApiClient
from tests.running_stack import UNLIMITED, RealStack, wait_until
from warehouse.client import writer_of
from warehouse.tables import LOG_PROGRESS, TABLES

Say = Callable[[str], None]

# Only the ledger's events count, no number of dead letters stops anything, and settling comes soon.
OPTIONS = {
    "CA_DATA_SOURCE": "real",
    "CA_FLOWER_ENABLED": "false",
    "CA_DEAD_LETTERS_STOP_PERCENT": "100",
    "CA_WAREHOUSE_WRITE_SECONDS": "20",
    "CA_AGGREGATION_STATEMENT_SECONDS": "10",
    "CA_AGGREGATION_SETTLE_SECONDS": "35",
    **UNLIMITED,
}
LOG_SERVERS = {"redis": "redis_log", "kafka": "kafka"}
SHARES = ("duplicates", "changed", "late", "broken", "broken_on_log")
LEAST_OF_A_SHARE = 0.75  # chance may leave that much of what was asked for


class Load(NamedTuple):
    """Goes on while processes are killed, and until so many events were sent."""

    events: int
    rate: int
    campaigns: int = 40
    duplicates: float = 0.10
    changed: float = 0.03
    late: float = 0.05
    broken: float = 0.01
    broken_on_log: float = 0.01
    interactions: float = 0.2

    @property
    def to_forget(self) -> int:
        """So many events has the window of seen ones when it is wiped."""
        return self.events // 10

    def arguments(self) -> list[str]:
        return [
            text
            for name, value in self._asdict().items()
            if name != "events"
            for text in (f"--{name.replace('_', '-')}", str(value))
        ]


@dataclass
class Verdict:
    """What was done to the stack, and where the oracle and the product differ."""

    victims: tuple[str, ...]
    at_random: Counter[str] = field(default_factory=Counter)
    at_points: Counter[str] = field(default_factory=Counter)
    stalled: int = 0
    forgotten: int = 0
    sent: int = 0
    shares: dict[str, float] = field(default_factory=dict)
    wrong_figures: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    wrong_after_replay: list[str] = field(default_factory=list)
    wrong_dead_letters: list[str] = field(default_factory=list)
    misjudged: set[int] = field(default_factory=set)
    undecided: set[int] = field(default_factory=set)
    facts: int = 0
    cells: int = 0

    @property
    def complaints(self) -> list[str]:
        return [
            *self.wrong_figures,
            *(f"after a replay, {what}" for what in self.wrong_after_replay),
            *self.wrong_dead_letters,
            *(f"delivery {number} was accepted or rejected wrongly" for number in sorted(self.misjudged)[:5]),
            *(f"delivery {number} was never decided" for number in sorted(self.undecided)[:5]),
        ]

    def shortfalls(self, load: Load, aim: Aim) -> list[str]:
        """Where less was done to the stack than was to be done: then right figures prove less."""
        done = {
            **{f"random deaths of {name}": (self.at_random[name], aim.at_random) for name in self.victims},
            **{f"deaths at {point}": (self.at_points[point], aim.at_points) for point in POINTS},
            "consumers robbed while they stalled": (self.stalled, aim.at_points),
            "events seen that the cache server forgot": (self.forgotten, load.to_forget),
            "events sent": (self.sent, load.events),
            **{
                f"share of {name}": (self.shares[name], LEAST_OF_A_SHARE * getattr(load, name))
                for name in SHARES
            },
        }
        return [f"{what}: {found}, not {asked}" for what, (found, asked) in done.items() if found < asked]


def drill(stack: RealStack, traps: Traps, load: Load, aim: Aim, *, seed: int, say: Say = print) -> Verdict:
    """Blocks until the load is through, the stack has settled, and everything is compared."""
    demo = stack.demo()
    path = stack.data_dir / "ledger.jsonl"
    killer = Killer(stack, traps, seed=seed, say=say)
    log = LOG_SERVERS[stack.options().event_log]
    verdict = Verdict(("consumer", "worker", "clickhouse", log))
    with _simulator(stack, load, path, seed) as simulator:
        _torment(stack, killer, load, aim, verdict)
        say("Everybody was killed often enough")
        # What was under way when the last one died is told of before the load ends.
        enough = max(load.events, _sent(path) + 20 * load.rate)
        wait_until(lambda: _sent(path) >= enough, f"{enough} events are sent", PATIENCE)
        simulator.send_signal(SIGINT)
        assert simulator.wait() == 0, (stack.data_dir / "simulator.log").read_text()
    verdict.at_random, verdict.at_points = deaths_at_random(stack, traps), traps.deaths_by_point()
    ledger = oracle.read_ledger(path)
    verdict.sent, verdict.shares = len(ledger.sent), oracle.shares(ledger)
    campaigns = _campaigns(demo)
    warehouse = standing.Warehouse(demo["warehouse"], demo["workspace_id"], campaigns)
    since = datetime.now(UTC) - timedelta(hours=12)
    expected = oracle.figures(ledger, campaigns, minutes_since=since)
    verdict.cells = len(expected)
    _wait_until_settled(stack, warehouse, say)
    _judge(verdict, ledger, standing.dead_letters(stack.options()), standing.told_dead(stack.options()))
    verdict.wrong_figures = differences(expected, warehouse.figures(minutes_since=since))
    if verdict.wrong_figures:
        verdict.evidence = evidence(ledger, warehouse, verdict.wrong_figures)
    _replay(stack, say)
    _wait_until_settled(stack, warehouse, say)
    verdict.wrong_after_replay = differences(expected, warehouse.figures(minutes_since=since))
    return verdict


def _replay(stack: RealStack, say: Say) -> None:
    """Everything that was made of the log is thrown away and made again."""
    writer = writer_of(stack.options())
    for table in TABLES:
        if table is not LOG_PROGRESS:
            writer.run(f"TRUNCATE TABLE {table.name}", feature="drill")
    writer.close()
    say("The warehouse is empty; the log is replayed")
    command = [sys.executable, str(REPOSITORY / "manage.py"), "consume_events", "--from-beginning"]
    subprocess.run(command, env=stack.environment, check=True, capture_output=True)


def _torment(stack: RealStack, killer: Killer, load: Load, aim: Aim, verdict: Verdict) -> None:
    """Four processes die at random and at their fault points, web at its own: each at its own pace."""
    with ThreadPoolExecutor(5, thread_name_prefix="killer") as pool:
        threads = [pool.submit(killer.kill_repeatedly, name, aim) for name in verdict.victims]
        threads.append(pool.submit(killer.kill_repeatedly, "web", aim._replace(at_random=0)))
        try:
            verdict.forgotten = _flush_cache(stack, load.to_forget)
            _stall(stack, aim, verdict)
            for thread in threads:
                thread.result()
        except BaseException:
            killer.over.set()
            raise


def _stall(stack: RealStack, aim: Aim, verdict: Verdict) -> None:
    for _ in range(aim.at_points):
        stall_until_robbed(stack.environment, stack.data_dir, PATIENCE)
        verdict.stalled += 1


def _flush_cache(stack: RealStack, holding: int) -> int:
    """Once its windows hold so many events; returns how many were forgotten."""
    server = stack.options().redis_cache
    with Redis(server.host, server.port, password=server.password) as cache:
        forgotten = wait_until(
            lambda: _seen(cache, holding), f"the cache server has seen {holding} events", PATIENCE
        )
        cache.flushall()
    return forgotten


def _seen(cache: "Redis[bytes]", least: int) -> int | None:
    """How many events the windows hold, once they are so many."""
    held = sum(int(cache.hlen(window)) for window in cache.scan_iter(match="*:seen:*"))
    return held if held >= least else None


@contextmanager
def _simulator(stack: RealStack, load: Load, ledger: Path, seed: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, str(REPOSITORY / "manage.py"), "simulate", "--senders", "2"]
    command += ["--ledger", str(ledger), "--seed", str(seed), *load.arguments()]
    with (stack.data_dir / "simulator.log").open("wb") as output:
        process = subprocess.Popen(
            command, env=stack.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _sent(ledger: Path) -> int:
    if not ledger.exists():  # the simulator is still starting
        return 0
    with ledger.open("rb") as lines:
        return sum(1 for line in lines if line.startswith(b'{"line":"sent"'))


def _campaigns(demo: Mapping[str, Any]) -> dict[str, Campaign]:
    client, found = ApiClient(demo["base_url"], demo["api_key"]), {}
    path: str | None = "/api/v1/campaigns/"
    while path:
        page = client.get(path).body
        for one in page["results"]:
            found[one["id"]] = Campaign(one["platform"], one["timezone"], one["currency"])
        path = page["next"] and page["next"].removeprefix(demo["base_url"])
    return found


def _wait_until_settled(stack: RealStack, warehouse: standing.Warehouse, say: Say) -> None:
    log = open_log(stack.options())
    try:
        wait_until(lambda: not any(log.lag(MAIN_GROUP, TOPICS).values()), "the log is consumed", PATIENCE)
        say("The log is consumed")
        wait_until(lambda: not warehouse.unsettled(), "every mark is settled", PATIENCE)
        say("Every mark is settled")
    finally:
        log.close()


def _judge(verdict: Verdict, ledger: Ledger, parked: set[bytes], on_topics: set[bytes]) -> None:
    """Of what was told at the door, and of what nobody could take."""
    assert ledger.is_complete
    dead = ledger.dead_letters()
    verdict.wrong_dead_letters = [
        f"dead letter {value[:80]!r} is {'missing from' if value in dead else 'too many in'} {where}"
        for where, lying in (("the table", parked), ("the topics", on_topics))
        for value in dead ^ lying
    ]
    verdict.misjudged = (ledger.broken & ledger.acknowledged) | (ledger.rejected - ledger.broken)
    verdict.undecided = ledger.undecided
    verdict.facts = sum(1 for _ in ledger.standing())


def differences(expected: Mapping[Cell, Decimal], stands: Mapping[Cell, Decimal]) -> list[str]:
    return [
        f"{cell}: the oracle says {expected.get(cell)}, the product {stands.get(cell)}"
        for cell in sorted(expected.keys() | stands.keys())
        if expected.get(cell) != stands.get(cell)
    ]
