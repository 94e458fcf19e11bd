"""Data for diagnostic pictures; the pictures themselves are drawn in gui.plots."""
