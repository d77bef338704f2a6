"""Where Kafka cannot be had its tests are skipped loudly, but never where everything must be tested."""

from pathlib import Path

import pytest

from tests.required_kafka import require_kafka


@pytest.fixture(autouse=True)
def machine_without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def test_a_person_is_told_what_is_not_tested_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="THE EVENT LOG IS NOT TESTED ON KAFKA"):
        require_kafka()


def test_a_skip_is_a_failure_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Kafka must be tested here"):
        require_kafka()
