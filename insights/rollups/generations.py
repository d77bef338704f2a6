"""The data generation of a campaign: a token in the cache server, another one whenever its answers change.

Tokens cannot be guessed and never come back, so an answer that was kept under one is never revived: not by
eviction, not by a wiped server.
"""

from collections.abc import Collection
from itertools import chain
from secrets import token_hex
from uuid import UUID

import structlog
from django.db import transaction

from api.cache_server import CacheServerDown, cache_server
from insights.models import RecomputedThrough

logger = structlog.get_logger(__name__)


def raise_or_remember(campaign_ids: Collection[UUID]) -> None:
    """To be called once whatever changed can be read.

    Figures do not wait for the cache server: whose answers changed without it is remembered in Postgres, and
    raised by whoever comes next.
    """
    left = _left_before()
    changed = {str(campaign_id) for campaign_id in campaign_ids} | left
    try:
        raise_generation([UUID(campaign_id) for campaign_id in changed])
    except CacheServerDown as error:
        logger.warning("generations_not_raised", campaigns=len(changed), reason=str(error))
        _remember(add=changed, drop=set())
    else:
        _remember(add=set(), drop=left)


def raise_generation(campaign_ids: Collection[UUID]) -> None:
    """Raises CacheServerDown: then call it again later."""
    if campaign_ids:
        cache_server.ask("MSET", *chain.from_iterable((_key(which), token_hex(16)) for which in campaign_ids))


def _left_before() -> set[str]:
    return set(RecomputedThrough.objects.values_list("unraised", flat=True).first() or ())


@transaction.atomic
def _remember(*, add: set[str], drop: set[str]) -> None:
    """Whoever recomputes beside this adds its own."""
    if add or drop:
        RecomputedThrough.objects.get_or_create(id=RecomputedThrough.ONLY)
        row = RecomputedThrough.objects.select_for_update().get(id=RecomputedThrough.ONLY)
        row.unraised = sorted((set(row.unraised) | add) - drop)
        row.save(update_fields=["unraised"])


def _key(campaign_id: UUID) -> str:
    return f"ca:generation:{campaign_id}"
