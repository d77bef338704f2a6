"""Which processes there are, and in which order."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from demo.simulator import NEEDS_A_PERSON
from embedded.stack import stack
from runtime.options import Flower, Options, Postgres, RedisCache, RedisLog

EMBEDDED = Options(data_dir=Path("/nowhere"))


def test_the_stack_starts_from_the_stores_upwards() -> None:
    assert [process.name for process in stack(EMBEDDED)] == [
        "postgres_setup",
        "postgres",
        "redis_log",
        "redis_cache",
        "clickhouse",
        "prepare",
        "web",
        "worker",
        "consumer",
        "beat",
        "flower",
        "simulator",
    ]


def test_somebody_elses_server_is_waited_for_and_never_started() -> None:
    options = replace(
        EMBEDDED,
        postgres=Postgres(embedded=False),
        redis_log=RedisLog(embedded=False),
        redis_cache=RedisCache(embedded=False),
    )

    stores = stack(options)[:3]

    assert [(process.name, process.command) for process in stores] == [
        ("postgres", ()),
        ("redis_log", ()),
        ("redis_cache", ()),
    ]


def test_flower_can_be_left_out() -> None:
    options = replace(EMBEDDED, flower=Flower(enabled=False))

    assert "flower" not in [process.name for process in stack(options)]


@pytest.mark.parametrize("changes", [{"data_source": "real"}, {"environment": "production"}])
def test_figures_are_simulated_only_for_a_demo_that_wants_them(changes: dict[str, Any]) -> None:
    assert "simulator" not in [process.name for process in stack(replace(EMBEDDED, **changes))]


def test_a_simulator_that_cannot_go_on_does_not_stop_the_rest() -> None:
    assert stack(EMBEDDED)[-1].final_exits == {NEEDS_A_PERSON}
