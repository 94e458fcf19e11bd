"""The explain pane, and the store of texts it shows."""
