"""Which of two deliveries of one fact stands: the greater version, in whatever order they arrive.

The version of an event is the time from `occurred_at` to `received_at` in microseconds, then a few bits of a
hash of its payload. Two deliveries of one identity share `occurred_at`, so this orders them by `received_at`,
in little disk space. Equal times are decided by the hash: any order ends alike.
"""

HASH_BITS = 17
EARLIEST_MICROSECONDS = 600_000_000  # a sender's clock may be ahead of ours; the edge allows five minutes
LATEST_MICROSECONDS = (1 << 64 - HASH_BITS) - 1 - EARLIEST_MICROSECONDS  # four years and five months
SNAPSHOT_HASH_BITS = 20
LARGEST_SEQUENCE = (1 << 64 - SNAPSHOT_HASH_BITS) - 1


def event_version(occurred_at_ms: int, received_at_us: int, payload_hash: int) -> int:
    """Of an interaction or a metric event; the column `received_at` reads the time back out of it.

    Raises ValueError beyond what the edge accepts.
    """
    delay = received_at_us - occurred_at_ms * 1000
    if not -EARLIEST_MICROSECONDS <= delay <= LATEST_MICROSECONDS:
        raise ValueError(f"An event cannot be received {delay} microseconds after it occurred.")
    return delay + EARLIEST_MICROSECONDS << HASH_BITS | payload_hash & (1 << HASH_BITS) - 1


def snapshot_version(sequence: int, snapshot_hash: int) -> int:
    """Of a snapshot and of each of its slices. Between two of one sequence the hash decides, as a whole."""
    if not 0 <= sequence <= LARGEST_SEQUENCE:
        raise ValueError(f"{sequence} is not a sequence number.")
    return sequence << SNAPSHOT_HASH_BITS | snapshot_hash & (1 << SNAPSHOT_HASH_BITS) - 1


def mark_settled(version: int) -> int:
    """The version under which a mark is inserted again once it is settled: beats it, loses to later ones."""
    return version | 1
