"""From a body to raw events, and never more of it than the bound."""

import gzip
import tracemalloc
import zlib
from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from api.problem_codes import ProblemCode
from api.problems import Problem
from ingestion.api.bodies import MOST_EVENTS, MOST_MEMBERS, SentBody, in_json, in_lines, unpack

MEGABYTE = 1_000_000


def raw(body: SentBody) -> list[bytes]:
    return [bytes(event) for event in body.events]


def test_a_batch_gives_its_events_as_they_were_written() -> None:
    assert raw(in_json(b'{"events": [{"a": 1.50}, 2, "x"], "write_key": "k"}')) == [
        b'{"a": 1.50}',
        b"2",
        b'"x"',
    ]


def test_a_single_event_is_the_whole_body() -> None:
    assert raw(in_json(b'{"kind": "metric"}')) == [b'{"kind": "metric"}']


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'{"events": [], "write_key": "k"}', "k"),
        (b'{"kind": "metric", "write_key": "k"}', "k"),
        (b'{"kind": "metric", "write_key": 5}', None),
        (b'{"kind": "metric"}', None),
        (b'{"events": [{"write_key": "k"}]}', None),
    ],
)
def test_a_write_key_is_the_requests(body: bytes, key: str | None) -> None:
    assert in_json(body).write_key == key


def test_lines_are_events_and_blank_ones_are_not() -> None:
    body = in_lines(b'{"write_key": "k"}\r\n\n  \n{broken\n3')
    assert raw(body) == [b'{"write_key": "k"}\r', b"{broken", b"3"]
    assert body.write_key == "k"


def test_no_line_is_no_event() -> None:
    assert in_lines(b" \n\r\n") == SentBody([], None)


@pytest.mark.parametrize("first", [b"{broken", b"\xff", b"[]", b'{"write_key": {}}'])
def test_a_first_line_that_cannot_be_read_names_no_key(first: bytes) -> None:
    assert in_lines(first + b"\n{}").write_key is None


@pytest.mark.parametrize("body", [b"a", b"some text" * 1000, b""])
def test_what_was_packed_comes_back(body: bytes) -> None:
    assert unpack(gzip.compress(body, mtime=0), MEGABYTE) == body


def test_several_members_are_one_body() -> None:
    assert unpack(gzip.compress(b"one ", mtime=0) + gzip.compress(b"two"), MEGABYTE) == b"one two"


def test_a_body_as_large_as_the_bound_is_taken() -> None:
    assert len(unpack(gzip.compress(b"x" * MEGABYTE, mtime=0), MEGABYTE)) == MEGABYTE


@pytest.mark.parametrize("members", [1, 50])
def test_a_bomb_is_refused_before_it_takes_more_memory_than_the_bound(members: int) -> None:
    bomb = gzip.compress(bytes(20 * MEGABYTE // members)) * members
    tracemalloc.start()
    try:
        with pytest.raises(Problem) as refused:
            unpack(bomb, MEGABYTE)
        assert tracemalloc.get_traced_memory()[1] < 5 * MEGABYTE
    finally:
        tracemalloc.stop()
    assert refused.value.kind is ProblemCode.BODY_TOO_LARGE


def test_a_body_of_endless_empty_members_is_refused() -> None:
    member = gzip.compress(b"")
    assert unpack(member * MOST_MEMBERS, MEGABYTE) == b""
    with pytest.raises(ParseError, match="members"):
        unpack(member * (MOST_MEMBERS + 1), MEGABYTE)


@pytest.mark.parametrize(
    "packed",
    [
        b"no gzip",
        gzip.compress(b"x" * 100, mtime=0)[:-1],
        gzip.compress(b"x" * 100, mtime=0)[:5],
        gzip.compress(b"x", mtime=0) + b"rubbish",
        gzip.compress(b"x" * 100, mtime=0)[:-8] + b"\0" * 8,
        zlib.compress(b"x"),
    ],
)
def test_broken_gzip_is_told_as_such(packed: bytes) -> None:
    with pytest.raises(ParseError, match="gzip"):
        unpack(packed, MEGABYTE)


def test_a_list_without_end_is_refused_before_it_takes_many_times_its_own_room() -> None:
    body = b'{"events": [' + b"1, " * MEGABYTE + b"1]}"
    tracemalloc.start()
    try:
        with pytest.raises(Problem) as refused:
            in_json(body)
        assert tracemalloc.get_traced_memory()[1] < 5 * len(body)
    finally:
        tracemalloc.stop()
    assert refused.value.errors[0]["code"] == "too_many"  # type: ignore[index]


def test_a_batch_of_long_events_is_counted_by_its_events() -> None:
    event = b' {"a": [%s1], "b": "],\\"", "c": 1%s} \n' % (b"1, " * 200, b"0" * 5000)
    body = in_json(b'{"events": [' + b",".join([event] * MOST_EVENTS) + b"]}")
    assert raw(body) == [event.strip()] * MOST_EVENTS


@pytest.mark.parametrize("body", [b'{"kind": 1, "events": []', b'{"events": [1, }', b"nonsense", b"\xff\xfe"])
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(ParseError):
        in_json(body)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (b'{"events": 5}', "events", "invalid"),
        (b'{"events": null}', "events", "invalid"),
        (b'{"events": [], "sent_at": 1}', "sent_at", "unknown_field"),
        (b"[{}]", "body", "invalid"),
    ],
)
def test_a_batch_that_is_none_names_the_field(body: bytes, field: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        in_json(body)
    errors: list[Any] = refused.value.errors
    assert [(error["field"], error["code"]) for error in errors] == [(field, code)]
