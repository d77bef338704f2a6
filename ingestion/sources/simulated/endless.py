"""The demo's facts: history first, then a tick every two seconds; what was missed is made up for."""

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct, structs

from ingestion.errors import TransientFailure
from ingestion.sources.simulated.campaigns import Campaign
from ingestion.sources.simulated.door import MOST_AT_ONCE, Answer, Door, deliver
from ingestion.sources.simulated.facts import facts
from ingestion.sources.simulated.stretches import HOUR, Piece, Stretch, first_stretch, following

logger = structlog.get_logger(__name__)

_PAUSED_AGO = timedelta(days=3)  # before the first start, so that the demo shows what a pause looks like
_BREATH = 0.2  # between two batches of history: a newcomer's machine has other work
_KNOWN_FOR = timedelta(minutes=1)
_TOLD_EVERY = 10  # days of history


class Noted(Struct, frozen=True):
    """All that is remembered. The campaigns are those of the first start: other ones are left alone."""

    seed: int
    began_at: datetime
    campaigns: tuple[str, ...]
    stretch: Stretch


class Endless:
    def __init__(
        self,
        *,
        door: Door,
        path: Path,
        sources: Collection[str],
        clock: Callable[[], datetime],
        wait: Callable[[float], bool],
    ) -> None:
        """`wait` sleeps and says whether to go on."""
        self._door = door
        self._path = path
        self._sources = sources
        self._clock = clock
        self._wait = wait
        self._rejected: Counter[str] = Counter()
        self._known: list[Campaign] = []
        self._known_at: datetime | None = None

    def run(self, seed: int, campaigns: tuple[str, ...]) -> None:
        """Return when `wait` says so; the arguments matter at the first start alone. Raises DoorClosed."""
        noted = self._read()
        if noted is None:
            noted = self._note(Noted(seed, self._clock(), campaigns, first_stretch(self._clock())))
        while self._tell(noted):
            self._report(noted)
            noted = self._note(structs.replace(noted, stretch=following(noted.stretch, self._clock())))

    def _tell(self, noted: Noted) -> bool:
        """Send the whole stretch, each piece when its time has come; False when told to stop."""
        if not self._learn():
            return False
        campaigns = [campaign for campaign in self._known if self._is_told(campaign, noted)]
        waiting: list[bytes] = []
        for piece in noted.stretch.pieces():
            wait = (piece.last - self._clock()).total_seconds()
            if wait > 0 and not (self._send(waiting) and self._wait(wait)):
                return False
            waiting += _encoded(noted.seed, campaigns, piece)
            while len(waiting) >= MOST_AT_ONCE:
                if not (self._send(waiting[:MOST_AT_ONCE]) and self._wait(_BREATH)):
                    return False
                del waiting[:MOST_AT_ONCE]
        return self._send(waiting)

    def _send(self, bodies: list[bytes]) -> bool:
        """The list is empty afterwards unless we were told to stop."""

        def told(_positions: list[int], answer: Answer) -> None:
            self._rejected.update(why.code for why in answer.rejected.values())

        if deliver(self._door, bodies, self._wait, told):
            return False
        bodies.clear()
        return True

    def _learn(self) -> bool:
        """Ask for the campaigns, once a minute; False when told to stop."""
        while self._known_at is None or self._clock() - self._known_at >= _KNOWN_FOR:
            try:
                self._known = list(self._door.campaigns())
                self._known_at = self._clock()
            except TransientFailure as failure:
                if not self._wait(failure.retry_after):
                    return False
        return True

    def _is_told(self, campaign: Campaign, noted: Noted) -> bool:
        """Whether something happens to it in this stretch."""
        is_ours = campaign.id in noted.campaigns and campaign.platform in {*self._sources, "other"}
        return is_ours and _happens(campaign, noted)

    def _report(self, noted: Noted) -> None:
        """A line for each ten days of history and at its end; rejections as they come."""
        if self._rejected:
            logger.warning("simulated_facts_rejected", **self._rejected)
            self._rejected.clear()
        if noted.stretch.step != HOUR:
            return
        stretch = noted.stretch
        is_last = following(stretch, self._clock()).step != HOUR
        if is_last or stretch.last.toordinal() % _TOLD_EVERY == 0:
            logger.info("simulated_history", through=str(stretch.last), is_complete=is_last)

    def _read(self) -> Noted | None:
        return msgspec.json.decode(self._path.read_bytes(), type=Noted) if self._path.exists() else None

    def _note(self, noted: Noted) -> Noted:
        """On the disk before anything of it is sent, and replaced at once."""
        beside = self._path.with_name(f"{self._path.name}.new")
        with beside.open("wb") as file:
            file.write(msgspec.json.encode(noted))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        return noted


def _happens(campaign: Campaign, noted: Noted) -> bool:
    """By its status; its dates are looked at piece by piece."""
    if campaign.status == "active":
        return True
    ends = {"paused": noted.began_at - _PAUSED_AGO, "completed": noted.began_at}.get(campaign.status)
    return ends is not None and noted.stretch.last <= ends


def _encoded(seed: int, campaigns: list[Campaign], piece: Piece) -> Iterator[bytes]:
    for campaign in campaigns:
        yield from (msgspec.json.encode(body) for body in facts(seed, campaign, piece))
