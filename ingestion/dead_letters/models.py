"""Dead letters, and the stops of a consumer that met too many of them."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ingestion.dead_letters.reading import KINDS
from ingestion.eventlog.base import MAIN_GROUP
from ingestion.eventlog.topics import TOPICS

# The oldest first; those that were refused come after all that were not tried yet.
NEXT_TO_REPLAY = (F("refused_at").asc(nulls_first=True), F("logged_at").asc(), F("id").asc())


class State(models.TextChoices):
    WAITING = "waiting"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


class DeadLetter(models.Model):
    """An entry of the log that could not be taken. Its place and time on the log are its identity."""

    topic = models.CharField(max_length=64, choices=[(topic, topic) for topic in TOPICS])
    partition = models.PositiveIntegerField()
    position = models.BigIntegerField()
    logged_at = models.DateTimeField(help_text="When it came to the log.")
    died_at = models.DateTimeField(default=timezone.now)

    # As far as the payload can be read, and never trusted: it may name what is not there.
    workspace_id = models.UUIDField(null=True)
    campaign_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=16, blank=True, choices=[(kind, kind) for kind in KINDS])

    key = models.BinaryField()
    payload = models.BinaryField(help_text="The bytes as they lay on the log.")
    code = models.CharField(max_length=64)
    field = models.TextField(blank=True)
    reason = models.TextField()

    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=254, blank=True)
    note = models.TextField(blank=True)
    refused_at = models.DateTimeField(null=True, help_text="When a replay tried it last, in vain.")
    replayed_payload = models.BinaryField(null=True, help_text="The bytes that were put on the log instead.")

    class Meta:
        constraints = [
            # A topic that was made anew counts its positions from the start: the time tells them apart.
            models.UniqueConstraint(
                fields=("topic", "partition", "position", "logged_at"), name="a_dead_letter_once"
            ),
            models.CheckConstraint(
                name="a_discarded_letter_says_why", condition=~Q(state=State.DISCARDED) | ~Q(note="")
            ),
        ]
        indexes = [
            models.Index("state", *NEXT_TO_REPLAY, name="dead_letters_by_turn"),
            models.Index(fields=("-died_at",), name="dead_letters_by_death"),
        ]

    def __str__(self) -> str:
        return self.place

    @property
    def place(self) -> str:
        return f"{self.topic}/{self.partition}/{self.position}"


class ConsumerStop(models.Model):
    """A consumer group met too many dead letters; none of its consumers works until somebody has looked."""

    group = models.CharField(max_length=128, default=MAIN_GROUP)
    stopped_at = models.DateTimeField(default=timezone.now)
    why = models.TextField()
    events = models.PositiveBigIntegerField(help_text="Consumed last, when it was decided.")
    dead = models.PositiveBigIntegerField(help_text="Dead letters among them.")
    codes = models.JSONField(help_text="How many of each code.")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("group",), condition=Q(acknowledged_at=None), name="one_standing_stop_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} at {self.stopped_at:%Y-%m-%d %H:%M:%S}"
