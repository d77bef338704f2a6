"""Options that are fine one by one and wrong together."""

import pytest
from msgspec.structs import replace

from runtime.contradictions import contradictions
from runtime.options import (
    Aggregation,
    Credentials,
    DeadLetters,
    Flower,
    Options,
    RedisCache,
    RedisLog,
    Topics,
    Warehouse,
    Web,
)


def test_the_defaults_agree_with_each_other() -> None:
    assert contradictions(Options()) == []


@pytest.mark.parametrize("origin", ["https://app.example.com", "http://localhost:3000"])
def test_an_origin_is_a_scheme_and_a_host(origin: str) -> None:
    assert contradictions(Options(web=Web(cors_origins=(origin,)))) == []


@pytest.mark.parametrize("origin", ["*", "https://*", "app.example.com", "https://a.example/", "null"])
def test_an_origin_that_opens_more_than_one_page_or_matches_none_is_refused(origin: str) -> None:
    [told] = contradictions(Options(web=Web(cors_origins=(origin,))))
    assert told.startswith("CA_WEB_CORS_ORIGINS")


def test_two_servers_on_one_address_are_refused_by_both_names() -> None:
    [told] = contradictions(Options(web=Web(port=8555)))
    assert "CA_WEB_PORT and CA_FLOWER_PORT" in told


def test_a_cache_that_may_be_wiped_is_never_the_log_that_may_not() -> None:
    options = Options(
        redis_log=RedisLog(embedded=False, host="redis.example", port=6379),
        redis_cache=RedisCache(embedded=False, host="redis.example", port=6379),
    )
    [told] = contradictions(options)
    assert "CA_REDIS_LOG_PORT and CA_REDIS_CACHE_PORT" in told


def test_a_flower_that_does_not_run_takes_no_port() -> None:
    assert contradictions(Options(web=Web(port=8555), flower=Flower(enabled=False))) == []


def test_a_credentials_key_must_be_able_to_encrypt() -> None:
    good = "A" * 43 + "="
    options = Options(credentials=Credentials(keys=(good,)))
    assert contradictions(options) == []
    [told] = contradictions(replace(options, credentials=Credentials(keys=(good, "A" * 44))))
    assert told.startswith("CA_CREDENTIALS_KEYS: key 2")


def test_a_dead_letter_that_was_dealt_with_outlives_its_event_on_the_log() -> None:
    options = Options(dead_letters=DeadLetters(keep_days=7), topics=Topics(retention_hours=168))
    assert contradictions(options) == []
    [told] = contradictions(replace(options, topics=Topics(retention_hours=169)))
    assert told.startswith("CA_DEAD_LETTERS_KEEP_DAYS")


@pytest.mark.parametrize(
    "options",
    [
        Options(aggregation=Aggregation(settle_seconds=89)),
        Options(aggregation=Aggregation(statement_seconds=26)),
        Options(warehouse=Warehouse(write_seconds=61)),
    ],
)
def test_a_mark_is_not_settled_while_something_of_its_time_may_be_under_way(options: Options) -> None:
    [told] = contradictions(options)
    assert told.startswith("CA_AGGREGATION_SETTLE_SECONDS must be at least 9")
