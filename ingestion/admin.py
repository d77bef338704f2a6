"""Where Django looks for the admin pages of this app."""

from ingestion.dead_letters.admin import ConsumerStopAdmin, DeadLetterAdmin

__all__ = ["ConsumerStopAdmin", "DeadLetterAdmin"]
