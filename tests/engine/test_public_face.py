"""What `import engine` gives, and how quickly."""

import subprocess
import sys

import pytest

import engine

PROGRAM = """
import sys, engine
print(sorted({"numpy", "scipy", "pandas", "formulaic"} & set(sys.modules)))
print(engine.fit.__module__, engine.Table.__name__, "pandas" in sys.modules)
"""


def test_that_numpy_and_pandas_come_only_when_they_are_needed():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == ["[]", "engine.workflow Table True"]


def test_that_every_public_name_is_there():
    assert all(getattr(engine, name) is not None for name in engine.__all__)
    assert set(engine.__all__) <= set(dir(engine))


def test_that_another_name_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'glmm'"):
        _ = engine.glmm
