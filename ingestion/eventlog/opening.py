"""Opens the event log that the configuration names."""

from functools import cache
from os import register_at_fork

from ingestion.eventlog.base import PATIENCE, EventLog, Patience
from ingestion.eventlog.redis_streams.log import RedisLog
from runtime.config import configuration
from runtime.options import Kafka, Options

MEGABYTE = 1_000_000


@cache
def event_log() -> EventLog:
    """The log of this process, shared by its threads; connects on first use."""
    return open_log(configuration())


# A producer's threads do not survive a fork: a child opens its own.
register_at_fork(after_in_child=event_log.cache_clear)


def open_log(options: Options, patience: Patience = PATIENCE) -> EventLog:
    return _kafka(options, patience) if options.event_log == "kafka" else _redis(options, patience)


def brokers(kafka: Kafka) -> dict[str, str]:
    """What librdkafka must be told to reach them."""
    protocol = ("SASL_" if kafka.user else "") + ("SSL" if kafka.tls else "PLAINTEXT")
    reach = {"bootstrap.servers": ",".join(kafka.brokers), "security.protocol": protocol}
    if kafka.ca_file:
        reach["ssl.ca.location"] = kafka.ca_file
    if kafka.user:
        reach |= {"sasl.mechanism": kafka.mechanism, "sasl.username": kafka.user}
        reach["sasl.password"] = kafka.password
    return reach


def _kafka(options: Options, patience: Patience) -> EventLog:
    from ingestion.eventlog.kafka.log import KafkaLog  # only who uses it loads its library

    return KafkaLog(
        brokers(options.kafka),
        prefix=options.topics.prefix,
        partitions=options.topics.partitions,
        replication=options.kafka.replication,
        retention_hours=options.topics.retention_hours,
        patience=patience,
    )


def _redis(options: Options, patience: Patience) -> RedisLog:
    server = options.redis_log
    return RedisLog(
        server.host,
        server.port,
        server.password,
        prefix=options.topics.prefix,
        partitions=options.topics.partitions,
        budget_bytes=server.budget_mb * MEGABYTE,
        retention_hours=options.topics.retention_hours,
        patience=patience,
    )
