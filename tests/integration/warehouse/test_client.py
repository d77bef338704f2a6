"""What is in force on a connection of ours, and what a reader cannot do."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec import structs
from structlog.contextvars import bound_contextvars

from runtime.options import Options, Warehouse
from warehouse import statement_settings
from warehouse.client import LongText, Reader, Writer, reader_of
from warehouse.errors import RETRYABLE, WarehouseRefused, WarehouseUnavailable

FEATURE = "test"


def in_force(reader: Reader, name: str) -> str:
    return str(reader.value("SELECT toString(getSetting(%(name)s))", {"name": name}, feature=FEATURE))


def normal(value: str) -> str:
    return {"false": "0", "true": "1"}.get(value, value)


def test_what_the_writer_relies_on_is_in_force(writer: Writer, options: Options) -> None:
    for name, value in statement_settings.writing(options).items():
        assert normal(in_force(writer, name)) == value, name


def test_the_ceilings_of_the_reader_are_in_force(reader: Reader, options: Options) -> None:
    for name, value in statement_settings.reading(options).items():
        assert normal(in_force(reader, name)) == value, name


def test_every_statement_carries_its_tag(reader: Reader, writer: Writer) -> None:
    for client in (reader, writer):
        with bound_contextvars(request_id="r-1"):
            assert json.loads(in_force(client, "log_comment")) == {"feature": "test", "request_id": "r-1"}
        assert json.loads(in_force(client, "log_comment")) == {"feature": "test"}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO log_progress (log) VALUES ('x')",
        "CREATE TABLE stolen (a Int8) ENGINE = Memory",
        "DROP TABLE log_progress",
        "ALTER TABLE log_progress DELETE WHERE 1",
        "SET readonly = 0",
    ],
)
def test_the_reader_changes_nothing(reader: Reader, statement: str) -> None:
    with pytest.raises(WarehouseRefused):
        reader.rows(statement, feature=FEATURE)
    assert reader.value("SELECT 1", feature=FEATURE) == 1


@pytest.fixture
def reader_with(options: Options) -> Iterator[Callable[..., Reader]]:
    readers: list[Reader] = []

    def reader_with(**limits: int) -> Reader:
        readers.append(reader_of(structs.replace(options, warehouse=Warehouse(**limits))))
        return readers[-1]

    yield reader_with
    for reader in readers:
        reader.close()


def test_a_question_that_takes_too_long_is_stopped(reader_with: Callable[..., Reader]) -> None:
    hasty = reader_with(read_seconds=1)
    with pytest.raises(WarehouseUnavailable, match="TIMEOUT_EXCEEDED"):
        hasty.value("SELECT count() FROM numbers(1e12) WHERE NOT ignore(sipHash64(number))", feature=FEATURE)


def test_a_question_that_takes_too_much_memory_is_stopped(reader_with: Callable[..., Reader]) -> None:
    poor = reader_with(read_memory_mb=20)
    with pytest.raises(WarehouseUnavailable, match="MEMORY_LIMIT_EXCEEDED"):
        poor.value("SELECT length(groupArray(number)) FROM numbers(1e8)", feature=FEATURE)


def test_an_answer_that_is_too_large_is_refused(reader_with: Callable[..., Reader]) -> None:
    terse = reader_with(read_answer_mb=1)
    with pytest.raises(WarehouseRefused, match="396"):
        terse.rows("SELECT number FROM numbers(1e6)", feature=FEATURE)


AWKWARD = "it's; DROP TABLE log_progress -- \\'" + "".join(map(chr, range(0x250))) + "\\"


@pytest.mark.parametrize("kind", [str, LongText])
def test_parameters_are_escaped(reader: Reader, kind: Callable[[str], Any]) -> None:
    assert reader.value("SELECT %(text)s", {"text": kind(AWKWARD)}, feature=FEATURE) == AWKWARD


def test_more_threads_than_connections_all_get_their_answers(reader_with: Callable[..., Reader]) -> None:
    shared = reader_with(connections=3)
    answers: list[int] = []

    def ask(number: int) -> None:
        for _ in range(10):
            answers.append(shared.value("SELECT %(number)s", {"number": number}, feature=FEATURE) == number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 120


FORKING = """
import os
from warehouse.client import reader
assert reader().value("SELECT 1", feature="test") == 1
child = os.fork()
if not child:
    os._exit(0 if reader().value("SELECT 2", feature="test") == 2 else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert reader().value("SELECT 3", feature="test") == 3
"""


def test_parent_and_forked_child_ask_side_by_side(options: Options) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING], check=False, capture_output=True, text=True, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    assert "reconnecting" not in done.stderr


@pytest.mark.parametrize("code", RETRYABLE)
def test_a_code_of_the_table_bears_the_name_that_the_server_gives_it(reader: Reader, code: int) -> None:
    assert reader.value("SELECT errorCodeToName(%(code)s)", {"code": code}, feature=FEATURE) == (
        RETRYABLE[code].name
    )
