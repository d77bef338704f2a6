"""The shapes of answers that differ from what is sent: for the OpenAPI file alone."""

from rest_framework import serializers

from accounts.api.serializers import ApiKeySerializer, WorkspaceSerializer
from accounts.rights import Role


class TokensAnswer(serializers.Serializer[object]):
    access = serializers.CharField(
        help_text="Send it as `Authorization: Bearer …`; lives five minutes at most."
    )
    refresh = serializers.CharField(help_text="Works once, for the next pair.")


class WorkspaceOfUserAnswer(serializers.Serializer[object]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)


class UserAnswer(serializers.Serializer[object]):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    workspaces = WorkspaceOfUserAnswer(many=True)


class SignInAnswer(TokensAnswer):
    user = UserAnswer()


class RegistrationAnswer(SignInAnswer):
    workspace = WorkspaceSerializer()


class PersonAnswer(serializers.Serializer[object]):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()


class MemberAnswer(serializers.Serializer[object]):
    id = serializers.UUIDField()
    user = PersonAnswer()
    role = serializers.ChoiceField(choices=Role.choices)
    restricted = serializers.BooleanField(help_text="Sees only the campaigns granted one by one.")
    created_at = serializers.DateTimeField()


class NewApiKeyAnswer(ApiKeySerializer):
    key = serializers.CharField(help_text="Shown this once: keep it now.")
