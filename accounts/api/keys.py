"""API keys and write keys, of the caller's workspace or of the one that the path names."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import documentation
from accounts.api.answers import NewApiKeyAnswer
from accounts.api.bodies import api_key_body, write_key_body
from accounts.api.serializers import ApiKeySerializer, WriteKeySerializer
from accounts.caller import caller_of
from accounts.models import ApiKey, WriteKey
from accounts.permissions import WorkspaceView
from accounts.rights import Right
from accounts.selectors import api_keys_of, write_keys_of
from accounts.services.keys import api_key_issue, key_revoke, write_key_create
from api.filters import StrictFilterBackend
from api.serializers import checked

TAGS = ["keys"]


class KeyListView(WorkspaceView, GenericAPIView[Any]):
    rights = {"GET": Right.READ, "POST": Right.ADMIN}
    filter_backends = (StrictFilterBackend,)
    ordering_fields = frozenset({"created_at", "name"})
    ordering = "-created_at"


class ApiKeysView(KeyListView):
    queryset = ApiKey.objects.none()
    serializer_class = ApiKeySerializer

    @extend_schema(summary="List API keys", tags=TAGS, responses=ApiKeySerializer(many=True))
    def get(self, request: Request, workspace_id: UUID | None = None) -> Response:
        """Revoked ones too. Of each key only its first characters: the rest is known to nobody."""
        page = self.paginate_queryset(self.filter_queryset(api_keys_of(caller_of(request).home)))
        return self.get_paginated_response([api_key_body(api_key) for api_key in page or ()])

    @extend_schema(
        summary="Create an API key",
        tags=TAGS,
        request=ApiKeySerializer,
        responses={201: NewApiKeyAnswer},
        examples=documentation.API_KEY_EXAMPLES,
    )
    def post(self, request: Request, workspace_id: UUID | None = None) -> Response:
        """`key` is shown this once. Nobody makes a key that may do more than they may."""
        api_key, key = api_key_issue(caller=caller_of(request), **checked(ApiKeySerializer, request))
        return Response(api_key_body(api_key) | {"key": key}, status=201)


class WriteKeysView(KeyListView):
    queryset = WriteKey.objects.none()
    serializer_class = WriteKeySerializer

    @extend_schema(summary="List write keys", tags=TAGS, responses=WriteKeySerializer(many=True))
    def get(self, request: Request, workspace_id: UUID | None = None) -> Response:
        page = self.paginate_queryset(self.filter_queryset(write_keys_of(caller_of(request).home)))
        return self.get_paginated_response([write_key_body(write_key) for write_key in page or ()])

    @extend_schema(
        summary="Create a write key",
        tags=TAGS,
        request=WriteKeySerializer,
        responses={201: WriteKeySerializer},
        examples=documentation.WRITE_KEY_EXAMPLES,
    )
    def post(self, request: Request, workspace_id: UUID | None = None) -> Response:
        """It may only send events, and is meant to stand in web pages."""
        caller = caller_of(request)
        fields = checked(WriteKeySerializer, request)
        write_key = write_key_create(workspace_id=caller.home, created_by_id=caller.user_id, **fields)
        return Response(write_key_body(write_key), status=201)


class KeyView(WorkspaceView):
    """One key of either kind: all that can be done to it is to end it."""

    rights = {"DELETE": Right.ADMIN}
    kind: ClassVar[type[ApiKey] | type[WriteKey]]

    @extend_schema(summary="Revoke a key", tags=TAGS, responses=documentation.DONE)
    def delete(self, request: Request, key_id: UUID, workspace_id: UUID | None = None) -> Response:
        """It works no more from now on. Revoking twice is fine."""
        key_revoke(kind=self.kind, workspace_id=caller_of(request).home, key_id=key_id)
        return Response(status=204)


class ApiKeyView(KeyView):
    kind = ApiKey


class WriteKeyView(KeyView):
    kind = WriteKey
