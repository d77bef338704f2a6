"""/api/v1/workspaces/: the caller's workspaces, and what they are called."""

from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import documentation
from accounts.api.bodies import workspace_body
from accounts.api.serializers import WorkspaceSerializer
from accounts.caller import caller_of
from accounts.models import Workspace
from accounts.permissions import IsSignedIn, MayReadTheirOwn, WorkspaceView
from accounts.rights import Right
from accounts.selectors import user_get, workspace_get, workspaces_visible
from accounts.services.workspaces import workspace_create, workspace_update
from api.filters import StrictFilterBackend
from api.serializers import checked

TAGS = ["workspaces"]


class WorkspacesView(GenericAPIView[Workspace]):
    queryset = Workspace.objects.none()
    serializer_class = WorkspaceSerializer
    filter_backends = (StrictFilterBackend,)
    ordering_fields = frozenset({"created_at", "name"})
    ordering = "created_at"

    def get_permissions(self) -> list[BasePermission]:
        """Who may read sees their own; only a person can own a new one."""
        return [MayReadTheirOwn() if self.request.method in SAFE_METHODS else IsSignedIn()]

    @extend_schema(summary="List my workspaces", tags=TAGS, responses=WorkspaceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """An API key sees the one that it belongs to."""
        page = self.paginate_queryset(self.filter_queryset(workspaces_visible(caller_of(request))))
        return self.get_paginated_response([workspace_body(workspace) for workspace in page or ()])

    @extend_schema(
        summary="Create a workspace",
        tags=TAGS,
        request=WorkspaceSerializer,
        responses={201: WorkspaceSerializer},
        examples=documentation.WORKSPACE_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """You become its owner."""
        fields = checked(WorkspaceSerializer, request)
        workspace = workspace_create(user=user_get(caller_of(request)), **fields)
        location = reverse("workspace", args=[workspace.id])
        return Response(workspace_body(workspace), status=201, headers={"Location": location})


class NamedWorkspaceView(WorkspaceView):
    rights = {"GET": Right.READ, "PATCH": Right.ADMIN}

    @extend_schema(
        summary="Read a workspace",
        tags=TAGS,
        responses=WorkspaceSerializer,
        examples=documentation.WORKSPACE_EXAMPLES,
    )
    def get(self, request: Request, workspace_id: UUID) -> Response:
        return Response(workspace_body(workspace_get(caller_of(request))))

    @extend_schema(
        summary="Change a workspace",
        tags=TAGS,
        request=WorkspaceSerializer,
        responses=WorkspaceSerializer,
        examples=documentation.WORKSPACE_EXAMPLES,
    )
    def patch(self, request: Request, workspace_id: UUID) -> Response:
        """For admins and owners. The zone and currency are defaults: campaigns keep their own."""
        changes = checked(WorkspaceSerializer, request, partial=True)
        return Response(workspace_body(workspace_update(workspace_id=caller_of(request).home, **changes)))
