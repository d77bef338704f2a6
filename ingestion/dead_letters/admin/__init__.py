"""The pages on which staff work on dead letters and let stopped consumers go on."""

from ingestion.dead_letters.admin.letters import DeadLetterAdmin
from ingestion.dead_letters.admin.stops import ConsumerStopAdmin

__all__ = ["ConsumerStopAdmin", "DeadLetterAdmin"]
