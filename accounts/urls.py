"""The routes of accounts: the API, the sign-in of the browsable API, and the pages that mails lead to."""

from django.contrib.auth.views import LoginView as LoginPage
from django.contrib.auth.views import LogoutView as LogoutPage
from django.urls import URLPattern, URLResolver, include, path

from accounts import pages, schema  # noqa: F401  (importing the second registers it)
from accounts.api.invitations import AcceptView, InvitationsView, InvitationView
from accounts.api.keys import ApiKeysView, ApiKeyView, WriteKeysView, WriteKeyView
from accounts.api.members import MembersView, MemberView
from accounts.api.passwords import PasswordChangeView, PasswordForgottenView, PasswordResetView
from accounts.api.sign_in import LoginView, LogoutView, MeView, RefreshView, RegisterView
from accounts.api.workspaces import NamedWorkspaceView, WorkspacesView
from accounts.attempts import guarded

auth = [
    path("register/", RegisterView.as_view(), name="register"),
    path("login/", LoginView.as_view(), name="login"),
    path("refresh/", RefreshView.as_view(), name="refresh"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("me/", MeView.as_view(), name="me"),
    path("password/change/", PasswordChangeView.as_view(), name="password-change"),
    path("password/reset/", PasswordForgottenView.as_view(), name="password-forgotten"),
    path("password/reset/confirm/", PasswordResetView.as_view(), name="password-reset-confirm"),
]

keys = [
    path("api-keys/", ApiKeysView.as_view(), name="api-keys"),
    path("api-keys/<uuid:key_id>/", ApiKeyView.as_view(), name="api-key"),
    path("write-keys/", WriteKeysView.as_view(), name="write-keys"),
    path("write-keys/<uuid:key_id>/", WriteKeyView.as_view(), name="write-key"),
]

workspace = [
    path("", NamedWorkspaceView.as_view(), name="workspace"),
    path("members/", MembersView.as_view(), name="members"),
    path("members/<uuid:membership_id>/", MemberView.as_view(), name="member"),
    path("invitations/", InvitationsView.as_view(), name="invitations"),
    path("invitations/<uuid:invitation_id>/", InvitationView.as_view(), name="invitation-withdraw"),
]

api: list[URLPattern | URLResolver] = [
    path("auth/", include(auth)),
    path("workspaces/", WorkspacesView.as_view(), name="workspaces"),
    path("workspaces/<uuid:workspace_id>/", include([*workspace, *keys])),
    path("invitations/accept/", AcceptView.as_view(), name="invitation-accept"),
    path("", include(keys)),
]

sign_in_page = LoginPage.as_view(
    template_name="accounts/form.html",
    extra_context={"title": "Sign in", "explanation": "To look at the API with your browser."},
)

# The browsable API looks for its sign-in under this namespace.
browse = [
    path("login/", guarded(sign_in_page), name="login"),
    path("logout/", LogoutPage.as_view(next_page="rest_framework:login"), name="logout"),
]

urlpatterns = [
    path("api/v1/", include(api)),
    path("api/browse/", include((browse, "rest_framework"))),
    path("account/invitation/", pages.invitation, name="invitation"),
    path("account/password/", pages.password, name="password-reset"),
]
