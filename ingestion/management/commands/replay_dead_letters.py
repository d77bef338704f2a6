"""`manage.py replay_dead_letters`: put dead letters on the log again, once what made them is mended."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from ingestion.dead_letters.models import DeadLetter, State
from ingestion.dead_letters.replaying import Part, examine_many, replay_many, waiting
from ingestion.errors import TransientFailure
from ingestion.eventlog.topics import TOPICS
from ingestion.management.operators import operator
from runtime.config import configuration

MOST_NAMED = 10


def moment(text: str) -> datetime:
    """A date or a time of ISO 8601; UTC unless it says otherwise."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no date or time, like 2026-11-20 or 2026-11-20T14:30") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = (
        "Put waiting dead letters on the log again, the oldest first, and after them those that were refused "
        "before. Safe to stop and to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--code", help="only those that died of this, like unknown_field")
        parser.add_argument("--topic", choices=TOPICS, help="only those of this topic")
        parser.add_argument("--since", type=moment, help="only those that came to the log from then on (UTC)")
        parser.add_argument("--max", type=int, dest="most", help="replay no more than so many in this run")
        parser.add_argument("--dry-run", action="store_true", help="say what would be replayed and refused")

    def handle(self, *args: Any, **options: Any) -> None:
        letters = _chosen(options)
        most = _most(options["most"])
        try:
            ids = waiting(letters, most)
            work = (
                examine_many(ids)
                if options["dry_run"]
                else replay_many(ids, by=operator("replay_dead_letters"))
            )
            replayed, refused = self._follow(work, len(ids))
        except TransientFailure as failure:
            raise CommandError(
                f"{failure} What was replayed before stays replayed; run this again."
            ) from None
        verb = "would be replayed" if options["dry_run"] else "replayed"
        left = letters.filter(state=State.WAITING).count()
        self.stdout.write(f"{replayed:,} {verb}, {refused:,} refused; {left:,} are waiting now.")

    def _follow(self, work: Iterator[Part], total: int) -> tuple[int, int]:
        """Tell how far it is, and of the first that were refused why."""
        outcomes: Counter[str] = Counter()
        for part in work:
            for place, refusal in part.refused.items():
                outcomes["refused"] += 1
                if outcomes["refused"] <= MOST_NAMED:
                    self.stderr.write(f"{place} is refused ({refusal.code}): {refusal}")
            outcomes["replayed"] += part.replayed
            self.stdout.write(f"{outcomes.total():,} of {total:,} …")
        return outcomes["replayed"], outcomes["refused"]


def _chosen(options: dict[str, Any]) -> QuerySet[DeadLetter]:
    wanted = {"code": options["code"], "topic": options["topic"], "logged_at__gte": options["since"]}
    return DeadLetter.objects.filter(**{name: value for name, value in wanted.items() if value})


def _most(asked: int | None) -> int:
    limit = configuration().dead_letters.most_at_once
    if asked is not None and not 1 <= asked <= limit:
        raise CommandError(f"--max lies between 1 and {limit} (CA_DEAD_LETTERS_MOST_AT_ONCE).")
    return asked or limit
