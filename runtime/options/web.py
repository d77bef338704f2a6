"""The web server, and how often it may be asked."""

from typing import Annotated

from runtime.options.declaring import Count, Port, Section, says


class Web(Section, frozen=True):
    host: Annotated[str, says("Address that the web server binds.")] = "127.0.0.1"
    port: Annotated[Port, says("Port of the web server.")] = 8000
    workers: Annotated[Count, says("Web server processes.")] = 1
    threads: Annotated[Count, says("Blocking threads in each web process.")] = 2
    public_url: Annotated[
        str, says("Where people reach the product, for links in mails; empty means its own host and port.")
    ] = ""
    allowed_hosts: Annotated[
        tuple[str, ...], says("Host names that the product answers to; `*` is refused in production.")
    ] = ("localhost", "127.0.0.1", "[::1]")
    cors_origins: Annotated[
        tuple[str, ...], says("Origins whose pages may call the API from a browser.")
    ] = ()
    trusted_proxies: Annotated[
        int, says("Proxies in front whose X-Forwarded-For and X-Forwarded-Proto are believed.", ge=0)
    ] = 0
    debug: Annotated[bool, says("Django's debug pages; refused in production.")] = False
    secret_key: Annotated[str, says("Signs sessions and reset links.", secret=True, min_length=32)] = ""
    metrics_token: Annotated[
        str,
        says(
            "Demanded from readers of /metrics as `Authorization: Bearer`; "
            "empty: whoever reaches the port may read.",
            secret=True,
            optional=True,
            min_length=16,
        ),
    ] = ""
    max_body_bytes: Annotated[Count, says("Largest request body; larger ones get a 413 unread.")] = (
        2 * 1024 * 1024
    )


class RateLimits(Section, frozen=True):
    sign_in_per_minute: Annotated[Count, says("Sign-in attempts per address and per e-mail.")] = 10
    refused_per_minute: Annotated[
        Count, says("Requests with wrong, expired or revoked credentials, per address.")
    ] = 60
    invitations_per_hour: Annotated[
        Count, says("Invitations from one workspace, and from one person or API key in all of theirs.")
    ] = 60
    invitations_per_recipient_per_day: Annotated[
        Count, says("Invitations to one e-mail address, from whatever workspace.")
    ] = 10
    public_per_minute: Annotated[Count, says("Requests without credentials, per address.")] = 300
    user_per_minute: Annotated[Count, says("Requests of one signed-in user.")] = 3000
    key_per_minute: Annotated[Count, says("Requests with one API key.")] = 6000
