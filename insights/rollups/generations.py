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


def _key(campaign_id: UUID) -> str:
    return f"ca:generation:{campaign_id}"
