"""A project: its guidelines, prompts and settings."""

from django.db import models

from annotate.models.people import User
from annotate.models.project_settings import ProjectSettings
from annotate.models.question_form import QuestionForm


class Project(models.Model):
    """One loop: prompts, people, a policy under tuning."""

    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    base_policy = models.CharField(
        max_length=400, help_text="`starter`, a directory under the model root, or a Hugging Face id."
    )
    reward_backbone = models.CharField(
        max_length=400, help_text="`starter-judge`, a directory under the model root, or a Hugging Face id."
    )
    settings = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    def typed_settings(self) -> ProjectSettings:
        return ProjectSettings.model_validate(self.settings)


class GuidelineVersion(models.Model):
    """One published text of the guidelines; a preference names the one it was given under."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="guidelines")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    changes = models.TextField(blank=True, help_text="What changed, shown once to who worked under an earlier version.")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="guidelines_number")]

    def __str__(self) -> str:
        return f"guidelines v{self.number}"


class FormVersion(models.Model):
    """One published question form; a preference names the one it was given under."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="forms")
    number = models.PositiveIntegerField()
    form = models.JSONField(help_text="annotate.models.question_form.QuestionForm")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="form_number")]

    def __str__(self) -> str:
        return f"form v{self.number}"

    def typed(self) -> QuestionForm:
        return QuestionForm.model_validate(self.form)


class Split(models.TextChoices):
    """Prompts of `gold` came with known pairs: no policy is tuned, sampled or compared on them."""

    TRAIN = "train"
    VALIDATION = "validation"
    PANEL = "panel"
    GOLD = "gold"


class Prompt(models.Model):
    """A conversation that ends where the completion begins."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="prompts")
    messages = models.JSONField(help_text="List of {role, content}.")
    content_sha256 = models.CharField(max_length=64)
    split = models.CharField(max_length=16, choices=Split.choices, default=Split.TRAIN)
    tags = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "content_sha256"], name="prompt_once")]
        indexes = [models.Index(fields=["project", "split"], name="prompt_by_split")]

    def __str__(self) -> str:
        return str(self.messages[-1]["content"])[:60] if self.messages else ""
