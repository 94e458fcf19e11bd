"""A file is replaced as a whole, or the old one stays and nothing else is left."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.errors import DataError
from engine.reporting.atomic import replaced_file

if TYPE_CHECKING:
    from typing import BinaryIO


def write(path: Path | str, content: bytes = b"new") -> None:
    with replaced_file(path) as file:
        file.write(content)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a file that is there already."""
    path = tmp_path / "a.tarn"
    path.write_bytes(b"old")
    return path


def assert_untouched(path: Path) -> None:
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def fail_with(code: int) -> object:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def test_that_a_file_is_made_with_the_usual_rights(tmp_path: Path) -> None:
    write(tmp_path / "a.tarn")
    (tmp_path / "plain").touch()
    assert (tmp_path / "a.tarn").read_bytes() == b"new"
    rights = {entry.stat().st_mode for entry in tmp_path.iterdir()}
    assert len(rights) == 1


def test_that_the_old_file_stays_until_all_is_written(path: Path) -> None:
    with replaced_file(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_that_it_is_on_the_disk_before_it_takes_the_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda *a, n=name, f=real: (calls.append(n), f(*a))[1]
        )
    write(path)
    assert calls[:2] == ["fsync", "replace"]


def test_that_the_rights_of_the_old_file_stay(path: Path) -> None:
    path.chmod(0o640)
    write(path)
    assert path.stat().st_mode & 0o777 == 0o640


def test_that_a_link_stays_a_link(path: Path, tmp_path_factory) -> None:
    link = tmp_path_factory.mktemp("elsewhere") / "link.tarn"
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("links cannot be made here")
    write(link)
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("stage", ["replace", "fsync"])
@pytest.mark.parametrize(
    ("code", "words", "remedy"),
    [
        (errno.ENOSPC, "the disk is full", "Make room"),
        (errno.EACCES, "may not be written there", "another folder"),
        (errno.EROFS, "may not be written there", "another folder"),
        (errno.EIO, "the system refused", "still there"),
    ],
)
def test_that_a_failure_of_the_disk_leaves_the_old_file(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    code: int,
    words: str,
    remedy: str,
) -> None:
    monkeypatch.setattr(os, stage, fail_with(code))
    with pytest.raises(DataError, match=words) as caught:
        write(path)
    assert "'a.tarn' was not saved" in caught.value.message
    assert remedy in caught.value.remedy
    assert os.strerror(code) in caught.value.details
    assert os.strerror(code) not in caught.value.message
    assert_untouched(path)


def test_that_a_full_disk_in_the_middle_leaves_the_old_file(path: Path) -> None:
    def half(file: BinaryIO) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DataError, match="the disk is full"), replaced_file(path) as new:
        half(new)
    assert_untouched(path)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, MemoryError])
def test_that_any_other_end_leaves_the_old_file(
    path: Path, error: type[BaseException]
) -> None:
    with pytest.raises(error), replaced_file(path):
        raise error
    assert_untouched(path)


def test_that_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.tarn").mkdir()
    with pytest.raises(DataError, match=r"'a\.tarn' is a folder"):
        write(tmp_path / "a.tarn")


def test_that_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no folder") as caught:
        write(tmp_path / "gone" / "a.tarn")
    assert "memory stick" in caught.value.remedy


def test_that_a_protected_file_is_not_replaced(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(DataError, match=r"'a\.tarn' is protected against changes"):
        write(path)
    assert_untouched(path)


def test_that_a_folder_without_rights_is_said_to_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # by force, since root may write everywhere
    monkeypatch.setattr(Path, "open", fail_with(errno.EACCES))
    with pytest.raises(DataError, match="may not be written there"):
        write(tmp_path / "a.tarn")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a\0b.tarn", "x" * 300])
def test_that_an_impossible_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file can have this name"):
        write(str(tmp_path / name))
    assert list(tmp_path.iterdir()) == []
