"""The training engine: reward models, policies and samples from files, without Django or Celery.

Run a directory with ``python -m rlhf_backend RUN_DIR``; `config`, `types` and `stats` import no torch.
"""
