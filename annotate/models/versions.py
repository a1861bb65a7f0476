"""Versions of policies and reward models, and the completions that policies wrote."""

from typing import TYPE_CHECKING

from django.db import models

from annotate.models.projects import Project, Prompt

if TYPE_CHECKING:
    from annotate.models.rounds import Run


class ModelKind(models.TextChoices):
    POLICY = "policy"
    REWARD_MODEL = "reward_model"


class ModelStatus(models.TextChoices):
    CANDIDATE = "candidate"
    ACTIVE = "active"
    RETIRED = "retired"


class ModelVersion(models.Model):
    """A policy or reward model on disk; number 0 of a project's policies is its base policy."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="model_versions")
    kind = models.CharField(max_length=16, choices=ModelKind.choices)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=ModelStatus.choices, default=ModelStatus.CANDIDATE)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    source = models.CharField(
        max_length=400, help_text="`starter`, a hub id, or a directory relative to the data root."
    )
    run = models.OneToOneField("annotate.Run", models.PROTECT, null=True, blank=True, related_name="model_version")
    checkpoint = models.OneToOneField(
        "annotate.PolicyCheckpoint",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="model_version",
        help_text="Of a policy that was taken from a checkpoint of a finished run; `run` is then empty.",
    )
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    card = models.TextField(blank=True)
    metrics = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "number"], name="model_number"),
            models.UniqueConstraint(
                fields=["project", "kind"], condition=models.Q(status="active"), name="model_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def origin(self) -> "Run | None":
        """The run that made it, as its result or as a checkpoint; load it with `run` and `checkpoint__run`."""
        return self.checkpoint.run if self.checkpoint else self.run


class CompletionSource(models.TextChoices):
    POLICY = "policy"
    IMPORTED = "imported"
    HUMAN = "human"


class Completion(models.Model):
    """One continuation of a prompt, with how it was made."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="completions")
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="completions")
    source = models.CharField(max_length=16, choices=CompletionSource.choices)
    policy = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="completions")
    run = models.ForeignKey("annotate.Run", models.PROTECT, null=True, blank=True, related_name="completions")
    text = models.TextField()
    sampling = models.JSONField(default=dict)
    seed = models.BigIntegerField(null=True, blank=True)
    checkpoint = models.ForeignKey(
        "annotate.PolicyCheckpoint",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="completions",
        help_text="Of a policy in training; `policy` is then empty.",
    )
    logprob = models.FloatField(null=True, blank=True)
    ref_logprob = models.FloatField(null=True, blank=True, help_text="Under the base policy.")
    tokens = models.PositiveIntegerField(null=True, blank=True)
    reward = models.FloatField(null=True, blank=True)
    reward_sd = models.FloatField(null=True, blank=True)
    reward_ood = models.FloatField(null=True, blank=True, help_text="Above 1: unlike what it learned from.")
    head_rewards = models.BinaryField(
        default=b"", db_default=b"", help_text="Reward by each head of the ensemble, float16, little endian."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "policy"], name="completion_by_policy")]

    def __str__(self) -> str:
        return self.text[:60]
