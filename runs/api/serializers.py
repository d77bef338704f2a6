"""How runs read in the OpenAPI file."""

from rest_framework import serializers

from api.serializers import StrictSerializer
from runs.choices import RunKind, RunState


class ProgressSerializer(StrictSerializer):
    """How far a run is, in steps of its own kind."""

    done = serializers.IntegerField(read_only=True)
    total = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Null until somebody has counted."
    )


class RunWarningSerializer(StrictSerializer):
    """What was asked for and not done, and why."""

    code = serializers.CharField(read_only=True)
    message = serializers.CharField(read_only=True)


class RunSerializer(StrictSerializer):
    """Long work that somebody asked for, and how far it is."""

    id = serializers.UUIDField(read_only=True)
    kind = serializers.ChoiceField(choices=RunKind.choices, read_only=True)
    state = serializers.ChoiceField(choices=RunState.choices, read_only=True)
    campaign_id = serializers.UUIDField(read_only=True, allow_null=True)
    parameters = serializers.DictField(read_only=True, help_text="What was asked for.")
    progress = ProgressSerializer(read_only=True)
    warnings = RunWarningSerializer(many=True, read_only=True)
    error = serializers.CharField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    started_at = serializers.DateTimeField(read_only=True, allow_null=True)
    finished_at = serializers.DateTimeField(read_only=True, allow_null=True)


class HandedOverSerializer(StrictSerializer):
    """Work that was handed to the workers, and where to look how far it is."""

    run_id = serializers.UUIDField(read_only=True)
    state = serializers.ChoiceField(choices=RunState.choices, read_only=True)
    url = serializers.CharField(read_only=True)
