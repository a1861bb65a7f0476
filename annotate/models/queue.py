"""The queue: comparisons to judge, one assignment per wanted verdict, and the preferences given."""

from django.db import models

from annotate.models.people import User
from annotate.models.projects import GuidelineVersion, Project, Prompt
from annotate.models.versions import Completion


class ComparisonKind(models.TextChoices):
    NORMAL = "normal"
    PANEL = "panel"
    GOLD = "gold"
    REPEAT = "repeat"
    MIRRORED = "mirrored"
    IMPORTED = "imported"


class Comparison(models.Model):
    """Two completions of one prompt, in stored order a, b, and why the pair was chosen."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="comparisons")
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="comparisons")
    completion_a = models.ForeignKey(Completion, models.PROTECT, related_name="+")
    completion_b = models.ForeignKey(Completion, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=ComparisonKind.choices, default=ComparisonKind.NORMAL)
    strategy = models.CharField(max_length=32, default="uniform")
    propensity = models.FloatField(default=1.0)
    scores = models.JSONField(default=dict)
    priority = models.SmallIntegerField(default=0)
    wanted = models.PositiveSmallIntegerField(default=1)
    round = models.ForeignKey("annotate.Round", models.PROTECT, null=True, blank=True, related_name="comparisons")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(completion_a=models.F("completion_b")), name="comparison_two_completions"
            )
        ]

    def __str__(self) -> str:
        return f"comparison {self.pk}"


class AssignmentStatus(models.TextChoices):
    OPEN = "open"
    LEASED = "leased"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Assignment(models.Model):
    """A slot: one wanted verdict. Leased to one labeler at a time; an expired lease is free again without a sweeper."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="assignments")
    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="assignments")
    status = models.CharField(max_length=16, choices=AssignmentStatus.choices, default=AssignmentStatus.OPEN)
    priority = models.SmallIntegerField(default=0)
    rnd = models.FloatField(help_text="Random order, fixed when the slot is made.")
    annotator = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="assignments")
    left_is_a = models.BooleanField(default=True, help_text="What was shown on the left.")
    leased_at = models.DateTimeField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    former_holders = models.JSONField(
        default=list,
        help_text="Who lost the lease, as {annotator, left_is_a}: a late verdict is read by what they saw.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comparison", "annotator"],
                condition=models.Q(annotator__isnull=False),
                name="assignment_once_per_annotator",
            )
        ]
        indexes = [
            models.Index(
                fields=["project", "-priority", "rnd"],
                condition=models.Q(status__in=["open", "leased"]),
                name="assignment_claimable",
            ),
            models.Index(fields=["annotator", "status"], name="assignment_by_annotator"),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk} · {self.status}"


class Skip(models.Model):
    """A labeler passed a comparison on; it is not offered to them again."""

    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="skips")
    annotator = models.ForeignKey(User, models.PROTECT, related_name="skips")
    reason = models.CharField(max_length=200, blank=True)
    client_id = models.UUIDField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comparison", "annotator"], condition=models.Q(undone_at__isnull=True), name="skip_once"
            )
        ]

    def __str__(self) -> str:
        return f"skip of {self.comparison_id}"


class PreferenceKind(models.TextChoices):
    PREFER = "prefer"
    TIE = "tie"
    BOTH_BAD = "both_bad"
    BOTH_GOOD = "both_good"
    CANNOT_JUDGE = "cannot_judge"


class Preference(models.Model):
    """One annotator's verdict on one comparison. Its content is never edited: undo and revision set `superseded_at`."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="preferences")
    comparison = models.ForeignKey(Comparison, models.PROTECT, related_name="preferences")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, blank=True, related_name="preferences")
    annotator = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="preferences")
    kind = models.CharField(max_length=16, choices=PreferenceKind.choices)
    winner = models.CharField(max_length=1, choices=[("a", "a"), ("b", "b")], null=True, blank=True)
    strength = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 slightly, 2 better, 3 much better.")
    aspects = models.JSONField(default=dict)
    flags = models.JSONField(default=dict)
    rationale = models.TextField(blank=True)
    active_ms = models.PositiveIntegerField(default=0)
    guidelines = models.ForeignKey(GuidelineVersion, models.PROTECT, null=True, blank=True, related_name="+")
    client_id = models.UUIDField(unique=True)
    source = models.JSONField(default=dict, help_text="For imports: file, format, row.")
    created_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comparison", "annotator"],
                condition=models.Q(superseded_at__isnull=True, annotator__isnull=False),
                name="preference_once_per_annotator",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="prefer", winner__isnull=False, strength__in=[1, 2, 3])
                | (~models.Q(kind="prefer") & models.Q(winner__isnull=True, strength__isnull=True)),
                name="preference_winner_when_preferred",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "id"], condition=models.Q(superseded_at__isnull=True), name="preference_live"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.winner or ''}"
