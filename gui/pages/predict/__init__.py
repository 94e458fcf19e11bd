"""The Predict page: what is set at the left, picture and five answers at the right."""
