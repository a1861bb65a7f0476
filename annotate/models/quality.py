"""What the numbers say about labelers, what reviewers decided, and what is kept out of training."""

from django.db import models
from django.utils import timezone

from annotate.models.people import User
from annotate.models.projects import Project
from annotate.models.queue import Comparison, Preference
from annotate.models.versions import ModelVersion


class QualityReport(models.Model):
    """The statistics of a project's verdicts, recomputed soon after each one."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="quality_report")
    through = models.BigIntegerField(default=0, help_text="The newest preference it counts.")
    data = models.JSONField(default=dict, help_text="annotate.selectors.quality.QualityOut without flags")
    seconds = models.FloatField(default=0, help_text="What computing it took.")
    computed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"quality of project {self.project_id}"


class LabelerFlag(models.Model):
    """A suspicion about a labeler with its evidence; open until the signal goes or an admin settles it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="labeler_flags")
    annotator = models.ForeignKey(User, models.PROTECT, related_name="+")
    signal = models.CharField(max_length=32, help_text="gold, consistency, reliability, position, speed, fatigue, …")
    evidence = models.JSONField(default=dict, help_text="{value, low, high, n, expected, text, preference_ids}")
    raised_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "annotator", "signal"], condition=models.Q(closed_at=None), name="flag_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.signal} of {self.annotator_id}"


class ReviewOutcome(models.TextChoices):
    MISTAKE = "mistake"
    VALUE_DIFFERENCE = "value_difference"
    UNCLEAR = "unclear"


class Review(models.Model):
    """A reviewer's decision on a comparison; the verdicts themselves stay as they are. A later review replaces it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="reviews")
    comparison = models.ForeignKey(Comparison, models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=ReviewOutcome.choices)
    mistaken = models.ManyToManyField(Preference, related_name="+", help_text="Of a mistake: the wrong verdicts.")
    share_a = models.FloatField(null=True, blank=True, help_text="Of a value difference: the soft label, P(a better).")
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comparison"], condition=models.Q(superseded_at=None), name="review_once"),
            models.CheckConstraint(
                condition=models.Q(outcome="value_difference", share_a__gte=0, share_a__lte=1)
                | (~models.Q(outcome="value_difference") & models.Q(share_a=None)),
                name="review_share_of_value_difference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} · comparison {self.comparison_id}"


class Exclusion(models.Model):
    """Preferences that no snapshot takes from now on: of a labeler, a time window, a guideline version."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="exclusions")
    annotator = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    given_from = models.DateTimeField(null=True, blank=True)
    given_until = models.DateTimeField(null=True, blank=True)
    guidelines_number = models.PositiveIntegerField(null=True, blank=True)
    reason = models.TextField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"exclusion {self.pk}"


class PreferenceEffect(models.Model):
    """What a reward model made of one preference it learned from: P(the verdict's winner is better)."""

    reward_model = models.ForeignKey(ModelVersion, models.CASCADE, related_name="effects")
    preference = models.ForeignKey(Preference, models.CASCADE, related_name="effects")
    before = models.FloatField(null=True, blank=True, help_text="By the reward model before it; empty for the first.")
    after = models.FloatField(help_text="By this reward model.")
    held_out = models.FloatField(null=True, blank=True, help_text="By a fit that never saw the preference's prompt.")
    pull = models.FloatField(help_text="How far the preference itself moved its own logit.")
    soft_label = models.FloatField(null=True, blank=True, help_text="What smoothing made of it: P(what it says).")
    support = models.PositiveIntegerField(null=True, blank=True, help_text="Preferences on the same prompt.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reward_model", "preference"], name="effect_once")]

    def __str__(self) -> str:
        return f"effect of preference {self.preference_id}"
