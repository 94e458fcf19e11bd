"""Every finding's "Why?" has a text."""

from __future__ import annotations

import ast
from pathlib import Path

import engine.findings
from gui.explain.texts import topics

ROOM = Path(engine.findings.__file__).parent


def topics_in_code() -> set[str]:
    """Texts given as `topic` anywhere in the room of the findings."""
    parts = (
        node
        for path in ROOM.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )
    return {
        str(part.value.value)
        for part in parts
        if isinstance(part, ast.keyword)
        and part.arg == "topic"
        and isinstance(part.value, ast.Constant)
    }


def test_that_every_topic_of_a_finding_has_a_help_text():
    assert topics_in_code()
    assert topics_in_code() <= set(topics())
