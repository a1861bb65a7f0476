"""The site: people, data, the queue and the rounds of the loop."""

__version__ = "0.1.0"
