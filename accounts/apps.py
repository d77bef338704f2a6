"""What happens once when Django starts: which rows are audited, which schedules exist."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import sign_in_trail  # noqa: F401  (importing it registers it)
        from accounts.audit import audited
        from accounts.models import ApiKey, Invitation, Membership, User, Workspace, WriteKey
        from accounts.schedule import schedule_accounts

        post_migrate.connect(schedule_accounts, sender=self)
        audited(
            User,
            exclude=["last_login", "sign_outs"],
            hide=["password"],
            relations=["groups", "user_permissions"],
        )
        audited(Workspace)
        audited(Membership)
        audited(Invitation, exclude=["token_hash"])
        audited(ApiKey, exclude=["key_hash", "last_used_at"])
        audited(WriteKey)
