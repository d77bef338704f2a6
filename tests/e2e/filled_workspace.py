"""Puts a row behind every page of the admin, through the API, and keeps the secrets that this took."""

from pathlib import Path

from tests.e2e.api_client import ApiClient
from tests.e2e.mailbox import token_in_mail

MEMBER, INVITED = "member@example.com", "invited@example.com"
PASSWORD = "correct horse battery"
AD_ACCOUNT = {
    "platform": "meta",
    "external_account_id": "act_1",
    "name": "Shop",
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "credentials": {"access_token": "a-token-that-nobody-may-read"},
}


def fill_workspace(
    workspace: str,
    owner: ApiClient,
    nobody: ApiClient,
    data_dir: Path,
    member: str = MEMBER,
    invited: str = INVITED,
) -> dict[str, str]:
    """The secrets by name. `workspace` is the path of the owner's workspace."""
    invitations = f"{workspace}invitations/"
    owner.post(invitations, {"email": member, "role": "viewer", "restricted": True})
    owner.post(invitations, {"email": invited, "role": "viewer"})
    tokens = {email: token_in_mail(data_dir, email) for email in (member, invited)}
    joined = nobody.post("/api/v1/invitations/accept/", {"token": tokens[member], "password": PASSWORD}).body
    members = owner.get(f"{workspace}members/").body["results"]
    [membership] = [one["id"] for one in members if one["user"]["email"] == member]
    owner.post("/api/v1/campaigns/cmp-1/grants/", {"membership": membership})
    owner.post("/api/v1/connections/", AD_ACCOUNT)
    owner.post("/api/v1/campaigns/cmp-1/reaggregate/", {})
    return {
        "a refresh token": joined["refresh"],
        "an access token": joined["access"],
        "the token of a used invitation": tokens[member],
        "the token of a standing invitation": tokens[invited],
        "a member's password": PASSWORD,
        "a platform's token": str(AD_ACCOUNT["credentials"]["access_token"]),  # type: ignore[index]
    }
