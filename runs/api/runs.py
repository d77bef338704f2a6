"""/api/v1/runs/"""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller_of
from accounts.permissions import WorkspaceView
from accounts.rights import Right
from api.filters import StrictFilterBackend
from runs.api import documentation
from runs.api.bodies import run_body
from runs.api.filters import RunFilters
from runs.api.serializers import RunSerializer
from runs.models import Run
from runs.selectors import run_get, runs_visible
from runs.services import run_cancel

TAGS = ["runs"]


class RunsView(WorkspaceView, GenericAPIView[Run]):
    rights = {"GET": Right.READ}
    queryset = Run.objects.none()
    filter_backends = (StrictFilterBackend,)
    filterset_class = RunFilters
    ordering_fields = frozenset({"created_at"})
    ordering = "-created_at"

    @extend_schema(summary="List runs", tags=TAGS, responses=RunSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Long work that was asked for in this workspace, newest first."""
        page = self.paginate_queryset(self.filter_queryset(runs_visible(caller_of(request))))
        return self.get_paginated_response([run_body(run) for run in page or ()])


class RunView(WorkspaceView):
    rights = {"GET": Right.READ}

    @extend_schema(
        summary="Read a run", tags=TAGS, responses=RunSerializer, examples=documentation.RUN_EXAMPLES
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        """How far it is; `error` says in a sentence why one failed."""
        return Response(run_body(run_get(caller_of(request), run_id)))


class CancelRunView(WorkspaceView):
    rights = {"POST": Right.WRITE}

    @extend_schema(
        summary="Cancel a run",
        tags=TAGS,
        request=None,
        responses=RunSerializer,
        examples=documentation.CANCEL_EXAMPLES,
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        """It stops within seconds, and what it did stays. A 409 for one that has ended otherwise."""
        return Response(run_body(run_cancel(run=run_get(caller_of(request), run_id))))
