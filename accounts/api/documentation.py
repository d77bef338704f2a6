"""What the OpenAPI file says about these routes beyond their fields."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

DONE: dict[int, Any] = {204: OpenApiResponse(description="Done.")}
MAIL_ON_ITS_WAY: dict[int, Any] = {
    202: OpenApiResponse(description="If the address is known, a mail goes out.")
}

_TOKENS = {"access": "eyJhbGciOiJIUzI1NiIs…", "refresh": "eyJhbGciOiJIUzI1NiIs…"}
_PASSWORD = "correct horse battery"  # noqa: S105  (an example)
_WORKSPACE_ID = "5a0c2f0e-9f5e-4a55-8d8e-1c2b3a4d5e6f"
_CREATED = "2026-11-01T09:00:00Z"
_USER = {
    "id": "0b8f6b1c-7a52-4b4f-9f0b-2f3f0d3f8a11",
    "email": "ann@example.com",
    "name": "Ann",
    "workspaces": [{"id": _WORKSPACE_ID, "name": "Acme", "role": "owner"}],
}
_WORKSPACE_INPUT = {"name": "Acme", "timezone": "Europe/Berlin", "currency": "EUR"}
_WORKSPACE = {"id": _WORKSPACE_ID, **_WORKSPACE_INPUT, "created_at": _CREATED}
_PERSON = {key: _USER[key] for key in ("id", "email", "name")}
_MEMBER_INPUT = {"role": "analyst", "restricted": False}
_MEMBER = {
    "id": "7d9f7c0a-3b1e-4c55-9a9c-0f1e2d3c4b5a",
    "user": _PERSON,
    **_MEMBER_INPUT,
    "created_at": _CREATED,
}
_INVITATION_INPUT = {"email": "ben@example.com", "role": "analyst"}
_KEY_ID = "3c1d6e2f-0a4b-4f6d-8c7e-9b8a7f6e5d4c"
_API_KEY_INPUT = {"name": "Nightly export", "scopes": ["read"], "expires_at": "2027-11-01T00:00:00Z"}
_WRITE_KEY_INPUT = {"name": "Shop"}


def _sent(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _answered(name: str, value: dict[str, Any], status: str = "200") -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[status])


_SIGN_IN = {"email": "ann@example.com", "password": _PASSWORD}

REGISTRATION_EXAMPLES = [
    _sent("A newcomer", _SIGN_IN | {"name": "Ann", "workspace_name": "Acme"}),
    _answered("Registered", {"user": _USER, "workspace": _WORKSPACE, **_TOKENS}, "201"),
]
SIGN_IN_EXAMPLES = [_sent("Sign in", _SIGN_IN), _answered("Signed in", {**_TOKENS, "user": _USER})]
REFRESH_EXAMPLES = [
    _sent("The last refresh token", {"refresh": _TOKENS["refresh"]}),
    _answered("A new pair", _TOKENS),
]
LOGOUT_EXAMPLES = [_sent("The last refresh token", {"refresh": _TOKENS["refresh"]})]
USER_EXAMPLES = [_sent("A new name", {"name": "Ann"}), _answered("The user", _USER)]
PASSWORD_CHANGE_EXAMPLES = [
    _sent("A new password", {"current_password": _PASSWORD, "new_password": "battery horse correct"}),
    _answered("A new pair", _TOKENS),
]
PASSWORD_FORGOTTEN_EXAMPLES = [_sent("Forgotten", {"email": "ann@example.com"})]
PASSWORD_RESET_EXAMPLES = [
    _sent("From the mail", {"token": "0b8f6b1c7a524b4f9f0b2f3f0d3f8a11-d1x2y3-…", "password": _PASSWORD})
]
WORKSPACE_EXAMPLES = [
    _sent("A workspace", _WORKSPACE_INPUT),
    _answered("The workspace", _WORKSPACE),
    _answered("Created", _WORKSPACE, "201"),
]
MEMBER_EXAMPLES = [_sent("A role", _MEMBER_INPUT), _answered("The member", _MEMBER)]
INVITATION_EXAMPLES = [
    _sent("A colleague", _INVITATION_INPUT),
    _answered(
        "Invited",
        {
            "id": _KEY_ID,
            **_INVITATION_INPUT,
            "restricted": False,
            "expires_at": "2026-11-08T09:00:00Z",
            "created_at": _CREATED,
        },
        "201",
    ),
]
ACCEPTANCE_EXAMPLES = [
    _sent("A newcomer", {"token": "9f86d081884c7d65…", "password": _PASSWORD, "name": "Ben"}),
    _sent("Signed in already", {"token": "9f86d081884c7d65…"}),
    _answered("Joined", {"user": _USER, "workspace": _WORKSPACE, **_TOKENS}),
]
_API_KEY = {
    "id": _KEY_ID,
    **_API_KEY_INPUT,
    "prefix": "ca_key_Zk3x9Q",
    "revoked_at": None,
    "last_used_at": None,
    "created_at": _CREATED,
}
API_KEY_EXAMPLES = [
    _sent("A key that reads", _API_KEY_INPUT),
    _answered("The key, shown this once", _API_KEY | {"key": "ca_key_Zk3x9Q…"}, "201"),
]
_WRITE_KEY = {"id": _KEY_ID, **_WRITE_KEY_INPUT, "key": "ca_write_8sJ2…", "revoked_at": None}
WRITE_KEY_EXAMPLES = [
    _sent("A key for a web page", _WRITE_KEY_INPUT),
    _answered("The key", _WRITE_KEY | {"created_at": _CREATED}, "201"),
]
