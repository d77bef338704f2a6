"""How months go: the statement on one node and on a cluster, and what never runs."""

import re
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from runtime.config import configuration
from tests.unit.repository.sources import product_sources
from warehouse import partitions
from warehouse.tables import METRIC_EVENTS

WORKSPACE = UUID(int=1)


class Recorder:
    """Takes the place of a writer and a reader."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def run(self, sql: str, parameters: Any = None, *, feature: str) -> None:
        self.sent.append(" ".join(sql.split()))

    def rows(self, sql: str, parameters: Any = None, *, feature: str) -> list[Any]:
        self.sent.append(f"{' '.join(sql.split())} {parameters}")
        return []


@pytest.fixture
def recorder() -> Any:
    return Recorder()


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    options = configuration()
    clickhouse = structs.replace(options.clickhouse, cluster="ours")
    monkeypatch.setattr(partitions, "configuration", lambda: structs.replace(options, clickhouse=clickhouse))


def ask_everything(recorder: Any) -> list[str]:
    partitions.partitions_of(METRIC_EVENTS, reader=recorder)
    partitions.drop_partition(METRIC_EVENTS, 201601, writer=recorder)
    partitions.delete_from_month(METRIC_EVENTS, 201601, [WORKSPACE], writer=recorder)
    return list(recorder.sent)


def test_on_one_node_the_table_itself_is_meant(recorder: Any) -> None:
    months, drop, delete = ask_everything(recorder)
    assert "FROM system.parts WHERE" in months
    assert "{'table': 'metric_events'}" in months
    assert drop.startswith("ALTER TABLE metric_events DROP PARTITION ID '201601'")
    assert delete.startswith(
        "ALTER TABLE metric_events DELETE IN PARTITION ID '201601' WHERE workspace_id IN"
    )


@pytest.mark.usefixtures("cluster")
def test_on_a_cluster_every_nodes_part_is_meant(recorder: Any) -> None:
    months, drop, delete = ask_everything(recorder)
    assert "FROM clusterAllReplicas('ours', system.parts) WHERE" in months
    assert "{'table': 'metric_events_local'}" in months
    assert drop.startswith("ALTER TABLE metric_events_local ON CLUSTER 'ours' DROP PARTITION ID '201601'")
    assert delete.startswith("ALTER TABLE metric_events_local ON CLUSTER 'ours' DELETE IN PARTITION ID")


CLEANING = re.compile(r"OPTIMIZE\s+TABLE[^;]*\bCLEANUP\b", re.IGNORECASE)


def test_nothing_of_the_product_cleans_deletion_rows_up() -> None:
    """It would take away what an older figure, still on its way, has to lose against."""
    assert [str(path) for path in product_sources() if CLEANING.search(path.read_text())] == []


def test_the_search_would_find_it() -> None:
    assert CLEANING.search("OPTIMIZE TABLE rollup_day FINAL CLEANUP")
