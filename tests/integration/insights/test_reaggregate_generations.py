"""Answers that were kept are outdated by a recompute, and figures do not wait for that."""

from uuid import UUID

import pytest

from api.cache_server import CacheServerDown
from insights.models import RecomputedThrough
from insights.reaggregation import services
from runs.models import Run
from tests import people
from tests.integration.insights.reaggregating import ask, asked, at, campaign_of, put_events, work

pytestmark = pytest.mark.django_db

OTHER = str(UUID(int=1))


def test_every_recompute_raises_the_generation(queued: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[UUID] = []
    monkeypatch.setattr(services, "raise_or_remember", raised.extend)
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_events(campaign, at(2026, 10, 1))
    ask(analyst, campaign)
    work(queued)
    assert raised == [campaign.id]
    assert asked(campaign, "SELECT count() FROM dirty_buckets FINAL WHERE campaign_id = %(id)s") == [(1,)]


def test_figures_do_not_wait_for_the_cache_server(queued: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_: object) -> None:
        raise CacheServerDown("gone")

    monkeypatch.setattr("insights.rollups.generations.raise_generation", down)
    RecomputedThrough.objects.update_or_create(id=RecomputedThrough.ONLY, defaults={"unraised": [OTHER]})
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_events(campaign, at(2026, 10, 1))
    ask(analyst, campaign)
    work(queued)
    assert [run.state for run in Run.objects.all()] == ["succeeded"]
    assert RecomputedThrough.objects.get().unraised == sorted([OTHER, str(campaign.id)])
