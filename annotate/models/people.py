"""People, what they may do, and how programs speak for them."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models


class User(AbstractUser):
    """A person; `is_staff` marks a site admin, who may create projects and sees all of them."""


class Role(models.TextChoices):
    """A reviewer labels and settles disagreements; an admin may do everything in the project."""

    ADMIN = "admin"
    REVIEWER = "reviewer"
    LABELER = "labeler"


class Membership(models.Model):
    """What a person may do in one project."""

    project = models.ForeignKey("annotate.Project", models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.LABELER)
    joined_at = models.DateTimeField(auto_now_add=True)
    groups = ArrayField(models.CharField(max_length=60), default=list, help_text="Groups that prompts may ask for.")
    warmed_up_at = models.DateTimeField(null=True, blank=True, help_text="When the warm-up was passed or waived.")
    paused_at = models.DateTimeField(null=True, blank=True, help_text="A paused labeler is given nothing.")
    paused_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty when a rule did it."
    )
    paused_reason = models.CharField(max_length=400, blank=True)
    guidelines_seen = models.PositiveIntegerField(default=0, help_text="Number of the guidelines last shown.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"


class Invite(models.Model):
    """A link that makes its holder a member; only the hash of its secret is kept."""

    project = models.ForeignKey("annotate.Project", models.CASCADE, related_name="invites")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.LABELER)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    max_uses = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(uses__lte=models.F("max_uses")), name="invite_uses")]

    def __str__(self) -> str:
        return f"invite {self.pk} · {self.role}"


class ApiToken(models.Model):
    """A program's key to a person's rights; only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class AuditEvent(models.Model):
    """Who did what to what; never changed."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    project = models.ForeignKey("annotate.Project", models.CASCADE, null=True, blank=True, related_name="audit_events")
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
