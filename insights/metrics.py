"""Every metric once: what it is called, what it is told in, and what it follows from."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import Enum

from msgspec import Struct

RATIO_PLACES = 6
TRACKED = "tracked_"

# Wide enough for the largest sum over the smallest: an answer is rounded once, at its end.
EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)


class Unit(Enum):
    """How a metric leaves: counts and ratios as JSON numbers, money as a decimal string."""

    COUNT = "count"
    MONEY = "money"
    RATIO = "ratio"


class Sum(Struct, frozen=True):
    """What is added up. `column` is where the rollups keep it, in the rows of whatever source tells it."""

    name: str
    unit: Unit
    meaning: str
    column: str

    @property
    def tracked(self) -> bool:
        """Seen first-hand, and never added to what platforms and integrations report."""
        return self.name.startswith(TRACKED)


class Ratio(Struct, frozen=True):
    """`numerator` over `denominator`, times `factor`."""

    name: str
    meaning: str
    numerator: str
    denominator: str
    factor: int = 1

    @property
    def unit(self) -> Unit:
        return Unit.RATIO

    def of(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Six decimals, half-even; null where nothing can be divided by."""
        if not denominator:
            return None
        quotient = EXACT.divide(numerator * self.factor, denominator)
        return quotient.quantize(Decimal(10) ** -RATIO_PLACES, context=EXACT)


SUMS = (
    Sum("impressions", Unit.COUNT, "How often it was shown", "impressions"),
    Sum("clicks", Unit.COUNT, "Clicks, as the source reports them", "clicks"),
    Sum("conversions", Unit.COUNT, "Conversions, as the source reports them", "conversions"),
    Sum("spend", Unit.MONEY, "What it cost", "spend"),
    Sum("revenue", Unit.MONEY, "What it earned, as the source reports it", "revenue"),
    Sum("tracked_clicks", Unit.COUNT, "Clicks seen first-hand", "clicks"),
    Sum("tracked_conversions", Unit.COUNT, "Conversions seen first-hand", "conversions"),
    Sum("tracked_value", Unit.MONEY, "The value of conversions seen first-hand", "revenue"),
)
RATIOS = (
    Ratio("ctr", "Click-through rate: clicks / impressions", "clicks", "impressions"),
    Ratio("cpc", "Cost per click: spend / clicks", "spend", "clicks"),
    Ratio("cpm", "Cost per thousand impressions: 1000 spend / impressions", "spend", "impressions", 1000),
    Ratio("cpa", "Cost per conversion: spend / conversions", "spend", "conversions"),
    Ratio("roas", "Return on ad spend: revenue / spend", "revenue", "spend"),
    Ratio("conversion_rate", "Conversions per click: conversions / clicks", "conversions", "clicks"),
    Ratio("average_order_value", "Revenue per conversion: revenue / conversions", "revenue", "conversions"),
)
REPORTED = tuple(metric for metric in SUMS if not metric.tracked)
SEEN = tuple(metric for metric in SUMS if metric.tracked)

# In the order in which a row tells them.
_TOLD: tuple[Sum | Ratio, ...] = (*REPORTED, *RATIOS, *SEEN)
METRICS = {metric.name: metric for metric in _TOLD}
