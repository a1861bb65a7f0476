"""Tests mirror the tree. They run beside each other, so their threads must not spin: set before NumPy is imported."""

from rlhf_backend.process import share_the_machine

share_the_machine()
