"""Settings with which the product must not serve."""

from collections.abc import Iterator

import pytest
from django.core.checks import Tags, run_checks
from django.test import override_settings

from analytics_project.checks import UnsafeSettings, refuse_unsafe_settings


@pytest.fixture
def production() -> Iterator[None]:
    with override_settings(
        PRODUCTION=True,
        DEBUG=False,
        SESSION_COOKIE_SECURE=True,
        CSRF_COOKIE_SECURE=True,
        SECURE_HSTS_SECONDS=60,
        ALLOWED_HOSTS=["analytics.example.com"],
    ):
        yield


def told() -> list[str]:
    errors = run_checks(tags=[Tags.security])
    return [str(error.msg) for error in errors if str(error.id).startswith("campaign_analytics.")]


def test_the_settings_as_they_are_pass() -> None:
    assert told() == []
    refuse_unsafe_settings()


@pytest.mark.usefixtures("production")
def test_a_closed_production_passes() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_COOKIE_SECURE", False),
        ("CSRF_COOKIE_SECURE", False),
        ("SECURE_HSTS_SECONDS", 0),
        ("DEBUG", True),
        ("ALLOWED_HOSTS", ["localhost", "127.0.0.1"]),
    ],
)
@pytest.mark.usefixtures("production")
def test_production_with_an_open_door_is_told_and_refused(name: str, value: object) -> None:
    with override_settings(**{name: value}):
        [problem] = told()
        assert problem.startswith(name)
        with pytest.raises(UnsafeSettings, match=name):
            refuse_unsafe_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REST_FRAMEWORK", {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]}),
        ("REST_FRAMEWORK", {}),
        ("PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"]),
    ],
)
def test_an_open_default_is_refused_everywhere(name: str, value: object) -> None:
    with override_settings(**{name: value}), pytest.raises(UnsafeSettings, match=name):
        refuse_unsafe_settings()
