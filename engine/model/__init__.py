"""What model is meant: formula, specification, model matrices, covariance."""
