"""The engine's configuration file: everything that would grow without it has a bound."""

from typing import NamedTuple
from xml.etree import ElementTree

MEGABYTE = 1024 * 1024
# On a disk that is full to its last byte the engine takes what it could not write for written.
KEPT_FREE_BYTES = 128 * MEGABYTE


class Limits(NamedTuple):
    """The bounds of one server; what is not given follows from its memory."""

    memory_mb: int = 1024
    connections: int = 100
    reader_seconds: int = 60
    idle_seconds: float = 3600.0
    packet_seconds: float = 300.0
    hello_seconds: float = 10.0
    fsync: bool = False

    @property
    def memory_bytes(self) -> int:
        return self.memory_mb * MEGABYTE

    @property
    def reader_memory_bytes(self) -> int:
        """One reader cannot take so much that the writer is refused."""
        return self.memory_bytes // 2

    @property
    def insert_bytes(self) -> int:
        """An insert is kept whole until it is complete; larger ones are refused."""
        return self.memory_bytes // 2


def configuration_xml(limits: Limits) -> str:
    root = ElementTree.Element("clickhouse")
    for name, value in _bounds(limits).items():
        ElementTree.SubElement(root, name).text = str(value)
    merge_tree = ElementTree.SubElement(root, "merge_tree")
    for name, value in _merge_tree(limits).items():
        ElementTree.SubElement(merge_tree, name).text = str(value)
    _disk(root)
    for log in ("query_log", "part_log"):
        _system_log(root, log)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _bounds(limits: Limits) -> dict[str, int]:
    return {
        "max_server_memory_usage": limits.memory_bytes,
        "mark_cache_size": limits.memory_bytes // 16,
        "uncompressed_cache_size": 0,
        "index_mark_cache_size": limits.memory_bytes // 64,
        "index_uncompressed_cache_size": 0,
        "primary_index_cache_size": limits.memory_bytes // 32,
        "mmap_cache_size": 32,
        "query_condition_cache_size": limits.memory_bytes // 64,
        "compiled_expression_cache_size": 8 * MEGABYTE,
        "max_thread_pool_size": 500,
        "max_thread_pool_free_size": 8,
        "background_pool_size": 2,
        "background_move_pool_size": 1,
        "background_fetches_pool_size": 1,
        "background_common_pool_size": 2,
        "background_schedule_pool_size": 4,
        "background_message_broker_schedule_pool_size": 1,
        "background_distributed_schedule_pool_size": 1,
    }


def _merge_tree(limits: Limits) -> dict[str, int]:
    durable = int(limits.fsync)
    return {
        "fsync_after_insert": durable,
        "fsync_part_directory": durable,
        # A merge takes the place of what was flushed before: unflushed, a power cut would take that along.
        "min_rows_to_fsync_after_merge": durable,
        # The pool is small: merges must be allowed to use all of it.
        "number_of_free_entries_in_pool_to_lower_max_size_of_merge": 1,
        "number_of_free_entries_in_pool_to_execute_mutation": 1,
        "number_of_free_entries_in_pool_to_execute_optimize_entire_partition": 1,
    }


def _disk(root: ElementTree.Element) -> None:
    """What finds no room beyond what is kept free, insert or merge, is refused before it begins."""
    disks = ElementTree.SubElement(ElementTree.SubElement(root, "storage_configuration"), "disks")
    default = ElementTree.SubElement(disks, "default")
    ElementTree.SubElement(default, "keep_free_space_bytes").text = str(KEPT_FREE_BYTES)


def _system_log(root: ElementTree.Element, name: str) -> None:
    log = ElementTree.SubElement(root, name)
    ElementTree.SubElement(log, "database").text = "system"
    ElementTree.SubElement(log, "table").text = name
    ElementTree.SubElement(log, "ttl").text = "event_date + INTERVAL 3 DAY DELETE"
    ElementTree.SubElement(log, "flush_interval_milliseconds").text = "7500"
