"""/api/v1/workspaces/{id}/members/: who belongs to a workspace, and as what."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import documentation
from accounts.api.answers import MemberAnswer
from accounts.api.bodies import member_body
from accounts.api.serializers import MemberSerializer
from accounts.caller import caller_of
from accounts.models import Membership
from accounts.permissions import WorkspaceView
from accounts.rights import Right
from accounts.selectors import member_get, members_of
from accounts.services.members import member_remove, member_update
from api.filters import StrictFilterBackend
from api.serializers import checked

TAGS = ["workspaces"]


class MembersView(WorkspaceView, GenericAPIView[Membership]):
    rights = {"GET": Right.READ}
    queryset = Membership.objects.none()
    serializer_class = MemberSerializer
    filter_backends = (StrictFilterBackend,)
    ordering_fields = frozenset({"created_at", "role"})
    ordering = "created_at"

    @extend_schema(summary="List members", tags=TAGS, responses=MemberAnswer(many=True))
    def get(self, request: Request, workspace_id: UUID) -> Response:
        page = self.paginate_queryset(self.filter_queryset(members_of(caller_of(request).home)))
        return self.get_paginated_response([member_body(membership) for membership in page or ()])


class MemberView(WorkspaceView):
    # Everybody may remove one membership, their own; the service knows whose it is.
    rights = {"GET": Right.READ, "PATCH": Right.ADMIN, "DELETE": Right.READ}

    @extend_schema(
        summary="Read a member", tags=TAGS, responses=MemberAnswer, examples=documentation.MEMBER_EXAMPLES
    )
    def get(self, request: Request, workspace_id: UUID, membership_id: UUID) -> Response:
        return Response(member_body(member_get(caller_of(request).home, membership_id)))

    @extend_schema(
        summary="Change a member's role",
        tags=TAGS,
        request=MemberSerializer,
        responses=MemberAnswer,
        examples=documentation.MEMBER_EXAMPLES,
    )
    def patch(self, request: Request, workspace_id: UUID, membership_id: UUID) -> Response:
        """Nobody gives or takes a role with more rights than they hold. The last owner stays one (409)."""
        changes = checked(MemberSerializer, request, partial=True)
        membership = member_update(caller=caller_of(request), membership_id=membership_id, **changes)
        return Response(member_body(membership))

    @extend_schema(summary="Remove a member, or leave", tags=TAGS, responses=documentation.DONE)
    def delete(self, request: Request, workspace_id: UUID, membership_id: UUID) -> Response:
        """Everybody may leave but the last owner (409)."""
        member_remove(caller=caller_of(request), membership_id=membership_id)
        return Response(status=204)
