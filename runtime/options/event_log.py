"""Where accepted events are kept until they are stored."""

from typing import Annotated, Literal
from urllib.parse import quote

from runtime.options.declaring import Count, Port, Section, says


class RedisLog(Section, frozen=True):
    embedded: Annotated[bool, says("Start our own Valkey; false to use the server at `host`.")] = True
    host: Annotated[str, says("Address of the durable server: event log and Celery's queues.")] = "127.0.0.1"
    port: Annotated[Port, says("Its port.")] = 16379
    password: Annotated[str, says("Its password.", secret=True)] = ""
    budget_mb: Annotated[
        Count,
        says(
            "Most that the event log may take of the server; at 80% events are refused. Below its maxmemory."
        ),
    ] = 512

    @property
    def broker_url(self) -> str:
        """Where Celery's queues are; it holds the password, of whatever characters."""
        return f"redis://:{quote(self.password, safe='')}@{self.host}:{self.port}/1"


class Kafka(Section, frozen=True):
    embedded: Annotated[
        bool,
        says(
            "Start our own broker if the event log is Kafka (needs Java 17 and Maven); false for `brokers`."
        ),
    ] = True
    brokers: Annotated[
        tuple[str, ...], says("Addresses of the brokers; the first one is where our own broker listens.")
    ] = ("127.0.0.1:19092",)
    replication: Annotated[Count, says("Copies of each partition; in production at least 3.")] = 1
    tls: Annotated[bool, says("Speak TLS to the brokers.")] = False
    ca_file: Annotated[
        str, says("Certificates that the brokers' are checked with; empty for the system's.")
    ] = ""
    user: Annotated[str, says("User at the brokers (SASL); empty to sign in as nobody.")] = ""
    password: Annotated[str, says("Password of that user.", secret=True, optional=True)] = ""
    mechanism: Annotated[
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"], says("How that user signs in.")
    ] = "SCRAM-SHA-512"


class Topics(Section, frozen=True):
    """How the event log is named, divided and kept."""

    prefix: Annotated[str, says("Begins the name of every topic, group and key.", min_length=1)] = (
        "campaign-analytics"
    )
    partitions: Annotated[
        Count, says("Partitions of each topic: so many consumers can share it. May grow, never shrinks.")
    ] = 4
    retention_hours: Annotated[Count, says("How long events stay on the log for replays.")] = 168
