import pytest

from warehouse.tables import METRIC_EVENTS, TABLES, VIEWS
from warehouse.writer import insert


def test_a_column_that_the_table_does_not_take_is_named() -> None:
    with pytest.raises(ValueError, match=r"takes no clics; it takes workspace_id, campaign_id"):
        insert(METRIC_EVENTS, {"clics": [1]}, feature="test")


@pytest.mark.parametrize("computed", ["event_id", "event_uuid", "received_at"])
def test_what_the_server_works_out_is_not_sent(computed: str) -> None:
    with pytest.raises(ValueError, match=f"takes no {computed};"):
        insert(METRIC_EVENTS, {computed: [1]}, feature="test")


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"differ in length: {'clicks': 2, 'version': 1}"):
        insert(METRIC_EVENTS, {"clicks": [1, 2], "version": [1]}, feature="test")


def test_nothing_is_inserted_without_asking_the_server() -> None:
    assert insert(METRIC_EVENTS, {"clicks": [], "version": []}, feature="test") == 0


def test_views_lead_from_declared_tables_to_declared_tables() -> None:
    names = {table.name for table in TABLES}
    assert all({view.source, view.target} <= names for view in VIEWS)
