"""/api/v1/auth/password/: changing a password, and replacing a forgotten one."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import documentation
from accounts.api.answers import TokensAnswer
from accounts.api.bodies import token_body
from accounts.api.queueing import mail_later
from accounts.api.serializers import (
    PasswordChangeSerializer,
    PasswordForgottenSerializer,
    PasswordResetSerializer,
)
from accounts.api.sign_in import TAGS, PublicView
from accounts.attempts import PASSWORD_CHANGE, count_attempt
from accounts.caller import caller_of
from accounts.permissions import IsSignedIn
from accounts.selectors import user_get
from accounts.services.passwords import password_change, password_reset
from accounts.tasks import send_password_reset
from api.serializers import checked


class PasswordChangeView(APIView):
    permission_classes = (IsSignedIn,)

    @extend_schema(
        summary="Change my password",
        tags=TAGS,
        request=PasswordChangeSerializer,
        responses=TokensAnswer,
        examples=documentation.PASSWORD_CHANGE_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Every refresh token and session ends; the answer is a new pair to go on with."""
        fields = checked(PasswordChangeSerializer, request)
        user = user_get(caller_of(request))
        count_attempt(PASSWORD_CHANGE, request._request, user.email)
        return Response(token_body(password_change(user_id=user.id, **fields)))


class PasswordForgottenView(PublicView):
    @extend_schema(
        summary="Ask for a new password",
        tags=TAGS,
        auth=[],
        request=PasswordForgottenSerializer,
        responses=documentation.MAIL_ON_ITS_WAY,
        examples=documentation.PASSWORD_FORGOTTEN_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Always a 202: the mail goes out only if somebody has this address."""
        email = checked(PasswordForgottenSerializer, request)["email"]
        count_attempt("password-reset", request._request, email)
        mail_later(send_password_reset, email)
        return Response(status=202)


class PasswordResetView(PublicView):
    @extend_schema(
        summary="Choose a new password",
        tags=TAGS,
        auth=[],
        request=PasswordResetSerializer,
        responses=documentation.DONE,
        examples=documentation.PASSWORD_RESET_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """With the token from the mail, which works once. Every refresh token and session ends."""
        fields = checked(PasswordResetSerializer, request)
        count_attempt("password-reset-confirm", request._request)
        password_reset(**fields)
        return Response(status=204)
