"""`manage.py demo_info`: what a person or a script needs to speak to the running stack."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.info import NothingToTell, as_json, as_text, demo_info


class Command(BaseCommand):
    help = "Print how to sign in to the demo, its keys and campaigns, and who runs."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as one JSON object, for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            info = demo_info()
        except NothingToTell as missing:
            raise CommandError(str(missing)) from None
        self.stdout.write(as_json(info) if options["json"] else as_text(info))
