"""What happens to a campaign in a piece of time: metric events of its slices, and tracked interactions."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from ingestion.sources.simulated.campaigns import Campaign
from ingestion.sources.simulated.drawing import chance, count, repeatable_id
from ingestion.sources.simulated.market import MARKETS, OBJECTIVES, REGIONS, SALES, Market, Objective, demand
from ingestion.sources.simulated.spelling import time_text
from ingestion.sources.simulated.stretches import Piece

Body = dict[str, Any]

_SPENT = 0.91  # of the budget, on average over a year: no platform uses it up every day
_DAY_TO_DAY = 0.08
_PRICE_SWING = 0.15
_TRACKED = {"click": 0.85, "conversion": 0.9}  # the rest refuses or blocks it
_DAY = 86_400
_MINUTE, _QUARTER_HOUR = timedelta(minutes=1), timedelta(minutes=15)
_CLICK_IDS = {"meta": "fbclid", "google": "gclid", "linkedin": "li_fat_id", "tiktok": "ttclid"}


class Character(NamedTuple):
    """What a campaign is like, the same for all time."""

    market: Market
    objective: Objective
    click_rate: float
    click_price: float
    conversion_rate: float
    thousand_price: float


class Slice(NamedTuple):
    """What happened in one region on one kind of device."""

    region: str
    device: str
    impressions: int
    clicks: int
    values: tuple[float, ...]  # of its conversions
    spend: float


class Scene(NamedTuple):
    """What all facts of a campaign in one piece of time have in common."""

    seed: int
    campaign: Campaign
    like: Character
    piece: Piece
    begins: str
    visitors: str  # how their names begin
    crowd: int  # so few of them on a day that who buys has probably clicked before


@lru_cache(maxsize=1000)
def character(seed: int, campaign: Campaign) -> Character:
    drawn = chance(seed, "character", campaign.reference)
    market = MARKETS.get(campaign.platform, MARKETS["other"])
    objective = OBJECTIVES.get(campaign.objective or "", SALES)
    return Character(
        market=market,
        objective=objective,
        click_rate=market.click_rate.at(drawn.random()) * objective.click_rate,
        click_price=market.click_price.at(drawn.random()),
        conversion_rate=market.conversion_rate.at(drawn.random()) * objective.conversion_rate,
        thousand_price=market.thousand_price.at(drawn.random()),
    )


def facts(seed: int, campaign: Campaign, piece: Piece) -> Iterator[Body]:
    """Bodies as any sender writes them. The same for the same seed, reference, id and piece."""
    local = campaign.local(piece.first)
    if not campaign.runs_on(local.date()):
        return
    scene = _scene(seed, campaign, piece, local)
    drawn = chance(seed, campaign.reference, scene.begins, time_text(piece.last))
    seconds = (piece.last - piece.first).total_seconds()
    expected = _expected_impressions(seed, campaign, scene.like, local) * seconds
    for part in _slices(scene.like, drawn, expected):
        yield _metric(scene, part)
        yield from _tracked(scene, part, drawn)


def _scene(seed: int, campaign: Campaign, piece: Piece, local: datetime) -> Scene:
    like = character(seed, campaign)
    crowd = max(1, round(expected_clicks(campaign, like) * 0.7))
    visitors = f"{campaign.reference}-{local.date()}"
    return Scene(seed, campaign, like, piece, time_text(piece.first), visitors, crowd)


def expected_clicks(campaign: Campaign, like: Character) -> float:
    """On an average day."""
    if like.objective.buys_impressions:
        return campaign.daily_budget() / like.thousand_price * 1000 * like.click_rate
    return campaign.daily_budget() / like.click_price


def _expected_impressions(seed: int, campaign: Campaign, like: Character, local: datetime) -> float:
    """A second, at this time."""
    day = chance(seed, "day", campaign.reference, local.date()).uniform(1 - _DAY_TO_DAY, 1 + _DAY_TO_DAY)
    pace = _SPENT * day * demand(like.market.is_business, local)
    return expected_clicks(campaign, like) / like.click_rate * pace / _DAY


def _slices(like: Character, drawn: Random, expected: float) -> Iterator[Slice]:
    for region, of_region in REGIONS.items():
        for device, of_device in like.market.devices.items():
            impressions = count(drawn, expected * of_region * of_device)
            if impressions:
                yield _slice(like, drawn, region, device, impressions)


def _slice(like: Character, drawn: Random, region: str, device: str, impressions: int) -> Slice:
    clicks = min(impressions, count(drawn, impressions * like.click_rate))
    conversions = min(clicks, count(drawn, clicks * like.conversion_rate))
    values = tuple(round(like.objective.value.at(drawn.random()), 2) for _ in range(conversions))
    bought = impressions * like.thousand_price / 1000
    if not like.objective.buys_impressions:
        bought = clicks * like.click_price
    spend = bought * drawn.uniform(1 - _PRICE_SWING, 1 + _PRICE_SWING)
    return Slice(region, device, impressions, clicks, values, spend)


def _metric(scene: Scene, part: Slice) -> Body:
    campaign = scene.campaign
    return {
        "kind": "metric",
        "event_id": repeatable_id(scene.seed, campaign.id, scene.begins, part.region, part.device),
        "occurred_at": scene.begins,
        "campaign_id": campaign.id,
        "platform": campaign.platform,
        "region": part.region,
        "device": part.device,
        "impressions": part.impressions,
        "clicks": part.clicks,
        "conversions": len(part.values),
        "spend": f"{part.spend:.4f}",
        "revenue": f"{sum(part.values):.2f}",
        "currency": campaign.currency,
    }


def _tracked(scene: Scene, part: Slice, drawn: Random) -> Iterator[Body]:
    campaign = scene.campaign
    for number in range(part.clicks):
        if drawn.random() < _TRACKED["click"]:
            body = _interaction(scene, part, drawn, ("click", number))
            name = _CLICK_IDS.get(campaign.platform)
            yield body | ({name: repeatable_id(body["event_id"], name)} if name else {})
    for number, value in enumerate(part.values):
        if drawn.random() < _TRACKED["conversion"]:
            body = _interaction(scene, part, drawn, ("conversion", number))
            kind = scene.like.objective.conversion_type
            yield body | {"type": kind, "value": f"{value:.2f}", "currency": campaign.currency}


def _interaction(scene: Scene, part: Slice, drawn: Random, what: tuple[str, int]) -> Body:
    campaign = scene.campaign
    place = (scene.begins, part.region, part.device)
    return {
        "kind": what[0],
        "event_id": repeatable_id(scene.seed, campaign.id, *place, *what),
        "occurred_at": time_text(_moment(scene.piece, drawn)),
        "campaign_id": campaign.id,
        "user_id": f"{scene.visitors}-{drawn.randrange(scene.crowd)}",
        "source": "shop",
        "region": part.region,
        "device": part.device,
    }


def _moment(piece: Piece, drawn: Random) -> datetime:
    """In a long piece the first minute of a quarter of an hour: each minute is one more to roll up."""
    length = piece.last - piece.first
    if length <= _MINUTE:
        return piece.first + length * drawn.random()
    return piece.first + length * drawn.random() // _QUARTER_HOUR * _QUARTER_HOUR + _MINUTE * drawn.random()
