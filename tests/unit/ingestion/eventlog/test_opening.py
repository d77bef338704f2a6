"""The configuration names the log."""

from msgspec.structs import replace

from ingestion.eventlog.kafka.log import KafkaLog
from ingestion.eventlog.opening import brokers, event_log, open_log
from ingestion.eventlog.redis_streams.log import RedisLog
from runtime.options import Kafka, Options


def test_redis_streams_are_the_default() -> None:
    assert isinstance(open_log(Options()), RedisLog)


def test_kafka_is_opened_where_it_is_named_and_nothing_is_asked_of_it_yet() -> None:
    assert isinstance(open_log(replace(Options(), event_log="kafka")), KafkaLog)


def test_a_process_has_one_log() -> None:
    assert event_log() is event_log()


def test_brokers_without_credentials_are_spoken_to_in_the_clear() -> None:
    assert brokers(Kafka(brokers=("one:9092", "two:9092"))) == {
        "bootstrap.servers": "one:9092,two:9092",
        "security.protocol": "PLAINTEXT",
    }


def test_a_user_signs_in_over_tls() -> None:
    kafka = Kafka(brokers=("one:9092",), tls=True, ca_file="/ca.pem", user="events", password="secret")
    assert brokers(kafka) == {
        "bootstrap.servers": "one:9092",
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": "/ca.pem",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "events",
        "sasl.password": "secret",
    }
