"""/api/v1/auth/: registering, signing in and out, and who one is."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import documentation
from accounts.api.answers import RegistrationAnswer, SignInAnswer, TokensAnswer, UserAnswer
from accounts.api.bodies import token_body, user_body, workspace_body
from accounts.api.serializers import (
    ProfileSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    SignInSerializer,
)
from accounts.attempts import count_attempt
from accounts.caller import caller_of
from accounts.permissions import IsSignedIn
from accounts.selectors import user_get
from accounts.services.tokens import token_revoke, tokens_begin, tokens_refresh
from accounts.services.users import user_register, user_sign_in, user_update
from api.serializers import checked

TAGS = ["accounts"]


class PublicView(APIView):
    """For who has no credentials yet; any that are sent along are not looked at."""

    authentication_classes: Any = ()
    permission_classes = (AllowAny,)


class RegisterView(PublicView):
    @extend_schema(
        summary="Register",
        tags=TAGS,
        auth=[],
        request=RegistrationSerializer,
        responses={201: RegistrationAnswer},
        examples=documentation.REGISTRATION_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """A new user and a workspace that they own. A 409 says only that it cannot be done."""
        fields = checked(RegistrationSerializer, request)
        count_attempt("register", request._request, fields["email"])
        user, workspace = user_register(**fields)
        body = {"user": user_body(user), "workspace": workspace_body(workspace)}
        return Response(body | token_body(tokens_begin(user=user)), status=201)


class LoginView(PublicView):
    @extend_schema(
        summary="Sign in",
        tags=TAGS,
        auth=[],
        request=SignInSerializer,
        responses=SignInAnswer,
        examples=documentation.SIGN_IN_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """A 401 does not tell whether the address or the password was wrong."""
        fields = checked(SignInSerializer, request)
        count_attempt("sign-in", request._request, fields["email"])
        user, tokens = user_sign_in(**fields)
        return Response(token_body(tokens) | {"user": user_body(user)})


class RefreshView(PublicView):
    @extend_schema(
        summary="Trade a refresh token for a new pair",
        tags=TAGS,
        auth=[],
        request=RefreshSerializer,
        responses=TokensAnswer,
        examples=documentation.REFRESH_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """It works once; a second use is a 401."""
        return Response(token_body(tokens_refresh(**checked(RefreshSerializer, request))))


class LogoutView(PublicView):
    @extend_schema(
        summary="Sign out",
        tags=TAGS,
        auth=[],
        request=RefreshSerializer,
        responses=documentation.DONE,
        examples=documentation.LOGOUT_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """The refresh token is dead at once; access tokens end by themselves within five minutes."""
        token_revoke(**checked(RefreshSerializer, request))
        return Response(status=204)


class MeView(APIView):
    permission_classes = (IsSignedIn,)

    @extend_schema(summary="Who am I", tags=TAGS, responses=UserAnswer, examples=documentation.USER_EXAMPLES)
    def get(self, request: Request) -> Response:
        """The user behind an access token, and their workspaces; an API key is nobody and gets a 403."""
        return Response(user_body(user_get(caller_of(request))))

    @extend_schema(
        summary="Change my name",
        tags=TAGS,
        request=ProfileSerializer,
        responses=UserAnswer,
        examples=documentation.USER_EXAMPLES,
    )
    def patch(self, request: Request) -> Response:
        user = user_get(caller_of(request))
        changes = checked(ProfileSerializer, request, partial=True)
        return Response(user_body(user_update(user_id=user.id, **changes)))
