"""Wrong credentials are counted by address, though authentication comes before the throttle."""

from datetime import timedelta
from ipaddress import ip_network
from secrets import randbits
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from accounts.keys import new_api_key
from api import throttles
from runtime.config import configuration
from tests.people import Person, owner, program, some_address, viewer, visitor

pytestmark = pytest.mark.django_db

LIMIT = configuration().rate_limits.refused_per_minute
ME, CAMPAIGNS = "/api/v1/auth/me/", "/api/v1/campaigns/"


def from_address(address: str, credential: str) -> APIClient:
    return APIClient(headers={"Authorization": f"Bearer {credential}"}, REMOTE_ADDR=address)


def expired_token(person: Person) -> str:
    token = AccessToken.for_user(person.user)
    token.set_exp(lifetime=timedelta(seconds=-1))
    return str(token)


def refused_credentials(person: Person) -> dict[str, str]:
    token = str(AccessToken.for_user(person.user))
    return {
        "garbage": "x",
        "forged": token[:-5] + "AAAAA",
        "expired token": expired_token(person),
        "unknown key": new_api_key(),
        "revoked key": program(person.workspace, revoked_at=timezone.now()).key,
        "expired key": program(person.workspace, expires_at=timezone.now() - timedelta(seconds=1)).key,
    }


def spent_address() -> str:
    """An address whose budget is gone for an hour: a slow test would outlast the second between two tries."""
    network = f"2001:db8:{randbits(16):x}:{randbits(16):x}"
    throttles.spend(f"refused:{ip_network(f'{network}::/64')}", 1, period_seconds=3600)
    return f"{network}::1"


def until_refused(client: APIClient, credentials: list[str], limit: int) -> list[int]:
    """The answers to requests that bring these credentials in turn, up to the first that is not a 401."""
    statuses: list[int] = []
    for number in range(10 * limit):
        bearer = {"Authorization": f"Bearer {credentials[number % len(credentials)]}"} if credentials else {}
        statuses.append(client.get(ME, headers=bearer).status_code)
        if statuses[-1] != 401:
            break
    return statuses


def test_an_address_that_was_refused_too_often_has_to_wait_whatever_it_tries_next() -> None:
    address = spent_address()
    for credential in refused_credentials(owner()).values():
        refused = from_address(address, credential).get(CAMPAIGNS)
        assert refused.status_code == 429
        assert refused.json()["code"] == "rate_limited"
        assert int(refused["Retry-After"]) >= 1
        assert refused["RateLimit-Remaining"] == "0"


def test_every_kind_of_refusal_counts_in_one_budget() -> None:
    statuses = until_refused(visitor(), list(refused_credentials(owner()).values()), LIMIT)
    assert len(statuses) > LIMIT
    assert statuses[-1] == 429


def test_good_credentials_pass_from_an_address_that_others_spent() -> None:
    address, person = spent_address(), owner()
    for credential in (str(AccessToken.for_user(person.user)), program(person.workspace).key):
        assert from_address(address, credential).get(CAMPAIGNS).status_code == 200


def test_one_address_does_not_spend_for_another_and_one_network_is_one() -> None:
    address = spent_address()
    assert from_address(some_address(), "x").get(ME).status_code == 401
    assert from_address(address.removesuffix("1") + "2", "x").get(ME).status_code == 429


def test_a_refusal_tells_nothing_of_what_was_wrong() -> None:
    answers = [visitor_with(credential).get(ME) for credential in refused_credentials(owner()).values()]
    told = [{key: value for key, value in a.json().items() if key != "request_id"} for a in answers]
    assert all(one == told[0] for one in told)
    assert {answer["WWW-Authenticate"] for answer in answers} == {'Bearer realm="api"'}


def visitor_with(credential: str) -> APIClient:
    return from_address(some_address(), credential)


def test_no_credentials_at_all_are_counted_as_any_public_request_is() -> None:
    limit = configuration().rate_limits.public_per_minute
    statuses = until_refused(visitor(), [], limit)
    assert len(statuses) > limit
    assert statuses[-1] == 429


def test_a_good_request_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    spent: list[str] = []
    spend = throttles.spend

    def seen(identity: str, *limits: Any) -> Any:
        spent.append(identity)
        return spend(identity, *limits)

    monkeypatch.setattr(throttles, "spend", seen)
    person = owner()
    assert person.client.get(CAMPAIGNS).status_code == 200
    assert spent == [f"user:{person.user.id}"]


def refused_early(somebody: Person) -> dict[str, Any]:
    """What is refused before the throttle comes to count it."""
    return {
        "right": somebody.client.post(CAMPAIGNS, {}, format="json"),
        "method": somebody.client.delete(CAMPAIGNS),
        "another's workspace": somebody.client.get(f"/api/v1/workspaces/{owner().workspace.id}/"),
        "no workspace": somebody.client.get(CAMPAIGNS, headers={"X-Workspace": "x"}),
    }


def test_what_is_refused_before_the_throttle_is_counted_too() -> None:
    answers = refused_early(viewer())
    assert [answer.status_code for answer in answers.values()] == [403, 405, 404, 400]
    assert all(answer.has_header("RateLimit-Remaining") for answer in answers.values())


def test_whose_budget_is_spent_is_told_so_instead_of_the_refusal() -> None:
    somebody = viewer()
    throttles.spend(f"user:{somebody.user.id}", 1, period_seconds=3600)
    answers = refused_early(somebody)
    assert [answers[name].status_code for name in ("right", "method")] == [429, 429]


def test_what_is_refused_behind_the_throttle_is_counted_once() -> None:
    somebody = owner()
    first = somebody.client.post(CAMPAIGNS, {}, format="json")
    second = somebody.client.get(CAMPAIGNS)
    assert first.status_code == 400
    assert int(first["RateLimit-Remaining"]) - int(second["RateLimit-Remaining"]) <= 1


@pytest.mark.usefixtures("dead_cache_server")
def test_a_refusal_that_cannot_be_counted_stays_a_refusal() -> None:
    client = visitor_with("x")
    assert {client.get(ME).status_code for _ in range(LIMIT + 5)} == {401}
