"""Restated figures: the newest snapshot stands whole, and what stood before can be asked for."""

import itertools
from typing import Any
from uuid import UUID

import pytest

from tests.integration.warehouse.facts import columns_of, snapshot, snapshot_slice
from warehouse.client import Writer
from warehouse.tables import SNAPSHOT_SLICES, SNAPSHOTS
from warehouse.versions import snapshot_version
from warehouse.writer import insert

FEATURE = "test"

STANDING = """
SELECT region, clicks FROM snapshot_slices FINAL
WHERE workspace_id = %(workspace)s
  AND (external_campaign_id, bucket, version) IN (
      SELECT external_campaign_id, bucket, max(version) FROM snapshots
      WHERE workspace_id = %(workspace)s GROUP BY external_campaign_id, bucket)
ORDER BY region
"""
AS_OF = """
SELECT region, clicks FROM performance_history FINAL
WHERE workspace_id = %(workspace)s AND version = %(version)s ORDER BY region
"""


def put(writer: Writer, workspace: UUID, sequence: int, **clicks: int) -> None:
    """A snapshot whose slices are regions."""
    put_hashed(writer, workspace, sequence, 0, **clicks)


def put_hashed(writer: Writer, workspace: UUID, sequence: int, snapshot_hash: int, **clicks: int) -> None:
    slices = [
        snapshot_slice(workspace, sequence, region, snapshot_hash=snapshot_hash, clicks=count)
        for region, count in clicks.items()
    ]
    if slices:
        insert(SNAPSHOT_SLICES, columns_of(*slices), feature=FEATURE, writer=writer)
    whole = snapshot(workspace, sequence, snapshot_hash=snapshot_hash, slices=len(slices))
    insert(SNAPSHOTS, columns_of(whole), feature=FEATURE, writer=writer)


def standing(writer: Writer, workspace: UUID) -> list[tuple[Any, ...]]:
    return writer.rows(STANDING, {"workspace": workspace}, feature=FEATURE)


def test_a_restated_snapshot_replaces_and_a_slice_it_dropped_vanishes(
    writer: Writer, workspace: UUID
) -> None:
    put(writer, workspace, 1, DE=10, FR=4)
    put(writer, workspace, 2, DE=12, US=1)
    assert standing(writer, workspace) == [("DE", 12), ("US", 1)]


def test_an_empty_snapshot_leaves_nothing_standing(writer: Writer, workspace: UUID) -> None:
    put(writer, workspace, 1, DE=10)
    put(writer, workspace, 2)
    assert standing(writer, workspace) == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_newest_stands_in_any_order_of_arrival(
    writer: Writer, workspace: UUID, order: tuple[int, ...]
) -> None:
    for sequence in order:
        put(writer, workspace, sequence, **{"DE": sequence, f"R{sequence}": 1})
    assert standing(writer, workspace) == [("DE", 2), ("R2", 1)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_of_one_sequence_never_mix(writer: Writer, workspace: UUID, order: tuple[int, ...]) -> None:
    regions = ["DE", "FR"]
    for snapshot_hash in order:
        put_hashed(writer, workspace, 1, snapshot_hash, **{regions[snapshot_hash]: 1})
    assert standing(writer, workspace) == [("FR", 1)]


def test_what_stood_before_a_restatement_can_be_asked_for(writer: Writer, workspace: UUID) -> None:
    put(writer, workspace, 1, DE=10, FR=4)
    put(writer, workspace, 2, DE=10)
    put(writer, workspace, 3, DE=11)
    put(writer, workspace, 1, DE=10, FR=4)  # redelivered

    def as_of(sequence: int) -> list[tuple[Any, ...]]:
        parameters = {"workspace": workspace, "version": snapshot_version(sequence, 0)}
        return writer.rows(AS_OF, parameters, feature=FEATURE)

    assert as_of(1) == [("DE", 10), ("FR", 4)]
    assert as_of(2) == [("DE", 10)]
    assert as_of(3) == [("DE", 11)]
    assert standing(writer, workspace) == [("DE", 11)]
