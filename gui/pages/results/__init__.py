"""The Results page: tables, equations, the model in words."""
