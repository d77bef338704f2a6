"""Every option of the product: its name, type, default and meaning, declared once.

The reference page in docs/reference/configuration.md is generated from this file.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

REPOSITORY = Path(__file__).resolve().parent.parent

Port = Annotated[int, Meta(ge=1, le=65535)]
Count = Annotated[int, Meta(ge=1)]
MOST_RAW_MONTHS = 600


def says(
    text: str, /, *, secret: bool = False, optional: bool = False, plain: bool = False, **bounds: Any
) -> Meta:
    """What an option means.

    A `secret` may come from a file and is never printed. A data folder makes its own and production demands
    one, unless the secret is `optional`. A `plain` one is also read from a variable without our prefix.
    """
    return Meta(description=text, extra={"secret": secret, "optional": optional, "plain": plain}, **bounds)


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
    write_seconds: Annotated[
        Count, says("Longest that an insert may run; settling waits for it (see CA_AGGREGATION_*).")
    ] = 60
    write_memory_mb: Annotated[Count, says("Most memory that an insert or a recompute may take.")] = 700


class Accepting(Section, frozen=True):
    """Of events."""

    max_unpacked_bytes: Annotated[
        Count, says("Largest body that a gzipped one may unpack to; larger ones get a 413.")
    ] = 10 * 1024 * 1024


class Tracking(Section, frozen=True):
    visitor_key: Annotated[
        str,
        says(
            "Hashes the ids of visitors. With another key everybody is somebody new.",
            secret=True,
            min_length=32,
            max_length=64,
        ),
    ] = ""


class Aggregation(Section, frozen=True):
    """How rollups follow the raw rows."""

    sweep_seconds: Annotated[
        Count, says("How often the marks are looked through even if nobody asks; when first scheduled.")
    ] = 5
    margin_seconds: Annotated[
        int,
        says(
            "Marks this young are recomputed again: their rows may become visible after them. On a cluster "
            "at least what an insert takes there.",
            ge=0,
        ),
    ] = 2
    marks_per_tick: Annotated[Count, says("Most marks that are worked off before progress is kept.")] = 5000
    tick_seconds: Annotated[Count, says("How long one task goes on while there are marks left.")] = 60
    statement_seconds: Annotated[
        Count, says("Longest that the statements of one recompute may run, all levels together.")
    ] = 25
    settle_seconds: Annotated[
        Count,
        says(
            "A mark is recomputed once more when it is this old, and only then cleared: nothing of its time "
            "may still be under way. At least 5 more than the longest insert and recompute together."
        ),
    ] = 90


class Retention(Section, frozen=True):
    """How long what was received is kept. Figures are kept for ever."""

    raw_months: Annotated[
        int,
        says(
            "Months that raw facts are kept, where a workspace says nothing else; older ones are refused.",
            ge=1,
            le=MOST_RAW_MONTHS,
        ),
    ] = 36


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


class Insights(Section, frozen=True):
    """When a figure is told as late or as final."""

    delayed_seconds: Annotated[
        Count, says("Facts older than this and not in the figures yet are a delay.")
    ] = 60
    lateness_days: Annotated[
        Count, says("Days after which events of a bucket are no longer expected: its row is final.")
    ] = 3
    restatement_days: Annotated[
        Count, says("Days for which platforms restate what they reported; later a row is final.")
    ] = 28


class Worker(Section, frozen=True):
    concurrency: Annotated[Count, says("Tasks that one Celery worker runs at once.")] = 1


class Consumer(Section, frozen=True):
    """What brings events from the log into the raw tables."""

    batch_events: Annotated[Count, says("Most events of one batch.")] = 20_000
    batch_mb: Annotated[
        Count, says("A batch takes no more events once it has so many megabytes; its memory follows from it.")
    ] = 16
    batch_seconds: Annotated[
        float, says("Longest that a batch waits to be filled; fresher figures cost more inserts.", gt=0)
    ] = 0.5
    seen_events: Annotated[
        int,
        says(
            "Stored events that each partition remembers in the cache server, to skip repeated deliveries "
            "(up to twice as many, of 100 bytes each); 0 remembers none.",
            ge=0,
        ),
    ] = 50_000
    seen_hours: Annotated[Count, says("How long they are remembered.")] = 24
    liveness_file: Annotated[
        str, says("A file that a living consumer touches every second, for probes; empty for none.")
    ] = ""


class DeadLetters(Section, frozen=True):
    """Events of the log that cannot be taken: how many stop the consumers, how many are replayed at once."""

    stop_percent: Annotated[
        int,
        says(
            "Consumers stop for a person when more than this share of the last events is dead.", ge=1, le=100
        ),
    ] = 20
    stop_window: Annotated[Count, says("The last events: so many at least, once there were as many.")] = (
        10_000
    )
    stop_least: Annotated[Count, says("Fewer dead letters among them never stop a consumer.")] = 100
    most_at_once: Annotated[Count, says("Most dead letters that one run replays or discards.")] = 1000
    keep_days: Annotated[
        Count, says("How long replayed and discarded ones are kept. Those that wait are kept for ever.")
    ] = 90


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
    data_source: Annotated[
        Literal["fake", "real"],
        says(
            "Where figures come from: simulated for the demo's campaigns, or the platforms alone.", plain=True
        ),
    ] = "fake"
    enabled_sources: Annotated[
        tuple[Literal["meta", "google", "linkedin", "tiktok"], ...],
        says("Platforms whose figures are fetched or simulated.", plain=True),
    ] = ("meta", "google", "linkedin", "tiktok")
    data_dir: Annotated[
        Path, says("Everything stored, logged or generated lies here; relative to the repository.")
    ] = REPOSITORY / "data"
    web: Web = Web()
    postgres: Postgres = Postgres()
    redis_log: RedisLog = RedisLog()
    redis_cache: RedisCache = RedisCache()
    clickhouse: ClickHouse = ClickHouse()
    warehouse: Warehouse = Warehouse()
    aggregation: Aggregation = Aggregation()
    retention: Retention = Retention()
    topics: Topics = Topics()
    kafka: Kafka = Kafka()
    accepting: Accepting = Accepting()
    tracking: Tracking = Tracking()
    jwt: Jwt = Jwt()
    credentials: Credentials = Credentials()
    email: Email = Email()
    flower: Flower = Flower()
    insights: Insights = Insights()
    worker: Worker = Worker()
    consumer: Consumer = Consumer()
    dead_letters: DeadLetters = DeadLetters()
    rate_limits: RateLimits = RateLimits()
    logs: Logs = Logs()
