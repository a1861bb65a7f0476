"""The queue: comparisons to judge, one assignment per wanted verdict, and the preferences given."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotate.models.people import User
from annotate.models.projects import FormVersion, GuidelineVersion, Project, Prompt
from annotate.models.versions import Completion


class ComparisonKind(models.TextChoices):
    """Repeats and mirrored ones ask a labeler again; an edit holds a labeler's own correction."""

    NORMAL = "normal"
    PANEL = "panel"
    GOLD = "gold"
    REPEAT = "repeat"
    MIRRORED = "mirrored"
    IMPORTED = "imported"
    EDIT = "edit"
    CHAT = "chat"


HIDDEN_KINDS = frozenset({ComparisonKind.GOLD, ComparisonKind.REPEAT, ComparisonKind.MIRRORED})
"""Mixed unseen into a labeler's work to measure the labeler: never trained on, no part of a project's progress."""


class WithdrawnFor(models.TextChoices):
    """Why a comparison was withdrawn; only what a change of policy withdrew comes back with a change of policy."""

    POLICY = "policy"
    SKIP = "skip"
    ADMIN = "admin"


class Comparison(models.Model):
    """Two completions of one prompt, in stored order a, b, and why the pair was chosen.

    A ranking has further completions: a, b, then those of `more`, in stored order.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="comparisons")
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="comparisons")
    completion_a = models.ForeignKey(Completion, models.PROTECT, related_name="+")
    completion_b = models.ForeignKey(Completion, models.PROTECT, related_name="+")
    more = ArrayField(models.BigIntegerField(), default=list, help_text="Ids of a ranking's further completions.")
    kind = models.CharField(max_length=16, choices=ComparisonKind.choices, default=ComparisonKind.NORMAL)
    original = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="again",
        help_text="What it repeats, mirrors or edits.",
    )
    reserved_for = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Nobody else is given it."
    )
    required_groups = ArrayField(
        models.CharField(max_length=60), default=list, help_text="A labeler must be in all of these."
    )
    expected = models.JSONField(null=True, blank=True, help_text="Of a gold comparison: {kind, winner, strength}.")
    explanation = models.TextField(blank=True, help_text="Why the expected verdict is right, for the warm-up.")
    strategy = models.CharField(max_length=32, default="uniform")
    propensity = models.FloatField(default=1.0)
    scores = models.JSONField(default=dict)
    priority = models.SmallIntegerField(default=0)
    wanted = models.PositiveSmallIntegerField(default=1)
    round = models.ForeignKey("annotate.Round", models.PROTECT, null=True, blank=True, related_name="comparisons")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_for = models.CharField(max_length=16, choices=WithdrawnFor.choices, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(completion_a=models.F("completion_b")), name="comparison_two_completions"
            ),
            models.UniqueConstraint(
                fields=["original", "reserved_for"],
                condition=models.Q(kind__in=["repeat", "mirrored"]),
                name="comparison_again_once",
            ),
        ]
        indexes = [models.Index(fields=["project", "id"], condition=models.Q(kind="gold"), name="comparison_gold")]

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
    # Found by the two indexes below that begin with them; one more of each would only be written.
    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="assignments", db_index=False)
    status = models.CharField(max_length=16, choices=AssignmentStatus.choices, default=AssignmentStatus.OPEN)
    priority = models.SmallIntegerField(default=0)
    rnd = models.FloatField(help_text="Random order, fixed when the slot is made.")
    annotator = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="assignments", db_index=False
    )
    reserved = models.BooleanField(
        default=False,
        db_default=False,
        help_text="For its annotator alone, and kept by them: it stands outside of what all others walk through.",
    )
    warm_up = models.BooleanField(
        default=False, db_default=False, help_text="A known pair of the warm-up, answered with feedback."
    )
    required_groups = ArrayField(
        models.CharField(max_length=60),
        default=list,
        db_default=[],
        help_text="Sorted; the comparison's own, copied for the index.",
    )
    left_is_a = models.BooleanField(default=True, help_text="What was shown on the left.")
    shown_order = ArrayField(
        models.PositiveSmallIntegerField(), default=list, help_text="Of a ranking: stored positions in the order shown."
    )
    leased_at = models.DateTimeField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    former_holders = models.JSONField(
        default=list,
        help_text="Who lost the lease, as {annotator, left_is_a}: a late verdict is read by what they saw.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                # Without a condition, though open slots need none: beside a small partial index the planner would
                # search it for an annotator alone, and read all that anybody was ever given.
                fields=["comparison", "annotator"],
                name="assignment_once_per_annotator",
            ),
            models.CheckConstraint(
                condition=models.Q(reserved=False) | models.Q(annotator__isnull=False),
                name="assignment_reserved_for_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "required_groups", "-priority", "rnd"],
                condition=models.Q(status__in=["open", "leased"], reserved=False),
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
    final = models.BooleanField(default=True, help_text="False when the comparison may come back to its labeler.")
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comparison", "annotator"],
                condition=models.Q(undone_at__isnull=True, final=True),
                name="skip_once",
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
    RANK = "rank"


class Preference(models.Model):
    """One annotator's verdict on one comparison. Its content is never edited: undo and revision set `superseded_at`."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="preferences")
    comparison = models.ForeignKey(Comparison, models.PROTECT, related_name="preferences")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, blank=True, related_name="preferences")
    annotator = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="preferences")
    kind = models.CharField(max_length=16, choices=PreferenceKind.choices)
    winner = models.CharField(max_length=1, choices=[("a", "a"), ("b", "b")], null=True, blank=True)
    strength = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Step from the middle, 1 to 4.")
    ranking = ArrayField(
        models.PositiveSmallIntegerField(), null=True, blank=True, help_text="Rank of each completion in stored order."
    )
    aspects = models.JSONField(default=dict, help_text="Aspect → {kind, winner, strength}.")
    flags = models.JSONField(default=dict, help_text="a, b, … → flag keys.")
    reasons = models.JSONField(default=dict, help_text="a, b, … → reason keys.")
    ratings = models.JSONField(default=dict, help_text="a, b, … → points.")
    spans = models.JSONField(default=dict, help_text="a, b, … → [{start, end, sign, reason}], in characters.")
    rationale = models.TextField(blank=True)
    derived_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="derived", help_text="Of an edit: the verdict."
    )
    form = models.ForeignKey(FormVersion, models.PROTECT, null=True, blank=True, related_name="+")
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
                condition=models.Q(kind="prefer", winner__isnull=False, strength__in=[1, 2, 3, 4])
                | (~models.Q(kind="prefer") & models.Q(winner__isnull=True, strength__isnull=True)),
                name="preference_winner_when_preferred",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="rank", ranking__isnull=False)
                | (~models.Q(kind="rank") & models.Q(ranking=None)),
                name="preference_ranking_when_ranked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "id"], condition=models.Q(superseded_at__isnull=True), name="preference_live"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.winner or ''}"
