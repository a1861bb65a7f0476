"""Effects that the methods claim, measured over many seeds: `make effects`."""
