"""The estimates, and the proof that they are the optimum."""
