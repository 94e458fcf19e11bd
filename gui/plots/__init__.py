"""One class per kind of plot, on a common base."""
