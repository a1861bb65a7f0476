"""What workers do when a message comes: load nothing, decide nothing, call the job."""

from annotate.tasks import chats, quality, rounds, runs, sessions, signals

__all__ = ["chats", "quality", "rounds", "runs", "sessions", "signals"]
