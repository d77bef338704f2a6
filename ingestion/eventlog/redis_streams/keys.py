"""What the log's keys are called."""

from ingestion.eventlog.base import Partition


class Keys:
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.partitions = f"{prefix}:partitions"  # hash: topic -> how many; never fewer than there were
        self.trimmed = f"{prefix}:trimmed"  # hash: stream -> entries deleted because nobody needed them
        self.groups = f"{prefix}:groups"  # sorted set: group -> when one of its consumers was last there

    def stream(self, partition: Partition) -> str:
        return f"{self._prefix}:{partition.topic}:{partition.number}"

    def lease(self, group: str, partition: Partition) -> str:
        return f"{self._prefix}:{group}:lease:{partition.topic}:{partition.number}"

    def members(self, group: str) -> str:
        """Sorted set: consumer -> when it was last there."""
        return f"{self._prefix}:{group}:members"

    def done(self, group: str) -> str:
        """Hash: stream -> entries, counted from its very first, that the group needs no more."""
        return f"{self._prefix}:{group}:done"
