"""How the OpenAPI file names the ways to prove who one is."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from accounts.authentication import WRITE_KEY_FIELD, WRITE_KEY_HEADER


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "An access token or an API key."}


class WriteKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.WriteKeyAuthentication"
    name = ["write_key", "write_key_in_query"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """One of them is enough."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        in_header = (
            "A write key, which may only send events; also as `Authorization: Bearer`, "
            "or as `write_key` in the body."
        )
        in_query = "A write key, where no header can be set: it does not count beside one."
        return [
            {"type": "apiKey", "in": "header", "name": WRITE_KEY_HEADER, "description": in_header},
            {"type": "apiKey", "in": "query", "name": WRITE_KEY_FIELD, "description": in_query},
        ]


class BrowserScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.BrowserAuthentication"
    name = "browser"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        description = "The session of somebody who signed in on a page; writing needs a CSRF token."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": description}
