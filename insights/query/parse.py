"""Parse: the parameters of a request become a question, or all that is wrong with them is said at once."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from api.problem_codes import ProblemCode
from api.problems import Problem
from insights.metrics import METRICS
from insights.query.dates import EARLIEST, LATEST, PRESETS, Range, assumed
from insights.query.plan import MOST_ROWS
from insights.query.question import DIMENSIONS, Fill, Granularity, Origin, Question, Subject
from runtime.timezones import timezone_names

ADVERBS = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
}
# Part of the contract; answered when the full question is built.
LATER = ("as_of", "attribution", "compare")
RANGE = ("start_date", "end_date", "preset")
SHAPE = ("granularity", "breakdown", "metrics", "timezone", "currency", "origin", "fill", "order", "limit")
PARAMETERS = frozenset({*RANGE, *SHAPE, *DIMENSIONS, *LATER})

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)

Given = Mapping[str, Sequence[str]]
Choice = TypeVar("Choice", Granularity, Origin, Fill)


def parse(given: Given, subject: Subject, now: datetime) -> Question:
    """`given` has every value of every parameter. Raises Problem, naming each field that is wrong."""
    reading = _Reading(given)
    timezone = reading.timezone(subject.timezone)
    start, end = reading.range(now.astimezone(ZoneInfo(timezone)).date())
    question = Question(
        subject=subject,
        now=now,
        start_date=start,
        end_date=end,
        granularity=reading.granularity(),
        breakdown=reading.several("breakdown", DIMENSIONS),
        filters={name: values for name in DIMENSIONS if (values := reading.several(name, DIMENSIONS[name]))},
        metrics=reading.several("metrics", METRICS) or tuple(METRICS),
        timezone=timezone,
        currency=reading.currency(subject.currency),
        origin=reading.choice("origin", Origin.WHAT_COUNTS),
        fill=reading.choice("fill", Fill.NOTHING),
        order=reading.order(),
        limit=reading.limit(),
    )
    reading.finish()
    return question


class _Reading:
    """Reads one parameter after another and remembers what was wrong."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._errors: list[dict[str, str]] = []
        allowed = _listed(PARAMETERS - set(LATER))
        for name in given:
            if name not in PARAMETERS:
                self._refuse(name, "unknown_parameter", f"There is no such parameter. Allowed: {allowed}.")
            elif name in LATER:
                self._refuse(name, "not_available_yet", "This parameter is not answered yet. Leave it out.")

    def finish(self) -> None:
        if self._errors:
            raise Problem(ProblemCode.INVALID, errors=self._errors)

    def timezone(self, default: str) -> str:
        name = self._one("timezone") or default
        if name not in timezone_names():
            self._refuse("timezone", "invalid_choice", "Name a time zone as IANA does, like Europe/Berlin.")
            return default
        return name

    def range(self, today: date) -> Range:
        preset, start, end = self._one("preset"), self._date("start_date"), self._date("end_date")
        if preset and (start or end):
            self._refuse("preset", "conflict", "Give a preset or dates, not both.")
        if preset and preset not in PRESETS:
            self._refuse("preset", "invalid_choice", f"Allowed: {_listed(PRESETS)}.")
        elif preset:
            return PRESETS[preset](today)
        found = assumed(start, end, today)
        if found[0] > found[1]:
            self._refuse("end_date", "before_start", "The end lies before the start.")
        return found

    def granularity(self) -> Granularity:
        word = self._one("granularity")
        return self._chosen("granularity", ADVERBS.get(word, word), Granularity.DAY, extra=ADVERBS)

    def choice(self, name: str, default: Choice) -> Choice:
        return self._chosen(name, self._one(name), default)

    def several(self, name: str, allowed: Mapping[str, object] | frozenset[str]) -> tuple[str, ...]:
        """Values with commas between them, each once, in the order of `allowed` if it has one."""
        values = [value for text in self._given.get(name, ()) for value in text.split(",")]
        unknown = sorted(set(values) - set(allowed))
        if unknown:
            self._refuse(name, "invalid_choice", f"Allowed, with commas between them: {_listed(allowed)}.")
            return ()
        return tuple(
            value
            for value in (allowed if isinstance(allowed, Mapping) else sorted(allowed))
            if value in values
        )

    def currency(self, default: str) -> str:
        if self._one("currency") not in {"", default}:
            message = f"Amounts are told in {default} so far; other currencies come with exchange rates."
            self._refuse("currency", "not_available_yet", message)
        return default

    def order(self) -> str:
        order = self._one("order") or "bucket"
        allowed = ("bucket", *METRICS)
        if order.removeprefix("-") not in allowed:
            self._refuse("order", "invalid_choice", f"Allowed, with - for descending: {_listed(allowed)}.")
        return order

    def limit(self) -> int | None:
        text = self._one("limit")
        if not text:
            return None
        if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= MOST_ROWS:
            self._refuse("limit", "invalid", f"Give a number from 1 to {MOST_ROWS}.")
            return None
        return int(text)

    def _one(self, name: str) -> str:
        """Empty when it is not given; naming it twice or giving it nothing is refused."""
        values = self._given.get(name, ())
        if len(values) > 1:
            self._refuse(name, "repeated", "Give this parameter once.")
        elif values and not values[0]:
            self._refuse(name, "blank", "This parameter has no value.")
        return values[0] if values else ""

    def _date(self, name: str) -> date | None:
        text = self._one(name)
        if not text:
            return None
        try:
            found = date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            found = None
        if found is None or not EARLIEST <= found <= LATEST:
            message = f"Give a day as YYYY-MM-DD, from {EARLIEST} to {LATEST}."
            self._refuse(name, "invalid", message)
            return None
        return found

    def _chosen(
        self, name: str, word: str, default: Choice, extra: Mapping[str, str] | None = None
    ) -> Choice:
        if not word:
            return default
        choices = {choice.value: choice for choice in type(default) if choice.value}
        if word not in choices:
            self._refuse(name, "invalid_choice", f"Allowed: {_listed({**choices, **(extra or {})})}.")
            return default
        return choices[word]

    def _refuse(self, field: str, code: str, message: str) -> None:
        self._errors.append({"field": field, "code": code, "message": message})


def _listed(names: object) -> str:
    return ", ".join(sorted(names))  # type: ignore[call-overload]
