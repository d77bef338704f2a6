"""Django's admin, its pages found where routes lead to them: worker, consumer and beat load none."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core.checks import CheckMessage, Tags, register


class AdminConfig(SimpleAdminConfig):
    def ready(self) -> None:
        register(check_dependencies, Tags.admin)
        register(pages_are_sound, Tags.admin)


def pages_are_sound(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Django's own check, which sees only what was found before."""
    admin.autodiscover()
    return list(check_admin_app(app_configs))
