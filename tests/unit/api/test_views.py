"""What leaves when a page, which DRF does not guard, raises."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from api.views import server_error
from tests.people import some_address


def _no_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("no answer from 10.0.0.7")


def _bug(request: HttpRequest) -> HttpResponse:
    raise ValueError("a secret")


urlpatterns = [path("outage/", _no_database), path("bug/", _bug)]
handler500 = server_error


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False, REMOTE_ADDR=some_address())


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_without_its_database_is_a_503_that_says_when_to_come_back(visitor: Client) -> None:
    response = visitor.get("/outage/")
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert int(response["Retry-After"]) >= 1
    assert "10.0.0.7" not in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_with_a_bug_is_a_500_that_tells_nothing_of_it(visitor: Client) -> None:
    response = visitor.get("/bug/")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "secret" not in response.content.decode()
