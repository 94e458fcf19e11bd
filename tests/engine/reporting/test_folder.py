from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import DataError, EngineError
from engine.reporting.folder import LIST_OF_FILES, output_folder


def listing(folder: Path) -> dict[str, str]:
    """Every file below a folder but the list, with its text; folders end in a /."""
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else "/"
        for path in sorted(folder.rglob("*"))
        if path.name != LIST_OF_FILES
    }


def write_into(
    target: Path, names: list[str], error: BaseException | None = None
) -> None:
    """Write files through an output folder, and fail at the end if told to."""
    with output_folder(target) as temporary:
        for name in names:
            (temporary / name).parent.mkdir(exist_ok=True)
            (temporary / name).write_text("new")
        if error is not None:
            raise error


def test_that_a_new_folder_appears_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "results"
    with output_folder(target) as temporary:
        (temporary / "a.csv").write_text("1")
        (temporary / "figures").mkdir()
        (temporary / "figures" / "b.svg").write_text("2")
        assert not target.exists()
    assert listing(tmp_path) == {
        "results": "/",
        "results/a.csv": "1",
        "results/figures": "/",
        "results/figures/b.svg": "2",
    }


def test_that_a_new_folder_can_be_opened_by_others(tmp_path: Path) -> None:
    (tmp_path / "usual").mkdir()
    with output_folder(tmp_path / "results"):
        pass
    usual, own = (tmp_path / name for name in ("usual", "results"))
    assert own.stat().st_mode == usual.stat().st_mode


def test_that_files_of_an_earlier_run_are_replaced_and_others_kept(
    tmp_path: Path,
) -> None:
    write_into(tmp_path, ["a.csv", "figures/b.svg"])
    (tmp_path / "figures" / "mine.svg").write_text("mine")
    (tmp_path / "mine.txt").write_text("mine")
    with output_folder(str(tmp_path)) as temporary:
        (temporary / "a.csv").write_text("newest")
        (temporary / "figures").mkdir()
        (temporary / "figures" / "b.svg").write_text("newest")
        (temporary / "more").mkdir()
        (temporary / "more" / "c.csv").write_text("newest")
        assert (tmp_path / "a.csv").read_text() != "newest"
    assert listing(tmp_path) == {
        "a.csv": "newest",
        "figures": "/",
        "figures/b.svg": "newest",
        "figures/mine.svg": "mine",
        "mine.txt": "mine",
        "more": "/",
        "more/c.csv": "newest",
    }


class Interrupted(BaseException):
    """What is not even an Exception, like KeyboardInterrupt."""


@pytest.mark.parametrize("error", [ValueError, Interrupted])
@pytest.mark.parametrize("exists", [True, False])
def test_that_nothing_remains_of_a_failure(
    tmp_path: Path, error: type[BaseException], exists: bool
) -> None:
    target = tmp_path / "results"
    if exists:
        target.mkdir()
        (target / "a.csv").write_text("old")
    before = listing(tmp_path)
    with pytest.raises(error, match="half way"):
        write_into(target, ["a.csv"], error("half way"))
    assert listing(tmp_path) == before


def test_that_a_failure_while_moving_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_into(tmp_path, ["a.csv", "c.csv"])
    before = listing(tmp_path)
    rename = Path.rename

    def stubborn(self: Path, target: Path) -> Path:
        if self.name == "c.csv" and self.parent == tmp_path:
            raise PermissionError(13, "Permission denied", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(DataError, match="permission denied") as caught:
        write_into(tmp_path, ["a.csv", "b.csv", "c.csv", "adeep/d.csv"])
    assert "open in another program" in caught.value.remedy
    assert listing(tmp_path) == before


def test_that_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.csv").mkdir()
    before = listing(tmp_path)
    with pytest.raises(DataError, match=r"'b\.csv' is a folder there"):
        write_into(tmp_path, ["a.csv", "b.csv"])
    assert listing(tmp_path) == before


def test_that_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("mine")
    with pytest.raises(EngineError, match="is a file, so no folder") as caught:
        write_into(tmp_path / "results", ["a.csv"])
    assert caught.value.remedy
    assert listing(tmp_path) == {"results": "mine"}


@pytest.mark.parametrize("parent", ["nowhere", "file.txt"])
def test_that_a_missing_parent_is_refused(tmp_path: Path, parent: str) -> None:
    (tmp_path / "file.txt").write_text("mine")
    with pytest.raises(EngineError, match=r"does not exist\. Make it first"):
        write_into(tmp_path / parent / "results", ["a.csv"])
    assert listing(tmp_path) == {"file.txt": "mine"}


def test_that_a_place_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> str:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("engine.reporting.folder.tempfile.mkdtemp", refuse)
    with pytest.raises(DataError, match="cannot be written: permission denied"):
        write_into(tmp_path / "results", ["a.csv"])


def test_that_a_full_disk_is_said_in_a_sentence(tmp_path: Path) -> None:
    full = OSError(28, "No space left on device")
    with pytest.raises(DataError, match="no space left on device") as caught:
        write_into(tmp_path / "results", ["a.csv"], full)
    assert "28" in caught.value.details
    assert listing(tmp_path) == {}


def test_that_an_error_without_words_still_makes_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the system gives no reason"):
        write_into(tmp_path, [], OSError())


def test_that_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real", target_is_directory=True)
    with output_folder(link) as temporary:
        (temporary / "a.csv").write_text("1")
    assert link.is_symlink()
    assert (tmp_path / "real" / "a.csv").read_text() == "1"


def test_that_files_of_the_last_run_do_not_outlive_it(tmp_path):
    target = tmp_path / "out"
    for name in ("lake", "site"):
        with output_folder(target) as folder:
            (folder / "tables").mkdir()
            (folder / "tables" / f"group_{name}.csv").write_text(name)
        (target / "tables" / "mine.csv").write_text("kept")
    names = sorted(p.name for p in (target / "tables").iterdir())
    assert names == ["group_site.csv", "mine.csv"]


def test_that_a_failed_run_takes_nothing_away(tmp_path):
    target = tmp_path / "out"
    with output_folder(target) as folder:
        (folder / "a.csv").write_text("old")

    def broken_run() -> None:
        with output_folder(target) as folder:
            (folder / "b.csv").write_text("new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_run()
    assert (target / "a.csv").read_text() == "old"
    assert not (target / "b.csv").exists()


def test_that_a_list_of_files_cannot_reach_outside_its_folder(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    outside = tmp_path / "precious.txt"
    outside.write_text("keep me")
    lines = ["a list", "../precious.txt", str(outside)]
    (target / "files.txt").write_text("\n".join(lines))
    with output_folder(target) as folder:
        (folder / "a.csv").write_text("new")
    assert outside.read_text() == "keep me"


def test_that_a_users_own_file_is_never_replaced(tmp_path):
    (tmp_path / "summary.html").write_text("my own page")
    before = listing(tmp_path)
    with pytest.raises(DataError, match="not written by Tarn"):
        write_into(tmp_path, ["a.csv", "summary.html"])
    assert listing(tmp_path) == before
