"""`manage.py reaggregate`: recompute figures from raw rows, here and now, and show how far it is."""

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.cache_server import CacheServerDown
from api.problems import Problem
from campaigns.models import Campaign
from campaigns.references import as_uuid
from insights.reaggregation.scope import Scope
from insights.reaggregation.services import (
    Plan,
    reaggregate_ask,
    reaggregate_plan,
    reaggregate_work,
)
from runs.choices import OPEN, SAID, RunState
from runs.models import Run
from runs.services import Asker, run_give_up
from warehouse.errors import WarehouseRefused, WarehouseUnavailable

LOOK_SECONDS = 0.5
ASKER: Asker = {"asked_by_id": None, "asked_as": "manage.py reaggregate"}


class Command(BaseCommand):
    help = (
        "Recompute figures from raw rows: of a campaign, a workspace, or all. "
        "Figures that were right stay as they are; it can be stopped and resumed at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--campaign", metavar="ID|REF", help="a campaign by its id, or by its reference")
        what.add_argument("--workspace", type=UUID, metavar="ID", help="every campaign of a workspace")
        what.add_argument("--all", action="store_true", help="every campaign of every workspace")
        what.add_argument("--resume", type=UUID, metavar="RUN", help="go on with a run that was stopped")
        _add_day(parser, "--from", "first", "first day (default: as far back as raw rows are kept)")
        _add_day(parser, "--to", "last", "last day, inclusive (default: today)")
        parser.add_argument("--dry-run", action="store_true", help="say what it would do, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["resume"]:
                self._work(options["resume"])
                return
            scope = _scope(options)
            if options["dry_run"]:
                self._tell(reaggregate_plan(scope))
            else:
                self._work(reaggregate_ask(scope=scope, asker=ASKER).id)
        except Problem as problem:
            raise CommandError(_sentence(problem)) from None
        except (WarehouseUnavailable, WarehouseRefused, CacheServerDown) as error:
            raise CommandError(str(error)) from error

    def _tell(self, plan: Plan) -> None:
        self.stdout.write(
            f"{plan.days:,} days of {plan.campaigns:,} campaigns with {plan.rows:,} raw rows"
            f" in {plan.pieces:,} pieces."
        )
        self._warn(plan.warnings)

    def _work(self, run_id: UUID) -> None:
        run = _found(run_id)
        self.stdout.write(f"Run {run.id}")
        self._warn(run.warnings)
        try:
            with _bar() as bar:
                task = bar.add_task("days", total=run.total)
                working = reaggregate_work(run_id=run_id, seconds=LOOK_SECONDS, resume=True)
                while working:
                    bar.update(task, completed=working.done, total=working.total)
                    working = reaggregate_work(run_id=run_id, seconds=LOOK_SECONDS)
        except BaseException as stopped:
            run_give_up(run_id=run_id, error=f"Stopped by {type(stopped).__name__}.")
            self.stderr.write(f"Go on with: manage.py reaggregate --resume {run_id}")
            raise
        self._conclude(_found(run_id), told=run.warnings)

    def _conclude(self, run: Run, told: list[dict[str, str]]) -> None:
        self._warn([warning for warning in run.warnings if warning not in told])
        if run.state in OPEN:
            raise CommandError("Somebody else took the run over and goes on with it.")
        if run.state != RunState.SUCCEEDED:
            raise CommandError(f"The run {SAID[run.state]}. {run.error}".strip())
        if run.done != run.total:
            raise CommandError(f"{run.done:,} of {run.total:,} days recomputed; the others are named above.")
        self.stdout.write(f"{run.done:,} days recomputed.")

    def _warn(self, warnings: list[dict[str, str]]) -> None:
        for warning in warnings:
            self.stderr.write(f"{warning['code']}: {warning['message']}")


def _add_day(parser: ArgumentParser, name: str, dest: str, says: str) -> None:
    parser.add_argument(name, dest=dest, type=date.fromisoformat, metavar="DATE", help=says)


def _scope(options: dict[str, Any]) -> Scope:
    days = {"start_date": options["first"], "end_date": options["last"]}
    if options["campaign"]:
        campaign = _campaign(options["campaign"])
        return Scope(campaign_id=campaign.id, workspace_id=campaign.workspace_id, **days)
    return Scope(workspace_id=options["workspace"], **days)


def _campaign(name: str) -> Campaign:
    """A reference is unique only within its workspace."""
    identifier = as_uuid(name)
    named = Campaign.objects.filter(id=identifier) if identifier else Campaign.objects.filter(reference=name)
    match list(named[:2]):
        case [campaign]:
            return campaign
        case []:
            raise CommandError(f"There is no campaign {name}.")
        case _:
            raise CommandError(f"Several workspaces have a campaign {name}: name it by its id.")


def _found(run_id: UUID) -> Run:
    run = Run.objects.filter(id=run_id, kind="reaggregate").first()
    if run is None:
        raise CommandError(f"There is no such run: {run_id}.")
    return run


def _sentence(problem: Problem) -> str:
    return " ".join(error["message"] for error in problem.errors) or f"{problem.kind.code}: {problem.detail}"


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
