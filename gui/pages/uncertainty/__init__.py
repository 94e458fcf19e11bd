"""The Uncertainty page: the bootstrap, intervals and tests side by side."""
