"""What workers do when a message comes: load nothing, decide nothing, call the job."""

from annotate.tasks import rounds, runs, signals

__all__ = ["rounds", "runs", "signals"]
