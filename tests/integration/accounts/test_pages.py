"""The two pages that mails lead to."""

import pytest
from django.test import Client

from accounts.models import Invitation, Membership, User
from accounts.services.invitations import invitation_token
from accounts.services.passwords import password_reset_token
from runtime.config import configuration
from tests.people import PASSWORD, new_user, owner, some_address, some_email

pytestmark = pytest.mark.django_db

INVITATION, PASSWORD_PAGE = "/account/invitation/", "/account/password/"
NEW = "battery horse correct"


def browser() -> Client:
    return Client(REMOTE_ADDR=some_address())


def invited(email: str) -> str:
    ann = owner()
    url = f"/api/v1/workspaces/{ann.workspace.id}/invitations/"
    made = ann.client.post(url, {"email": email, "role": "viewer"}, format="json").json()
    return invitation_token(Invitation.objects.get(id=made["id"]))


@pytest.mark.parametrize("page", [INVITATION, PASSWORD_PAGE])
def test_the_page_holds_the_token_of_its_link(page: str) -> None:
    shown = browser().get(page, {"token": '"><script>'})
    assert shown.status_code == 200
    assert 'value="&quot;&gt;&lt;script&gt;"' in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]


def test_a_newcomer_joins() -> None:
    email = some_email()
    page = browser().post(INVITATION, {"token": invited(email), "password": PASSWORD, "name": "Ben"})
    assert "Done." in page.content.decode()
    assert Membership.objects.get(user__email=email).role == "viewer"


def test_a_new_password_is_chosen() -> None:
    user = new_user()
    page = browser().post(PASSWORD_PAGE, {"token": password_reset_token(user), "password": NEW})
    assert "Done." in page.content.decode()
    assert User.objects.get(id=user.id).check_password(NEW)


@pytest.mark.parametrize(
    ("sent", "status", "text"),
    [
        ({"token": "used", "password": NEW}, 400, "This link was used or is too old"),
        ({"token": "used"}, 200, "This field is required"),
        ({"token": "a\x00b", "password": NEW}, 200, "Null characters are not allowed"),
    ],
)
def test_what_is_wrong_stands_on_the_page(sent: dict[str, str], status: int, text: str) -> None:
    page = browser().post(PASSWORD_PAGE, sent)
    assert page.status_code == status
    assert text in page.content.decode()


def test_a_bad_password_stands_beside_its_field() -> None:
    page = browser().post(PASSWORD_PAGE, {"token": password_reset_token(new_user()), "password": "short"})
    assert page.status_code == 400
    assert "too short" in page.content.decode()


def test_guessing_is_limited() -> None:
    limit = configuration().rate_limits.sign_in_per_minute
    visitor = browser()
    answers = [visitor.post(INVITATION, {"token": "guess", "password": NEW}) for _ in range(limit + 1)]
    assert [answer.status_code for answer in answers] == [400] * limit + [429]
    assert int(answers[-1]["Retry-After"]) >= 1


@pytest.mark.usefixtures("dead_cache_server")
@pytest.mark.parametrize("page", [INVITATION, PASSWORD_PAGE])
def test_who_cannot_be_counted_is_told_when_to_come_back(page: str) -> None:
    answer = browser().post(page, {"token": "guess", "password": NEW})
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) >= 1


def test_another_site_cannot_post_to_it() -> None:
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(PASSWORD_PAGE, {"token": "x", "password": NEW}).status_code == 403
