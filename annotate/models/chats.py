"""Live chats: a labeler writes, the policy answers twice, the better answer goes on."""

from django.db import models

from annotate.models.people import User
from annotate.models.projects import Project, Prompt
from annotate.models.queue import Comparison
from annotate.models.versions import ModelVersion


class Chat(models.Model):
    """One conversation of a labeler with a policy."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="chats")
    annotator = models.ForeignKey(User, models.PROTECT, related_name="chats")
    policy = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"chat {self.pk}"


class ChatTurnStatus(models.TextChoices):
    QUEUED = "queued"
    SAMPLING = "sampling"
    READY = "ready"
    FAILED = "failed"


class ChatTurn(models.Model):
    """What the labeler wrote, the two answers while they are written, and the comparison made of them."""

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    text = models.TextField()
    prompt = models.ForeignKey(Prompt, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=16, choices=ChatTurnStatus.choices, default=ChatTurnStatus.QUEUED)
    token = models.UUIDField(null=True, blank=True, help_text="Fencing token of the worker that samples it.")
    partial = models.JSONField(default=list, help_text="The two answers as far as they are written.")
    comparison = models.OneToOneField(Comparison, models.PROTECT, null=True, blank=True, related_name="chat_turn")
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chat", "number"], name="chat_turn_number")]

    def __str__(self) -> str:
        return f"turn {self.number} of chat {self.chat_id}"
