"""What a question asks of the tables."""

from insights.query.sql import statement
from tests.unit.insights.questions import NOW, planned


def test_where_no_platform_ever_reported_neither_snapshots_nor_days_are_asked() -> None:
    plan = planned(breakdown="region")
    whole, less = statement(plan, NOW).sql, statement(plan.without_reports(), NOW).sql
    for table in ("snapshots", "rollup_day"):
        assert table in whole
        assert table not in less
