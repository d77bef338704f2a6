"""Our own broker: what it needs, and what it is told."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from embedded import kafka
from embedded.stack import engines
from embedded.wheels import EngineMissing
from runtime.options import Kafka, Options

OPTIONS = Options(data_dir=Path("/nowhere"), event_log="kafka", kafka=Kafka(brokers=("127.0.0.1:26092",)))


def put_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch, **programs: str) -> None:
    """A machine that has these programs and no others."""
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_without_java_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(tmp_path, monkeypatch)
    with pytest.raises(EngineMissing, match="Kafka runs on Java 17 or newer: install it"):
        kafka.fetch()


def test_a_java_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(tmp_path, monkeypatch, java="""echo 'openjdk version "11.0.2"' >&2""")
    with pytest.raises(EngineMissing, match="needs Java 17 or newer; this one is: openjdk version"):
        kafka.fetch()


def test_without_maven_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(tmp_path, monkeypatch, java="""echo 'openjdk version "21"' >&2""")
    monkeypatch.setattr(kafka, "PROGRAMS", tmp_path / "not-fetched")
    with pytest.raises(EngineMissing, match=r"fetched by Maven: install it \(`mvn`\), or use CA_EVENT_LOG"):
        kafka.fetch()


def test_what_maven_says_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = {"java": """echo 'openjdk version "21"' >&2""", "mvn": "echo no network; exit 1"}
    put_on_path(tmp_path, monkeypatch, **programs)
    monkeypatch.setattr(kafka, "PROGRAMS", tmp_path / "not-fetched")
    with pytest.raises(EngineMissing, match="no network"):
        kafka.fetch()


def test_maven_is_told_whose_home_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MAVEN_OPTS", "-Xmx1g")
    programs = {"java": """echo 'openjdk version "21"' >&2""", "mvn": 'echo "$MAVEN_OPTS"; exit 1'}
    put_on_path(tmp_path, monkeypatch, **programs)
    monkeypatch.setattr(kafka, "PROGRAMS", tmp_path / "not-fetched")
    with pytest.raises(EngineMissing, match=f"-Xmx1g -Duser.home={tmp_path}/home"):
        kafka.fetch()


def test_of_two_that_fetch_at_once_one_does_and_both_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = """
        echo >> "$0.calls"
        sleep 0.2
        for told; do case $told in -DoutputDirectory=*) mkdir -p "${told#*=}/part"; esac; done
    """
    put_on_path(tmp_path, monkeypatch, java="""echo 'openjdk version "21"' >&2""", mvn=copy)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(kafka, "PROGRAMS", tmp_path / "kafka-0")
    with ThreadPoolExecutor(2) as two:
        for fetched in [two.submit(kafka.fetch) for _ in range(2)]:
            fetched.result()
    assert kafka.PROGRAMS.is_dir()
    assert (tmp_path / "mvn.calls").read_text() == "\n"


def test_it_joins_the_engines_where_the_event_log_is_kafka() -> None:
    assert [process.name for process in engines(OPTIONS)][-2:] == ["kafka_setup", "kafka"]
    assert "kafka" not in [process.name for process in engines(replace(OPTIONS, event_log="redis"))]


def test_somebody_elses_brokers_are_waited_for_and_never_started() -> None:
    elsewhere = replace(OPTIONS, kafka=Kafka(embedded=False, brokers=("broker:9092",)))
    assert [(process.name, process.command) for process in kafka.processes(elsewhere)] == [("kafka", ())]


def test_it_listens_on_loopback_alone_and_keeps_what_it_acknowledges() -> None:
    told = dict(line.split("=", 1) for line in kafka.settings(OPTIONS).splitlines())
    assert told["listeners"] == "PLAINTEXT://127.0.0.1:26092,CONTROLLER://127.0.0.1:26093"
    assert told["log.flush.interval.messages"] == "1"
    assert told["auto.create.topics.enable"] == "false"
