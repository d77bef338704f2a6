"""What is remembered of seen events leaves room for everything else that the cache server holds."""

import pytest
from msgspec import structs

from ingestion.pipeline.seen import REMEMBERED_BYTES, affordable
from runtime.options import ConsumerBounds, Options, RedisCache, Topics


def options(partitions: int, **cache: int | bool) -> Options:
    return structs.replace(
        Options(),
        topics=Topics(partitions=partitions),
        redis_cache=RedisCache(**cache),
        consumer=ConsumerBounds(),
    )


def test_by_default_all_is_remembered_that_is_configured() -> None:
    assert affordable(Options()) == ConsumerBounds()


@pytest.mark.parametrize("partitions", [24, 200])
def test_many_partitions_together_take_half_of_our_own_cache_server(partitions: int) -> None:
    bounds = affordable(options(partitions, memory_mb=128))
    hashes = 2 * 2 * partitions
    assert 60e6 < bounds.seen_events * hashes * REMEMBERED_BYTES <= 64e6


def test_the_room_on_another_server_is_for_whoever_runs_it_to_say() -> None:
    assert affordable(options(200, embedded=False)) == ConsumerBounds()
