"""Inviting people by mail, and accepting."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import documentation
from accounts.api.answers import RegistrationAnswer
from accounts.api.bodies import invitation_body, token_body, user_body, workspace_body
from accounts.api.queueing import mail_later
from accounts.api.serializers import AcceptanceSerializer, InvitationSerializer
from accounts.attempts import count_attempt, count_invitation
from accounts.caller import Caller, caller_of
from accounts.models import Invitation
from accounts.permissions import WorkspaceView
from accounts.rights import Right
from accounts.selectors import invitations_of
from accounts.services.invitations import invitation_accept, invitation_create, invitation_revoke
from accounts.services.tokens import tokens_begin
from accounts.tasks import send_invitation
from api.filters import StrictFilterBackend
from api.serializers import checked

TAGS = ["workspaces"]


class InvitationsView(WorkspaceView, GenericAPIView[Invitation]):
    rights = {"GET": Right.READ, "POST": Right.ADMIN}
    queryset = Invitation.objects.none()
    serializer_class = InvitationSerializer
    filter_backends = (StrictFilterBackend,)
    ordering_fields = frozenset({"created_at", "email", "expires_at"})
    ordering = "-created_at"

    @extend_schema(summary="List invitations", tags=TAGS, responses=InvitationSerializer(many=True))
    def get(self, request: Request, workspace_id: UUID) -> Response:
        """Those that nobody accepted yet."""
        page = self.paginate_queryset(self.filter_queryset(invitations_of(caller_of(request).home)))
        return self.get_paginated_response([invitation_body(invitation) for invitation in page or ()])

    @extend_schema(
        summary="Invite somebody",
        tags=TAGS,
        request=InvitationSerializer,
        responses={201: InvitationSerializer},
        examples=documentation.INVITATION_EXAMPLES,
    )
    def post(self, request: Request, workspace_id: UUID) -> Response:
        """They get a mail with a link. Inviting an address again replaces the earlier invitation."""
        caller, fields = caller_of(request), checked(InvitationSerializer, request)
        count_invitation(caller, fields["email"])
        invitation = invitation_create(caller=caller, **fields)
        mail_later(send_invitation, str(invitation.id))
        return Response(invitation_body(invitation), status=201)


class InvitationView(WorkspaceView):
    rights = {"DELETE": Right.ADMIN}

    @extend_schema(summary="Withdraw an invitation", tags=TAGS, responses=documentation.DONE)
    def delete(self, request: Request, workspace_id: UUID, invitation_id: UUID) -> Response:
        """Its link works no more."""
        invitation_revoke(caller=caller_of(request), invitation_id=invitation_id)
        return Response(status=204)


class AcceptView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        summary="Accept an invitation",
        tags=TAGS,
        request=AcceptanceSerializer,
        responses=RegistrationAnswer,
        examples=documentation.ACCEPTANCE_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Somebody new chooses a password; who has an account gives theirs, or sends an access token."""
        fields = checked(AcceptanceSerializer, request)
        count_attempt("accept", request._request)
        caller: Any = request.user
        caller_id = caller.user_id if isinstance(caller, Caller) else None
        user, membership = invitation_accept(**fields, caller_id=caller_id)
        body = {"user": user_body(user), "workspace": workspace_body(membership.workspace)}
        return Response(body | token_body(tokens_begin(user=user)))
