"""The closed list of metrics and how it is raised."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from runtime.telemetry.metric_files import metrics_page
from runtime.telemetry.metrics import OWN_REGISTRY, Kind, Metric, count, move, observe
from runtime.telemetry.metrics_reference import metrics_reference

# Each takes few values. Another label wants a reason why it does too.
BOUNDED_LABELS = {"method", "route", "status", "check", "task", "outcome", "family"}


@pytest.mark.parametrize("metric", Metric)
def test_a_metric_is_named_for_the_product_and_its_kind(metric: Metric) -> None:
    assert metric.full_name.startswith("ca_")
    assert metric.full_name.endswith("_total") is (metric.kind is Kind.COUNTER)
    assert metric.meaning.endswith(".")


@pytest.mark.parametrize("metric", Metric)
def test_a_metric_has_bounded_labels_alone(metric: Metric) -> None:
    assert set(metric.labels) <= BOUNDED_LABELS


def test_no_name_is_declared_twice() -> None:
    assert len({metric.full_name for metric in Metric}) == len(Metric)


@pytest.mark.parametrize("metric", Metric)
def test_the_reference_page_tells_of_every_metric(metric: Metric) -> None:
    assert f"| `{metric.full_name}` | {metric.kind.value} |" in metrics_reference()


def test_a_counter_counts() -> None:
    count(Metric.TASKS_STARTED, task="a counter counts")
    count(Metric.TASKS_STARTED, task="a counter counts")
    assert OWN_REGISTRY.get_sample_value("ca_tasks_started_total", {"task": "a counter counts"}) == 2


def test_a_gauge_rises_and_falls() -> None:
    move(Metric.TASKS_IN_PROGRESS, 2, task="a gauge")
    move(Metric.TASKS_IN_PROGRESS, -1, task="a gauge")
    assert OWN_REGISTRY.get_sample_value("ca_tasks_in_progress", {"task": "a gauge"}) == 1


def test_a_histogram_sums_what_it_saw() -> None:
    observe(Metric.TASK_SECONDS, 1.5, task="a histogram")
    observe(Metric.TASK_SECONDS, 2.0, task="a histogram")
    assert OWN_REGISTRY.get_sample_value("ca_task_seconds_sum", {"task": "a histogram"}) == 3.5


def test_a_label_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ValueError):
        count(Metric.TASKS_STARTED, user="ann")


def test_a_process_that_shares_nothing_shows_what_it_counted_itself(tmp_path: Path) -> None:
    count(Metric.TASKS_STARTED, task="alone")
    families = text_string_to_metric_families(metrics_page(tmp_path).decode())
    samples = [sample for family in families for sample in family.samples]
    assert next(sample.value for sample in samples if sample.labels == {"task": "alone"}) == 1
