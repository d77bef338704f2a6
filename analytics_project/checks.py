"""What must hold of Django's settings, whoever edits them. `manage.py check` tells, and web refuses to start.

Options that contradict each other are refused earlier, by runtime.contradictions.
"""

from typing import Any

from django.conf import settings
from django.core.checks import Error

from runtime.addresses import name_this_machine_alone

SET_IN_PRODUCTION = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
CLOSED = "api.permissions.DenyEveryone"
SLOW = "django.contrib.auth.hashers.BCryptSHA256PasswordHasher"


class UnsafeSettings(Exception):
    """The product must not serve with these settings; the message names each."""


def production_is_closed(app_configs: Any, **_: Any) -> list[Error]:
    """Cookies travel encrypted alone, no debug page is served, some name of the outside is answered to."""
    if not settings.PRODUCTION:
        return []
    problems = [
        f"{name} must be set in production." for name in SET_IN_PRODUCTION if not getattr(settings, name)
    ]
    if settings.DEBUG:
        problems.append("DEBUG must be off in production.")
    if name_this_machine_alone(settings.ALLOWED_HOSTS):
        problems.append("ALLOWED_HOSTS names this machine alone: set CA_WEB_ALLOWED_HOSTS in production.")
    return [Error(problem, id="campaign_analytics.E001") for problem in problems]


def doors_are_closed_by_default(app_configs: Any, **_: Any) -> list[Error]:
    """A view that declares nothing lets nobody in, and passwords are hashed slowly."""
    problems = []
    if settings.REST_FRAMEWORK.get("DEFAULT_PERMISSION_CLASSES") != [CLOSED]:
        problems.append(f"REST_FRAMEWORK must have {CLOSED} as its only default permission.")
    if settings.PASSWORD_HASHERS[0] != SLOW:
        problems.append(f"PASSWORD_HASHERS must begin with {SLOW}.")
    return [Error(problem, id="campaign_analytics.E002") for problem in problems]


CHECKS = (production_is_closed, doors_are_closed_by_default)


def refuse_unsafe_settings() -> None:
    """For the web server, which none of Django's commands starts. Raises UnsafeSettings."""
    problems = [str(error.msg) for check in CHECKS for error in check(None)]
    if problems:
        raise UnsafeSettings("\n".join(problems))
