"""Makes the demo: a user, a workspace, keys, campaigns. Running it again changes nothing."""

from datetime import date
from pathlib import Path

import msgspec
from django.db import transaction

from accounts.keys import fingerprint
from accounts.models import ApiKey, User, Workspace, WriteKey
from accounts.rights import SCOPES
from accounts.services.keys import api_key_create, write_key_create
from accounts.services.passwords import password_reset, password_reset_token
from accounts.services.users import user_create
from accounts.services.workspaces import workspace_create
from campaigns.models import Campaign
from campaigns.services.campaigns import campaign_create
from demo.campaigns import CAMPAIGNS, CURRENCY, TIMEZONE, WORKSPACE
from demo.notes import NotedCampaign, Notes, new_notes, read_notes, write_notes

MOST_NOTED = 20


def demo_create(*, data_dir: Path, today: date) -> Notes:
    """The keys are noted before the database hears of them, so that a crash between loses none."""
    known = read_notes(data_dir)
    notes = known or new_notes()
    write_notes(data_dir, notes)
    with transaction.atomic():
        user = _user(notes, is_news=known is None)
        workspace = _workspace(user, notes, today)
        _keys(user, workspace, notes)
        notes = msgspec.structs.replace(
            notes, workspace_id=str(workspace.id), campaigns=tuple(_noted(workspace))
        )
    write_notes(data_dir, notes)
    return notes


def _user(notes: Notes, *, is_news: bool) -> User:
    """A superuser, so that the admin can be tried. One of a lost data folder gets the new password."""
    user = User.objects.filter(email=notes.email).first()
    if user is None:
        user = user_create(email=notes.email, password=notes.password, name="Demo")
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
    elif is_news:
        user = password_reset(token=password_reset_token(user), password=notes.password)
    return user


def _workspace(user: User, notes: Notes, today: date) -> Workspace:
    """The noted one, else the first that the user belongs to, else a new one with its campaigns."""
    own = Workspace.objects.filter(memberships__user=user).order_by("memberships__created_at")
    standing = (own.filter(id=notes.workspace_id) if notes.workspace_id else own).first()
    if standing is not None:
        return standing
    workspace = workspace_create(user=user, name=WORKSPACE, timezone=TIMEZONE, currency=CURRENCY)
    for campaign in CAMPAIGNS:
        campaign_create(workspace=workspace, fields=campaign.fields(today))
    return workspace


def _keys(user: User, workspace: Workspace, notes: Notes) -> None:
    """Keys that somebody revoked stay revoked."""
    if not ApiKey.objects.filter(key_hash=fingerprint(notes.api_key)).exists():
        api_key_create(
            workspace_id=workspace.id,
            name="Demo key",
            scopes=SCOPES,
            created_by_id=user.id,
            key=notes.api_key,
        )
    if not WriteKey.objects.filter(key=notes.write_key).exists():
        write_key_create(
            workspace_id=workspace.id, name="Demo pages", created_by_id=user.id, key=notes.write_key
        )


def _noted(workspace: Workspace) -> list[NotedCampaign]:
    campaigns = Campaign.objects.filter(workspace=workspace, archived_at=None).order_by("created_at")
    rows = campaigns.values_list("id", "reference", "name")[:MOST_NOTED]
    return [NotedCampaign(str(identifier), reference, name) for identifier, reference, name in rows]
