"""What belongs to reward models beside their files: principles they read, their cards, what they labeled themselves."""

from django.db import models

from annotate.models.people import User
from annotate.models.projects import Project
from annotate.models.queue import Comparison
from annotate.models.versions import ModelVersion
from rlhf_backend.config import Principle


class PrinciplesVersion(models.Model):
    """One published list of principles; runs carry the list that they were given."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="principles")
    number = models.PositiveIntegerField()
    principles = models.JSONField(help_text="List of rlhf_backend.config.Principle.")
    note = models.TextField(blank=True, help_text="What changed and why.")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="principles_number")]

    def __str__(self) -> str:
        return f"principles v{self.number}"

    def typed(self) -> list[Principle]:
        return [Principle.model_validate(principle) for principle in self.principles]


class ModelCard(models.Model):
    """What people say of a reward model; a later number replaces it, both are kept.

    Without a version it is the project's own: what every new reward model's card begins with.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="cards")
    version = models.ForeignKey(ModelVersion, models.CASCADE, null=True, blank=True, related_name="cards")
    number = models.PositiveIntegerField()
    statement = models.JSONField(default=dict, help_text="annotate.models.card_statement.CardStatement")
    note = models.TextField(blank=True, help_text="What changed and why.")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "version", "number"], name="card_number", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"card v{self.number}"


class SelfLabel(models.Model):
    """A comparison that a reward model judged itself and learned from; verdicts on audited ones measure it."""

    reward_model = models.ForeignKey(ModelVersion, models.CASCADE, related_name="self_labels")
    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="self_labels")
    loop = models.PositiveSmallIntegerField()
    share_a = models.FloatField(help_text="P(a better) by the model that admitted it.")
    audit = models.BooleanField(default=False, help_text="Goes to labelers unseen.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reward_model", "comparison"], name="self_label_once")]

    def __str__(self) -> str:
        return f"self-label of comparison {self.comparison_id}"
