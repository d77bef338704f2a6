"""The data generation of a campaign: a token in the cache server, another one whenever its answers change.

Tokens cannot be guessed and never come back, so an answer that was kept under one is never revived: not by
eviction, not by a wiped server.
"""

from collections.abc import Collection
from secrets import token_hex
from uuid import UUID

from django_redis import get_redis_connection

from api.cache_server import CACHE_ERRORS, CacheServerDown


def raise_generation(campaign_ids: Collection[UUID]) -> None:
    """To be called once whatever changed can be read. Raises CacheServerDown: then call it again later."""
    if campaign_ids:
        try:
            get_redis_connection("default").mset({_key(which): token_hex(16) for which in campaign_ids})
        except CACHE_ERRORS as error:
            raise CacheServerDown(str(error)) from error


def generation(campaign_ids: Collection[UUID]) -> str | None:
    """Of all of these together; to be read before the first read of data.

    None if an answer must not be kept: the cache server is away.
    """
    server = get_redis_connection("default")
    try:
        with server.pipeline(transaction=False) as calls:
            for key in sorted(map(_key, campaign_ids)):
                calls.set(key, token_hex(16), nx=True)
                calls.get(key)
            tokens = calls.execute()[1::2]
    except CACHE_ERRORS:
        return None
    return None if None in tokens else "-".join(token.decode() for token in tokens)


def _key(campaign_id: UUID) -> str:
    return f"ca:generation:{campaign_id}"
