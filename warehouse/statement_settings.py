"""The settings that go with every statement: what we rely on, what it may cost, and who it is."""

import json

import structlog

from runtime.options import Options

MEGABYTE = 1024 * 1024
SOCKET_GRACE_SECONDS = (
    15  # the server ends a statement in time; the socket waits a little longer for word of it
)
EVERYWHERE = {
    "session_timezone": "UTC",  # wherever the server stands
    # It hid rows more than once (ClickHouse's issues 104781 and 111363), and spares us nothing.
    "use_query_condition_cache": "0",
}
TAGS = ("request_id", "task_id", "run_id")


def writing(options: Options) -> dict[str, str]:
    limits, cluster = options.warehouse, options.clickhouse.cluster
    return {
        **_relied_on(cluster),
        "max_execution_time": str(limits.write_seconds),
        "max_memory_usage": str(limits.write_memory_mb * MEGABYTE),
    }


def reading(options: Options) -> dict[str, str]:
    limits = options.warehouse
    return {
        "max_execution_time": str(limits.read_seconds),
        "max_memory_usage": str(_read_memory_mb(options) * MEGABYTE),
        "max_bytes_to_read": str(limits.read_scan_mb * MEGABYTE),
        "max_result_bytes": str(limits.read_answer_mb * MEGABYTE),
        **EVERYWHERE,
        # In every table the partition follows from the sorting key: what replaces a row lies beside it.
        "do_not_merge_across_partitions_select_final": "1",
    }


def tagged(settings: dict[str, str], feature: str) -> dict[str, str]:
    """Say in the server's query log which feature asked, and for which request, task or run."""
    context = structlog.contextvars.get_contextvars()
    tag = {"feature": feature} | {name: str(context[name]) for name in TAGS if name in context}
    return {**settings, "log_comment": json.dumps(tag)}


def _relied_on(cluster: str) -> dict[str, str]:
    """Never left to a server's defaults: an acknowledged insert lies in the tables and in all their views."""
    pinned = {
        "async_insert": "0",
        "distributed_foreground_insert": "1",
        "materialized_views_ignore_errors": "0",
        "deduplicate_blocks_in_dependent_materialized_views": "1",
        **EVERYWHERE,
    }
    if cluster:
        pinned |= {"insert_quorum": "auto", "select_sequential_consistency": "1"}
    return pinned


def _read_memory_mb(options: Options) -> int:
    """The embedded engine grants a reader half of its memory and refuses to hear of more."""
    asked = options.warehouse.read_memory_mb
    return min(asked, options.clickhouse.memory_mb // 2) if options.clickhouse.embedded else asked
