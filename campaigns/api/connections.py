"""/api/v1/connections/"""

from typing import Any, cast
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller_of
from accounts.permissions import WorkspaceView
from accounts.rights import Right
from accounts.selectors import workspace_get
from api.etags import etag_of, tagged
from api.filters import StrictFilterBackend
from api.serializers import checked
from campaigns.api import documentation
from campaigns.api.bodies import connection_body
from campaigns.api.filters import ConnectionFilters
from campaigns.api.reading import expected_version
from campaigns.api.serializers import ConnectionBodySerializer, ConnectionSerializer
from campaigns.models import Connection
from campaigns.selectors import connection_get, connections_visible
from campaigns.services.connections import (
    ConnectionFields,
    connection_create,
    connection_delete,
    connection_update,
)

TAGS = ["ad accounts"]


def answer(request: Request, connection: Connection, **response: Any) -> Response:
    return tagged(
        request, connection_body(connection), etag_of(connection.id, connection.version), **response
    )


class ConnectionsView(WorkspaceView, GenericAPIView[Connection]):
    rights = {"GET": Right.READ, "POST": Right.ADMIN}
    queryset = Connection.objects.none()
    filter_backends = (StrictFilterBackend,)
    filterset_class = ConnectionFilters
    ordering_fields = frozenset({"created_at", "name"})
    ordering = "-created_at"

    @extend_schema(summary="List ad accounts", tags=TAGS, responses=ConnectionBodySerializer(many=True))
    def get(self, request: Request) -> Response:
        """The connected ad accounts, newest first."""
        page = self.paginate_queryset(self.filter_queryset(connections_visible(caller_of(request))))
        return self.get_paginated_response([connection_body(connection) for connection in page or ()])

    @extend_schema(
        summary="Connect an ad account",
        tags=TAGS,
        request=ConnectionSerializer,
        responses={201: ConnectionBodySerializer},
        examples=documentation.CONNECTION_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Its credentials are stored encrypted and never shown again."""
        fields = cast(ConnectionFields, checked(ConnectionSerializer, request))
        connection = connection_create(workspace=workspace_get(caller_of(request)), fields=fields)
        location = reverse("connection", args=[connection.id])
        return answer(request, connection, status=201, headers={"Location": location})


class ConnectionView(WorkspaceView):
    rights = {"GET": Right.READ, "PATCH": Right.ADMIN, "DELETE": Right.ADMIN}

    @extend_schema(
        summary="Read an ad account",
        tags=TAGS,
        parameters=[documentation.IF_NONE_MATCH],
        responses={200: ConnectionBodySerializer, 304: documentation.NOT_MODIFIED},
    )
    def get(self, request: Request, connection_id: UUID) -> Response:
        """Of its credentials you see whether there are any, and since when."""
        return answer(request, connection_get(caller_of(request), connection_id))

    @extend_schema(
        summary="Change an ad account",
        tags=TAGS,
        parameters=[documentation.IF_MATCH],
        request=ConnectionSerializer,
        responses=ConnectionBodySerializer,
        examples=documentation.CREDENTIAL_EXAMPLES,
    )
    def patch(self, request: Request, connection_id: UUID) -> Response:
        """`credentials` are replaced as a whole; `{}` forgets them. Platform and account id stay."""
        connection = connection_get(caller_of(request), connection_id)
        expected = expected_version(request, connection)
        changes = cast(ConnectionFields, checked(ConnectionSerializer, request, partial=True))
        changed = connection_update(connection=connection, changes=changes, expected_version=expected)
        return answer(request, changed)

    @extend_schema(
        summary="Disconnect an ad account",
        tags=TAGS,
        parameters=[documentation.IF_MATCH],
        responses=documentation.REMOVED,
    )
    def delete(self, request: Request, connection_id: UUID) -> Response:
        """A 409 while campaigns run in it."""
        connection = connection_get(caller_of(request), connection_id)
        connection_delete(connection=connection, expected_version=expected_version(request, connection))
        return Response(status=204)
