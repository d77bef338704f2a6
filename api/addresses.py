"""Where a request comes from, as far as its proxies can be believed."""

from django.http import HttpRequest

from runtime.config import configuration

FORWARDED = "HTTP_X_FORWARDED_FOR"


def client_address(request: HttpRequest) -> str:
    """The peer's address; behind n trusted proxies, the entry that the outermost of them wrote."""
    hops = [part.strip() for part in str(request.META.get(FORWARDED, "")).split(",") if part.strip()]
    trusted = configuration().web.trusted_proxies
    if trusted and hops:
        return hops[-min(trusted, len(hops))]
    return str(request.META.get("REMOTE_ADDR") or "unknown")
