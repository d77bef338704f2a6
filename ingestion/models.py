"""Where Django looks for the models of this app."""

from ingestion.dead_letters.models import ConsumerStop, DeadLetter

__all__ = ["ConsumerStop", "DeadLetter"]
