"""Signing in, platform credentials, and the mails that invite people."""

from typing import Annotated

from msgspec import Meta

from runtime.options.declaring import Count, Port, Section, says


class Jwt(Section, frozen=True):
    key: Annotated[str, says("Signs access and refresh tokens.", secret=True, min_length=32)] = ""
    access_seconds: Annotated[int, says("Life of an access token, five minutes at most.", ge=1, le=300)] = 300
    refresh_days: Annotated[Count, says("Life of a refresh token that is not used.")] = 14


class Credentials(Section, frozen=True):
    keys: Annotated[
        tuple[Annotated[str, Meta(min_length=32)], ...],
        says(
            "Fernet keys for platform credentials; the first encrypts, all decrypt. "
            "Rotate by putting a new one in front.",
            secret=True,
        ),
    ] = ()


class Email(Section, frozen=True):
    host: Annotated[str, says("SMTP server; empty writes mails into the data folder instead.")] = ""
    port: Annotated[Port, says("SMTP port.")] = 587
    user: Annotated[str, says("SMTP user.")] = ""
    password: Annotated[str, says("SMTP password.", secret=True, optional=True)] = ""
    sender: Annotated[str, says("From address of every mail.")] = "campaign-analytics@localhost"
