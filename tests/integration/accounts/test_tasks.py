"""Background work: what it does, that twice is as good as once, and when it runs."""

from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import crontab
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts import tasks
from accounts.models import Invitation
from accounts.schedule import SCHEDULE, schedule_accounts
from accounts.services.tokens import tokens_issue
from analytics_project.celery import app
from api.schedule import Crontab
from tests.people import new_user, new_workspace, some_email

pytestmark = pytest.mark.django_db


def invitation(**fields: object) -> Invitation:
    defaults = {
        "workspace": new_workspace(),
        "email": some_email(),
        "role": "viewer",
        "token_hash": some_email(),
    }
    return Invitation.objects.create(**defaults | {"expires_at": timezone.now()} | fields)


def test_tokens_past_their_end_are_flushed_and_others_stay() -> None:
    user = new_user()
    tokens_issue(user=user)
    tokens_issue(user=user)
    ended = OutstandingToken.objects.filter(user=user).first()
    assert ended
    OutstandingToken.objects.filter(id=ended.id).update(expires_at=timezone.now() - timedelta(seconds=1))
    for _ in range(2):
        tasks.flush_expired_tokens()
        assert OutstandingToken.objects.filter(user=user).count() == 1


def test_sessions_past_their_end_are_flushed_and_others_stay() -> None:
    for seconds, name in ((-1, "ended"), (60, "standing")):
        end = timezone.now() + timedelta(seconds=seconds)
        Session.objects.create(session_key=name, session_data="", expire_date=end)
    for _ in range(2):
        tasks.flush_expired_sessions()
        assert [session.session_key for session in Session.objects.all()] == ["standing"]


def test_only_invitations_that_ended_long_ago_unaccepted_are_deleted() -> None:
    long_ago = timezone.now() - tasks.STALE_AFTER - timedelta(hours=1)
    stale = invitation(expires_at=long_ago)
    kept = {invitation().id, invitation(expires_at=long_ago, accepted_at=long_ago).id}
    for _ in range(2):
        tasks.delete_stale_invitations()
        assert set(Invitation.objects.values_list("id", flat=True)) == kept
    assert stale.id not in kept


def test_a_withdrawn_invitation_is_not_mailed(mailoutbox: list[EmailMessage]) -> None:
    withdrawn = invitation()
    identifier = str(withdrawn.id)
    withdrawn.delete()
    tasks.send_invitation(identifier)
    assert mailoutbox == []


def test_the_schedule_is_there_after_migrating() -> None:
    names = set(PeriodicTask.objects.filter(enabled=True).values_list("name", flat=True))
    assert {entry.name for entry in SCHEDULE} <= names


def test_what_operations_edit_in_the_schedule_stands() -> None:
    name = SCHEDULE[0].name
    PeriodicTask.objects.filter(name=name).update(enabled=False, expire_seconds=5)
    CrontabSchedule.objects.create(minute=SCHEDULE[0].minute, hour=SCHEDULE[0].hour)
    schedule_accounts()
    task = PeriodicTask.objects.get(name=name)
    assert (task.enabled, task.expire_seconds) == (False, 5)


def test_what_is_missing_is_scheduled_again() -> None:
    PeriodicTask.objects.all().delete()
    schedule_accounts()
    assert PeriodicTask.objects.count() == len(SCHEDULE)


@pytest.mark.parametrize("entry", SCHEDULE, ids=lambda entry: entry.task)
def test_a_scheduled_task_exists_and_expires_before_its_next_turn(entry: Crontab) -> None:
    task = PeriodicTask.objects.get(name=entry.name)
    app.loader.import_default_modules()
    assert task.task in app.tasks
    first = next_turn(task.schedule, datetime(2026, 1, 1, tzinfo=UTC))
    second = next_turn(task.schedule, first)
    assert timedelta(seconds=task.expire_seconds) < second - first


def next_turn(schedule: crontab, after: datetime) -> datetime:
    _, step, _ = schedule.remaining_delta(after)
    return after + step
