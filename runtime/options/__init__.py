"""Every option of the product: its name, type, default and meaning, declared once.

The reference page in docs/reference/configuration.md is generated from these files, a theme each.
"""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Struct

from runtime.options.access import Credentials, Email, Jwt
from runtime.options.declaring import Section, says
from runtime.options.event_log import Kafka, RedisLog, Topics
from runtime.options.events import Accepting, ConsumerBounds, DeadLetters, Tracking
from runtime.options.figures import MOST_RAW_MONTHS, Aggregation, Insights, Retention
from runtime.options.operations import Flower, Logs, Worker
from runtime.options.stores import ClickHouse, Postgres, RedisCache, Warehouse
from runtime.options.web import RateLimits, Web

__all__ = [
    "MOST_RAW_MONTHS",
    "REPOSITORY",
    "Accepting",
    "Aggregation",
    "ClickHouse",
    "ConsumerBounds",
    "Credentials",
    "DeadLetters",
    "Email",
    "Flower",
    "Insights",
    "Jwt",
    "Kafka",
    "Logs",
    "Options",
    "Postgres",
    "RateLimits",
    "RedisCache",
    "RedisLog",
    "Retention",
    "Section",
    "Topics",
    "Tracking",
    "Warehouse",
    "Web",
    "Worker",
]
REPOSITORY = Path(__file__).resolve().parents[2]


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
    consumer: ConsumerBounds = ConsumerBounds()
    dead_letters: DeadLetters = DeadLetters()
    rate_limits: RateLimits = RateLimits()
    logs: Logs = Logs()
