"""Which of Kafka's errors time mends."""

from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import KafkaError, KafkaException

from ingestion.errors import TransientFailure

_TRANSIENT = {
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError._MSG_TIMED_OUT,
    KafkaError._QUEUE_FULL,
    KafkaError._RESOLVE,
    KafkaError._TIMED_OUT,
    KafkaError._TIMED_OUT_QUEUE,
    KafkaError._TRANSPORT,
    KafkaError._WAIT_COORD,
    KafkaError.BROKER_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.INVALID_REPLICATION_FACTOR,  # fewer brokers are in service than a topic is to have copies
    KafkaError.KAFKA_STORAGE_ERROR,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NETWORK_EXCEPTION,
    KafkaError.NON_EMPTY_GROUP,
    KafkaError.NOT_COORDINATOR,
    KafkaError.NOT_CONTROLLER,
    KafkaError.NOT_ENOUGH_REPLICAS,
    KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.OFFSET_NOT_AVAILABLE,
    KafkaError.PREFERRED_LEADER_NOT_AVAILABLE,
    KafkaError.REPLICA_NOT_AVAILABLE,
    KafkaError.REQUEST_TIMED_OUT,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.UNKNOWN_TOPIC_OR_PART,  # created a moment ago, and not known everywhere yet
}
# The group has moved on without this consumer: its next poll tells what was lost.
_REBALANCING = {
    KafkaError._MAX_POLL_EXCEEDED,
    KafkaError._STATE,
    KafkaError.FENCED_INSTANCE_ID,
    KafkaError.ILLEGAL_GENERATION,
    KafkaError.REBALANCE_IN_PROGRESS,
    KafkaError.UNKNOWN_MEMBER_ID,
}


def is_transient(error: KafkaError) -> bool:
    return error.retriable() or error.code() in _TRANSIENT


def is_rebalancing(error: KafkaError) -> bool:
    return error.code() in _REBALANCING


@contextmanager
def transient_failures() -> Iterator[None]:
    """Within it what time mends is raised as TransientFailure, and everything else as it is."""
    try:
        yield
    except KafkaException as raised:
        error = raised.args[0]
        if is_transient(error):
            raise TransientFailure(f"Kafka: {error.str()}") from raised
        raise
