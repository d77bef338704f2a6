"""How the OpenAPI file names the ways to prove who one is."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "An access token or an API key."}


class WriteKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.WriteKeyAuthentication"
    name = "write_key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        description = (
            "A write key, which may only send events; also as `Authorization: Bearer`, "
            "or as `write_key` in the query or the body."
        )
        return {"type": "apiKey", "in": "header", "name": "X-Write-Key", "description": description}


class BrowserScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.BrowserAuthentication"
    name = "browser"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        description = "The session of somebody who signed in on a page; writing needs a CSRF token."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": description}
