"""What advertising costs and brings on each platform, and how that follows the clock and the calendar."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple


class Band(NamedTuple):
    """What is usual; each campaign has a place of its own in it."""

    low: float
    high: float

    def at(self, place: float) -> float:
        return self.low + place * (self.high - self.low)


class Market(NamedTuple):
    """Prices in the campaign's own currency, whichever that is."""

    click_rate: Band
    click_price: Band
    conversion_rate: Band
    thousand_price: Band  # of a thousand impressions, where these are what is bought
    devices: Mapping[str, float]
    is_business: bool = False


class Objective(NamedTuple):
    """What a campaign is after changes what it gets."""

    click_rate: float = 1.0
    conversion_rate: float = 1.0
    value: Band = Band(55, 130)
    conversion_type: str = "purchase"
    buys_impressions: bool = False


MARKETS = {
    "meta": Market(
        Band(0.009, 0.016),
        Band(0.55, 0.95),
        Band(0.022, 0.040),
        Band(6, 9),
        {"mobile": 0.80, "desktop": 0.15, "tablet": 0.05},
    ),
    "google": Market(
        Band(0.040, 0.070),
        Band(0.70, 1.20),
        Band(0.030, 0.055),
        Band(5, 8),
        {"mobile": 0.58, "desktop": 0.36, "tablet": 0.06},
    ),
    "linkedin": Market(
        Band(0.0045, 0.0065),
        Band(4.80, 6.80),
        Band(0.015, 0.030),
        Band(25, 35),
        {"mobile": 0.52, "desktop": 0.45, "tablet": 0.03},
        is_business=True,
    ),
    "tiktok": Market(
        Band(0.007, 0.012),
        Band(0.35, 0.60),
        Band(0.007, 0.015),
        Band(3, 6),
        {"mobile": 0.95, "tablet": 0.05},
    ),
    "other": Market(
        Band(0.003, 0.006),
        Band(0.30, 0.60),
        Band(0.008, 0.015),
        Band(2, 5),
        {"mobile": 0.60, "desktop": 0.35, "tablet": 0.05},
    ),
}

OBJECTIVES = {
    "awareness": Objective(click_rate=0.25, conversion_rate=0.2, buys_impressions=True),
    "traffic": Objective(click_rate=1.2, conversion_rate=0.6),
    "leads": Objective(value=Band(25, 45), conversion_type="lead"),
}
SALES = Objective()  # what an objective is taken for that nobody listed

REGIONS = {"DE": 0.72, "AT": 0.17, "CH": 0.11}

_SHOPPERS = (3, 2, 1, 1, 1, 2, 4, 6, 7, 7, 7, 8, 9, 8, 7, 7, 8, 9, 11, 13, 14, 13, 9, 6)
_SHOPPERS_AT_WEEKENDS = (4, 3, 2, 1, 1, 1, 2, 3, 6, 9, 11, 12, 11, 10, 10, 10, 10, 10, 10, 11, 12, 11, 9, 6)
_OFFICES = (1, 1, 1, 1, 1, 2, 4, 8, 13, 15, 14, 13, 11, 12, 13, 12, 11, 8, 5, 4, 3, 3, 2, 1)
_SHOPPING_WEEK = (0.95, 0.92, 0.93, 0.96, 1.00, 1.08, 1.16)  # Monday first
_OFFICE_WEEK = (1.22, 1.30, 1.28, 1.22, 1.08, 0.42, 0.48)
_SATURDAY = 5
_SEASON_SWING = 0.12
_BEST_DAY_OF_YEAR = 330  # when everybody buys presents


def demand(is_business: bool, local: datetime) -> float:
    """How much happens in this hour, compared with an average hour of the year, which is 1."""
    return _hour(is_business, local) * _weekday(is_business, local) * _season(local)


def _hour(is_business: bool, local: datetime) -> float:
    hours = _SHOPPERS_AT_WEEKENDS if local.weekday() >= _SATURDAY else _SHOPPERS
    hours = _OFFICES if is_business else hours
    return hours[local.hour] * len(hours) / sum(hours)


def _weekday(is_business: bool, local: datetime) -> float:
    return (_OFFICE_WEEK if is_business else _SHOPPING_WEEK)[local.weekday()]


def _season(local: datetime) -> float:
    angle = 2 * math.pi * (local.timetuple().tm_yday - _BEST_DAY_OF_YEAR) / 365
    return 1 + _SEASON_SWING * math.cos(angle)
