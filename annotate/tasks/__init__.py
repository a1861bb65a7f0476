"""What workers do when a message comes: load nothing, decide nothing, call the job."""

from annotate.tasks import chats, quality, rounds, runs, signals

__all__ = ["chats", "quality", "rounds", "runs", "signals"]
