"""`manage.py rotate_credentials`: after a new key was put in front of CA_CREDENTIALS_KEYS."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.credentials import configured_safe
from campaigns.models import Connection
from campaigns.services.rotation import Rotation, credentials_rotate

PROGRESS_EVERY = 100


class Command(BaseCommand):
    help = "Encrypt all stored credentials with the newest key. Safe to stop and to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        total = Connection.objects.exclude(encrypted_credentials="").count()
        outcomes: Counter[Rotation] = Counter()
        for connection, outcome in credentials_rotate(safe=configured_safe()):
            outcomes[outcome] += 1
            if outcome is Rotation.UNREADABLE:
                self.stderr.write(
                    f"{connection.id}: no configured key opens the credentials of {connection}."
                )
            if outcomes.total() % PROGRESS_EVERY == 0:
                self.stdout.write(f"{outcomes.total()} of {total} …")
        self.stdout.write(
            f"{outcomes[Rotation.MOVED]} moved to the newest key, {outcomes[Rotation.CURRENT]} were there."
        )
        if outcomes[Rotation.UNREADABLE]:
            raise CommandError(
                f"{outcomes[Rotation.UNREADABLE]} could not be read. Put their key back behind the newest "
                "one and run this again, or have the credentials entered anew."
            )
