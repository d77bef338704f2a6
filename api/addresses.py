"""Where a request comes from, as far as its proxies can be believed."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.http import HttpRequest

from runtime.config import configuration

FORWARDED = "HTTP_X_FORWARDED_FOR"
# One subscriber's IPv6 addresses are as many as they like; the network is one.
IPV6_NETWORK = 64


def client_address(request: HttpRequest) -> str:
    """The peer's address; behind n trusted proxies, the entry that the outermost of them wrote."""
    hops = [part.strip() for part in str(request.META.get(FORWARDED, "")).split(",") if part.strip()]
    trusted = configuration().web.trusted_proxies
    if trusted and hops:
        return hops[-min(trusted, len(hops))]
    return str(request.META.get("REMOTE_ADDR") or "unknown")


def client_network(request: HttpRequest) -> str:
    """What counts as one client where requests are counted."""
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:  # how a socket for both kinds spells an IPv4 address
            return str(address.ipv4_mapped)
        return str(ip_network((address, IPV6_NETWORK), strict=False))
    return str(address)
