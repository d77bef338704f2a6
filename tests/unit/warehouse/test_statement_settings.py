import json

import pytest
import structlog
from msgspec import structs

from runtime.options import ClickHouse, Options, Warehouse
from warehouse import statement_settings


def options(*, clickhouse: ClickHouse | None = None, warehouse: Warehouse | None = None) -> Options:
    return structs.replace(
        Options(), clickhouse=clickhouse or ClickHouse(), warehouse=warehouse or Warehouse()
    )


def test_a_question_is_bounded_in_time_memory_and_bytes() -> None:
    limits = Warehouse(read_seconds=7, read_memory_mb=3, read_scan_mb=5, read_answer_mb=2)
    assert statement_settings.reading(options(warehouse=limits)) == {
        "max_execution_time": "7",
        "max_memory_usage": str(3 * 1024 * 1024),
        "max_bytes_to_read": str(5 * 1024 * 1024),
        "max_result_bytes": str(2 * 1024 * 1024),
        "session_timezone": "UTC",
        "use_query_condition_cache": "0",
        "do_not_merge_across_partitions_select_final": "1",
    }


def test_a_question_asks_the_embedded_engine_for_no_more_than_it_grants() -> None:
    small = options(clickhouse=ClickHouse(memory_mb=256))
    assert statement_settings.reading(small)["max_memory_usage"] == str(128 * 1024 * 1024)


def test_a_write_is_waited_for_in_every_place() -> None:
    settings = statement_settings.writing(options())
    assert settings["async_insert"] == "0"
    assert settings["distributed_foreground_insert"] == "1"
    assert settings["materialized_views_ignore_errors"] == "0"
    assert settings["use_query_condition_cache"] == "0"
    assert "insert_quorum" not in settings


def test_on_a_cluster_a_write_has_a_quorum_and_is_read_back() -> None:
    settings = statement_settings.writing(options(clickhouse=ClickHouse(cluster="ads")))
    assert settings["insert_quorum"] == "auto"
    assert settings["select_sequential_consistency"] == "1"


@pytest.mark.parametrize("name", ["request_id", "task_id", "run_id"])
def test_a_statement_says_who_asked_and_for_what(name: str) -> None:
    with structlog.contextvars.bound_contextvars(**{name: "17", "caller": "user:1"}):
        settings = statement_settings.tagged({"max_threads": "1"}, "insights")
    assert settings["max_threads"] == "1"
    assert json.loads(settings["log_comment"]) == {"feature": "insights", name: "17"}
