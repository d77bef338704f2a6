"""People, workspaces, memberships and keys."""

import uuid
from typing import Any, ClassVar

from auditlog.models import AbstractLogEntry
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.audit import AuditTrail
from accounts.floors import first_floor
from accounts.keys import shown_name
from accounts.rights import RESTRICTABLE, SCOPES, Role
from runtime.options import MOST_RAW_MONTHS

LONGEST_NAME = 150


class Identified(models.Model):
    """Everything that an API names has a UUID and knows when it came."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Sign-in finds `Ann@Example.com` under whatever case it is typed."""
        return self.get(email=(username or "").strip().lower())


class User(Identified, AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail is stored in lower case and is what one signs in with."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May sign in to the admin.")
    sign_outs = models.PositiveIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="How often they were signed out everywhere: sessions and tokens of before stay dead.",
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """Django's pages ask for it to greet somebody."""
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions and refresh tokens hold it; it changes with the password and with `sign_outs`.

        Who was never signed out keeps Django's own, and with it the sessions from before there was a count.
        """
        own: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]  # its stubs leave it out
        return f"{self.sign_outs}-{own}" if self.sign_outs else own

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()


class Workspace(Identified):
    """The tenant: everything but people belongs to exactly one."""

    name = models.CharField(max_length=LONGEST_NAME)
    timezone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="EUR")
    raw_months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_RAW_MONTHS)],
        help_text="For how many months its raw facts are kept. Empty: as the configuration says.",
    )
    raw_floor = models.DateField(
        null=True,
        default=first_floor,
        editable=False,
        help_text="Facts before this day (UTC) are no longer accepted.",
    )
    sealed_before = models.DateField(
        null=True,
        default=first_floor,
        editable=False,
        help_text="Figures before this day (UTC) are no longer recomputed.",
    )
    floor_moved_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sealed_before=None) | models.Q(sealed_before__lte=models.F("raw_floor")),
                name="only_below_the_floor_is_sealed",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Identified):
    """What a person may do in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    restricted = models.BooleanField(default=False, help_text="Sees only the campaigns granted one by one.")

    class Meta:
        ordering = ("created_at", "id")
        constraints = [
            models.UniqueConstraint(fields=("user", "workspace"), name="one_membership_each"),
            models.CheckConstraint(
                name="restricted_never_manages",
                condition=models.Q(restricted=False) | models.Q(role__in=RESTRICTABLE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace} as {self.role}"


class Invitation(Identified):
    """A standing offer of a membership; only the hash of its token is kept."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices)
    restricted = models.BooleanField(default=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("workspace", "email"),
                condition=models.Q(accepted_at=None),
                name="one_standing_invitation_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.workspace}"


class ApiKey(Identified):
    """A program's credential; the key itself is shown once and only its hash is kept."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=LONGEST_NAME)
    prefix = models.CharField(max_length=16, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=[(s.value, s.label) for s in SCOPES]))
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return shown_name(self.name, self.prefix)


class WriteKey(Identified):
    """A public key that may only send events; it stands readable in web pages, so it is no secret."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="write_keys")
    name = models.CharField(max_length=LONGEST_NAME)
    key = models.CharField(max_length=48, unique=True, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.key})"


class AuditEntry(AbstractLogEntry):  # type: ignore[misc]  # the library is untyped
    """One line of the audit trail; it stays when what it tells of is gone."""

    class Action(AbstractLogEntry.Action):  # type: ignore[misc]
        SIGN_IN = 10
        SIGN_IN_FAILED = 11
        SIGN_OUT = 12

        choices = (
            *AbstractLogEntry.Action.choices,
            (SIGN_IN, "sign in"),
            (SIGN_IN_FAILED, "failed sign in"),
            (SIGN_OUT, "sign out"),
        )

    action = models.PositiveSmallIntegerField(choices=Action.choices, db_index=True)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )

    objects = AuditTrail()

    class Meta(AbstractLogEntry.Meta):  # type: ignore[misc]
        verbose_name = "audit entry"
        verbose_name_plural = "audit trail"

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.object_repr}"
