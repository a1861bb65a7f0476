"""Rounds of the loop, their runs, and what the runs report while they work."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotate.models.people import User
from annotate.models.projects import Project
from annotate.models.versions import ModelVersion


class Snapshot(models.Model):
    """A frozen set of preferences; what a run trains on."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="snapshots")
    sha256 = models.CharField(max_length=64)
    preference_ids = ArrayField(models.BigIntegerField())
    soft_labels = models.JSONField(
        default=dict, help_text="Preference id → P(a better), where a review said so; part of the hash."
    )
    excluded = models.JSONField(default=dict, help_text="Reason → number left out.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "sha256"], name="snapshot_once")]

    def __str__(self) -> str:
        return f"snapshot {self.sha256[:8]}"


class RoundStatus(models.TextChoices):
    """`blocked`: a gate said no and waits for an admin; `waiting`: the policy waits to be promoted by hand."""

    SNAPSHOT = "snapshot"
    REWARD_MODEL = "reward_model"
    REWARD_GATE = "reward_gate"
    POLICY = "policy"
    EVALUATION = "evaluation"
    POLICY_GATE = "policy_gate"
    SAMPLING = "sampling"
    QUEUEING = "queueing"
    DONE = "done"
    BLOCKED = "blocked"
    WAITING = "waiting"
    FAILED = "failed"
    CANCELLED = "cancelled"


ROUND_FINAL = frozenset({RoundStatus.DONE, RoundStatus.FAILED, RoundStatus.CANCELLED})
"""A project has at most one round outside these."""


class RoundTrigger(models.TextChoices):
    BUTTON = "button"
    AUTOMATIC = "automatic"
    BOOTSTRAP = "bootstrap"


class Round(models.Model):
    """One turn of the loop. A bootstrap round (number 0) only samples the base policy and fills the queue."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=RoundStatus.choices)
    blocked_at = models.CharField(max_length=16, blank=True, help_text="The gate that said no.")
    stopped_at = models.CharField(max_length=16, blank=True, help_text="The step in which it failed or was cancelled.")
    trigger = models.CharField(max_length=16, choices=RoundTrigger.choices)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, blank=True, related_name="rounds")
    start_policy = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="+")
    reward_model = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="+")
    policy = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="rounds")
    gates = models.JSONField(
        default=dict, help_text="Gate → {passed, checks: [{name, value, limit, passed}], override}."
    )
    settings = models.JSONField(default=dict, help_text="The project's settings when the round began.")
    failure_code = models.CharField(max_length=16, blank=True)
    failure_detail = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="round_number"),
            models.UniqueConstraint(
                fields=["project"],
                condition=~models.Q(status__in=["done", "failed", "cancelled"]),
                name="round_one_active",
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.number} · {self.status}"


class RunStatus(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PAUSED = "paused"


RUN_FINAL = frozenset({RunStatus.DONE, RunStatus.FAILED, RunStatus.CANCELLED})


class Run(models.Model):
    """One job of the engine; this row, not the broker, is the truth about it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="runs")
    round = models.ForeignKey(Round, models.CASCADE, null=True, blank=True, related_name="runs")
    kind = models.CharField(max_length=16, help_text="rlhf_backend.config.RunKind")
    status = models.CharField(max_length=16, choices=RunStatus.choices, default=RunStatus.QUEUED)
    job = models.JSONField(default=dict, help_text="rlhf_backend.config.JobFile")
    seed = models.BigIntegerField(default=0)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, blank=True, related_name="runs")
    input_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of kind, job and input files: same hash, same result."
    )
    token = models.UUIDField(null=True, blank=True, help_text="Fencing token of the worker that owns the run.")
    attempt = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(
        default=0, help_text="Times the engine or its worker died without a result; planned stops do not count."
    )
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.JSONField(default=list, help_text="Of a paused run: rlhf_backend.types.FiredRule, each.")
    accepted_rules = ArrayField(
        models.CharField(max_length=32), default=list, help_text="Rules of the monitor that pause it no more."
    )
    finish_step = models.PositiveIntegerField(
        null=True, blank=True, help_text="End it with the policy of this checkpoint."
    )
    repeats = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repeated_by",
        help_text="The same job with another seed, beside the round: the round does not wait for it.",
    )
    progress = models.JSONField(default=dict, help_text="Last ProgressEvent: phase, step, of, eta_seconds.")
    report = models.JSONField(null=True, blank=True)
    failure_code = models.CharField(max_length=16, blank=True)
    failure_detail = models.TextField(blank=True)
    code_version = models.CharField(max_length=64, blank=True)
    libraries = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(null=True, blank=True, help_text="When a message for it was last sent.")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["status", "heartbeat_at"], condition=models.Q(status="running"), name="run_stale")
        ]

    def __str__(self) -> str:
        return f"run {self.pk} · {self.kind} · {self.status}"


class PolicyCheckpoint(models.Model):
    """The policy of a tuning run after some steps, as the monitor saw it; step 0 is the policy before tuning."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="checkpoints")
    step = models.PositiveIntegerField()
    figures = models.JSONField(help_text="rlhf_backend.types.CheckpointFigures")
    samples = models.JSONField(default=list, help_text="On panel prompts: rlhf_backend.types.CompletionRow, each.")
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When its samples were queued for people.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="checkpoint_once")]

    def __str__(self) -> str:
        return f"step {self.step} of run {self.run_id}"


class RunEvent(models.Model):
    """One line of a run's events.jsonl, or a change of status; `id` is the Last-Event-ID of the live stream."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, models.CASCADE, related_name="events")
    attempt = models.PositiveSmallIntegerField(default=1)
    line = models.PositiveIntegerField(
        null=True, blank=True, help_text="Line of events.jsonl; null for status changes."
    )
    at = models.DateTimeField()
    type = models.CharField(max_length=16, help_text="progress, metrics, checkpoint, preflight, log or status")
    data = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="run_event_line")]

    def __str__(self) -> str:
        return f"{self.type} of run {self.run_id}"
