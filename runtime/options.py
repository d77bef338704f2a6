"""Every option of the product: its name, type, default and meaning, declared once.

The reference page in docs/reference/configuration.md is generated from this file.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

REPOSITORY = Path(__file__).resolve().parent.parent

Port = Annotated[int, Meta(ge=1, le=65535)]
Count = Annotated[int, Meta(ge=1)]


def says(text: str, /, *, secret: bool = False, optional: bool = False, **bounds: Any) -> Meta:
    """What an option means.

    A `secret` may come from a file and is never printed. A data folder makes its own and production demands
    one, unless the secret is `optional`.
    """
    return Meta(description=text, extra={"secret": secret, "optional": optional}, **bounds)


class Section(Struct, frozen=True, kw_only=True):
    """A group of options; the field `port` of the section `web` is CA_WEB_PORT."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What logs and tracebacks show: everything but the secrets."""
        values = [(field, getattr(self, field.name)) for field in structs.fields(self)]
        return [(field.name, "***" if value and _is_secret(field.type) else value) for field, value in values]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"


def _is_secret(annotation: Any) -> bool:
    return any((getattr(note, "extra", None) or {}).get("secret") for note in annotation.__metadata__)


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


class Postgres(Section, frozen=True):
    embedded: Annotated[bool, says("Start our own Postgres; false to use the one at `host`.")] = True
    host: Annotated[str, says("Address of Postgres.")] = "127.0.0.1"
    port: Annotated[Port, says("Port of Postgres.")] = 15432
    database: Annotated[str, says("Database name.", min_length=1)] = "campaign_analytics"
    user: Annotated[str, says("Database user.", min_length=1)] = "campaign_analytics"
    password: Annotated[str, says("Password of the database user.", secret=True)] = ""


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


class Topics(Section, frozen=True):
    """Of the event log."""

    prefix: Annotated[str, says("Begins the name of every topic, group and key.", min_length=1)] = (
        "campaign-analytics"
    )
    partitions: Annotated[
        Count, says("Partitions of each topic: so many consumers can share it. May grow, never shrinks.")
    ] = 4
    retention_hours: Annotated[Count, says("How long events stay on the log for replays.")] = 168


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


class RedisCache(Section, frozen=True):
    embedded: Annotated[bool, says("Start our own Valkey; false to use the server at `host`.")] = True
    host: Annotated[str, says("Address of the cache server; may be wiped at any moment.")] = "127.0.0.1"
    port: Annotated[Port, says("Its port.")] = 16380
    password: Annotated[str, says("Its password.", secret=True)] = ""
    memory_mb: Annotated[Count, says("Memory bound of the embedded cache server.")] = 128


class ClickHouse(Section, frozen=True):
    embedded: Annotated[
        bool, says("Start our own engine; false to use the ClickHouse server or cluster at `host`.")
    ] = True
    host: Annotated[str, says("Address of ClickHouse.")] = "127.0.0.1"
    port: Annotated[Port, says("Port of its native protocol.")] = 19000
    database: Annotated[str, says("Database of the raw tables and rollups.", min_length=1)] = (
        "campaign_analytics"
    )
    user: Annotated[str, says("User that writes and migrates.", min_length=1)] = "campaign_analytics"
    password: Annotated[str, says("Password of the writing user.", secret=True)] = ""
    reader_user: Annotated[str, says("User that can only read.", min_length=1)] = "campaign_analytics_reader"
    reader_password: Annotated[str, says("Password of the reading user.", secret=True)] = ""
    memory_mb: Annotated[
        int, says("Memory bound of the embedded engine; caches and inserts follow from it.", ge=256)
    ] = 1024
    fsync: Annotated[
        bool,
        says("The embedded engine writes through to the disk before it acknowledges: survives a power cut."),
    ] = False
    cluster: Annotated[
        str, says("Name of the cluster, for replicated and distributed tables; empty for one node.")
    ] = ""


class Warehouse(Section, frozen=True):
    """What one statement to ClickHouse may cost, and how many run at once."""

    connections: Annotated[
        Count, says("Connections that one process keeps for writing, and as many again for reading.")
    ] = 8
    connect_seconds: Annotated[Count, says("Time to connect, and to wait for a free connection.")] = 5
    read_seconds: Annotated[Count, says("Longest that a question may run.")] = 30
    read_memory_mb: Annotated[Count, says("Most memory that a question may take.")] = 400
    read_scan_mb: Annotated[Count, says("Most data that a question may read.")] = 50_000
    read_answer_mb: Annotated[Count, says("Largest answer to a question.")] = 256
    write_seconds: Annotated[Count, says("Longest that an insert or a recompute may run.")] = 120
    write_memory_mb: Annotated[Count, says("Most memory that an insert or a recompute may take.")] = 700


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


class Flower(Section, frozen=True):
    enabled: Annotated[bool, says("Run Flower, the page of Celery's tasks and workers.")] = True
    port: Annotated[Port, says("Port of Flower.")] = 8555
    password: Annotated[str, says("Password of Flower's user `operations`.", secret=True)] = ""


class Worker(Section, frozen=True):
    concurrency: Annotated[Count, says("Tasks that one Celery worker runs at once.")] = 1


class RateLimits(Section, frozen=True):
    sign_in_per_minute: Annotated[Count, says("Sign-in attempts per address and per e-mail.")] = 10
    refused_per_minute: Annotated[
        Count, says("Requests with wrong, expired or revoked credentials, per address.")
    ] = 60
    public_per_minute: Annotated[Count, says("Requests without credentials, per address.")] = 300
    user_per_minute: Annotated[Count, says("Requests of one signed-in user.")] = 3000
    key_per_minute: Annotated[Count, says("Requests with one API key.")] = 6000


class Logs(Section, frozen=True):
    level: Annotated[Literal["debug", "info", "warning", "error"], says("Least level that is written.")] = (
        "info"
    )
    format: Annotated[Literal["json", "text"], says("One JSON object a line, or text for people.")] = "json"


class Options(Struct, frozen=True, kw_only=True):
    environment: Annotated[
        Literal["development", "production"],
        says("`production` refuses generated secrets, debug pages and open hosts."),
    ] = "development"
    event_log: Annotated[
        Literal["redis", "kafka"],
        says("Where accepted events are kept until they are stored: Redis Streams or Kafka."),
    ] = "redis"
    data_dir: Annotated[
        Path, says("Everything stored, logged or generated lies here; relative to the repository.")
    ] = REPOSITORY / "data"
    web: Web = Web()
    postgres: Postgres = Postgres()
    redis_log: RedisLog = RedisLog()
    redis_cache: RedisCache = RedisCache()
    clickhouse: ClickHouse = ClickHouse()
    warehouse: Warehouse = Warehouse()
    topics: Topics = Topics()
    kafka: Kafka = Kafka()
    jwt: Jwt = Jwt()
    credentials: Credentials = Credentials()
    email: Email = Email()
    flower: Flower = Flower()
    worker: Worker = Worker()
    rate_limits: RateLimits = RateLimits()
    logs: Logs = Logs()
