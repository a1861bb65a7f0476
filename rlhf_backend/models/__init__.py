"""Models: loading, chat encoding, sampling, reward models."""
