"""Tests, intervals, variance partition and predictions of a fitted model."""
