"""Start Tarn: the window; with a file and a model, the main job without it."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Never

EXAMPLE = Path(__file__).parent / "resources" / "examples" / "fish.csv"
EXAMPLE_MODEL = "log_mass ~ log_length + (log_length | lake)"
RESULTS = Path("results")
SENTENCE_ONLY = 2
"""Exit code when the user's input stood in the way; one sentence says how."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line in one sentence."""

    def error(self, message: str) -> Never:
        """Print the problem and end."""
        sys.stderr.write(f"The command cannot be read: {message}.\n")
        raise SystemExit(SENTENCE_ONLY)


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says.

    Parameters
    ----------
    arguments : list of str, optional
        Without the program's name; those of the process by default.

    Returns
    -------
    int
        Exit code: 0, or 2 when the input stood in the way.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old terminal lacks true minuses
    options = _parser().parse_args(arguments)
    if options.data is None and options.model is not None:
        sys.stderr.write("There is a model but no data file. Name the file first.\n")
        return SENTENCE_ONLY
    if options.model is None:
        from gui.display import has_display  # noqa: PLC0415

        if has_display():
            return _window(options.data)
    if options.data is None:
        return _example()
    return _job(options.data, options.model, options.out, options.estimation)


def _parser() -> Parser:
    parser = Parser(
        prog="main.py",
        description="Fit a linear mixed model to a data file and write its tables, "
        "pictures and a summary into a folder.",
    )
    parser.add_argument("data", nargs="?", type=Path, help="CSV, TSV, TXT, XLSX ...")
    parser.add_argument(
        "--model", help='lme4 formula, such as "mass ~ length + (1 | lake)"'
    )
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for results")
    parser.add_argument(
        "--estimation", choices=("REML", "ML"), default="REML", help="likelihood"
    )
    return parser


def _window(data: Path | None) -> int:
    """Open the window, with a file or with the first page."""
    from gui.program import run_window  # noqa: PLC0415 - Qt only when needed

    return run_window(data)


def _example() -> int:
    """Do the fish example where there is no display to open a window on."""
    _say(
        "There is no display to open a window on, so it fits the fish example and "
        f"writes the results into '{RESULTS}'."
    )
    return _job(EXAMPLE, EXAMPLE_MODEL, RESULTS, "REML")


def _job(data: Path, model: str | None, out: Path, estimation: str) -> int:
    """Run the headless job; a problem with the input becomes one sentence."""
    # imported here so that --help and a mistyped option answer at once
    from engine import EngineError, read_table  # noqa: PLC0415
    from gui.headless import run  # noqa: PLC0415

    try:
        if model is None:
            columns = ", ".join(read_table(data).frame.columns)
            raise EngineError(
                "There is no model.",
                'Say one with --model, such as "response ~ covariate + (1 | group)"; '
                f"the columns are {columns}.",
            )
        fitted = run(data, model, out, estimation)
    except EngineError as problem:
        sys.stderr.write(f"{problem}\n")
        return SENTENCE_ONLY
    _say(f"Fitted {fitted.formula} to {fitted.n_rows} rows.")
    if fitted.is_singular or not fitted.convergence.is_proved:
        _say(fitted.convergence.message)
    for note in fitted.notes:
        _say(f"Note: {note}")
    _say(f"Look at {out / 'summary.html'}.")
    return 0


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
