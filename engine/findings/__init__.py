"""What is worth saying about a model, with what can be done about it, as data.

Diagnostics say what the residuals look like; this room says what follows from data,
design and fit for the conclusion. Each trigger has a file of its own; `search` runs
them all, joins what has one cause, and puts the most serious first.
"""

from __future__ import annotations

from engine.findings.finding import Action, Change, Dismiss, Finding, Severity, Show
from engine.findings.search import find, find_before_fit

__all__ = [
    "Action",
    "Change",
    "Dismiss",
    "Finding",
    "Severity",
    "Show",
    "find",
    "find_before_fit",
]
