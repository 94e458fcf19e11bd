import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from gui.plots.export import export_pdf, export_png, export_svg
from gui.theme import DARK, LIGHT
from tests.gui import plot_samples as samples
from tests.gui.plot_samples import KINDS, LEVELS

EACH = pytest.mark.parametrize("kind", KINDS)
SVG = "{http://www.w3.org/2000/svg}"
WRITERS = {"png": export_png, "svg": export_svg, "pdf": export_pdf}


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def elements(path, name):
    return list(ET.parse(path).getroot().iter(SVG + name))


def texts(path):
    return ["".join(element.itertext()) for element in elements(path, "text")]


def ink(image: QImage) -> int:
    paper = QColor(LIGHT.colors.surface).rgb()
    return sum(
        image.pixel(x, y) != paper
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    )


@EACH
@pytest.mark.parametrize(("width", "height"), [(80, 60), (170, 110)])
def test_that_a_png_has_the_size_asked_for(make, kind, tmp_path, width, height):
    path = tmp_path / "plot.png"
    export_png(make(kind), path, width, height, 300)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (
        round(width / 25.4 * 300),
        round(height / 25.4 * 300),
    )
    assert image.dotsPerMeterX() == image.dotsPerMeterY() == 11811
    assert ink(image) > 200


@EACH
def test_that_an_svg_is_made_of_shapes_and_text_only(make, kind, tmp_path):
    path = tmp_path / "plot.svg"
    export_svg(make(kind), path, 80, 60)
    root = ET.parse(path).getroot()
    assert (root.get("width"), root.get("height")) == ("80mm", "60mm")
    assert elements(path, "image") == []
    assert elements(path, "clipPath") == []
    assert "vector-effect" not in path.read_text("utf-8")
    assert len(elements(path, "circle")) >= samples.N
    assert samples.WORDS[0] in texts(path)


@EACH
def test_that_text_in_an_svg_is_at_least_7_pt_and_has_a_substitute(
    make, kind, tmp_path
):
    path = tmp_path / "plot.svg"
    export_svg(make(kind), path, 80, 60)
    root = ET.parse(path).getroot()
    view_width = float(root.get("viewBox").split()[2])
    points_per_unit = 80 / 25.4 * 72 / view_width
    for element in elements(path, "text"):
        assert float(element.get("font-size")) * points_per_unit > 6.99
        assert element.get("font-family").startswith("Inter, ")
        assert element.get("font-family").endswith("sans-serif")


@EACH
def test_that_an_svg_opens_again(make, kind, tmp_path):
    path = tmp_path / "plot.svg"
    export_svg(make(kind), path, 80, 60)
    renderer = QSvgRenderer(QByteArray(path.read_bytes()))
    assert renderer.isValid()
    image = QImage(480, 360, QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    assert ink(image) > 200


def test_that_text_can_become_outlines(make, tmp_path):
    path = tmp_path / "plot.svg"
    export_svg(make("strip"), path, 80, 60, text_as_paths=True)
    assert elements(path, "text") == []
    labels = [p.get("aria-label") for p in elements(path, "path")]
    assert samples.WORDS[0] in labels


@EACH
def test_that_a_pdf_has_one_page_of_the_size_asked_for(make, kind, tmp_path):
    path = tmp_path / "plot.pdf"
    export_pdf(make(kind), path, 80, 60)
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert content.rstrip().endswith(b"%%EOF")
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert float(box[1]) == pytest.approx(80 / 25.4 * 72, abs=1)
    assert float(box[2]) == pytest.approx(60 / 25.4 * 72, abs=1)
    assert b"/Subtype /Image" not in content


@pytest.mark.parametrize("extension", WRITERS)
def test_that_the_same_plot_is_the_same_file(make, tmp_path, extension):
    first, second = tmp_path / f"1.{extension}", tmp_path / f"2.{extension}"
    WRITERS[extension](make("fitted_lines"), first, 80, 60)
    plot = make("fitted_lines")
    plot.resize(1000, 300)  # the size on the screen does not matter
    WRITERS[extension](plot, second, 80, 60)
    assert first.read_bytes() == second.read_bytes()


def test_that_the_plot_on_the_screen_is_left_alone(make, tmp_path):
    plot = make("fitted_lines")
    plot.apply_theme(DARK)
    plot.resize(640, 420)
    before = plot.grab().toImage()
    export_png(plot, tmp_path / "plot.png", 80, 60)
    assert plot.grab().toImage() == before
    assert QImage(str(tmp_path / "plot.png")).pixelColor(0, 0) == QColor("#FFFFFF")


def test_that_a_selection_and_a_zoom_are_exported(make, tmp_path):
    plot = make("fitted_lines")
    plot.set_highlight(levels=["L02"])
    plot.zoom_to((0.5, 2.5), (-1.0, 2.0))
    export_svg(plot, tmp_path / "plot.svg", 170, 110)
    text = (tmp_path / "plot.svg").read_text("utf-8")
    assert LIGHT.colors.hi.lower() in text.lower()
    root = ET.parse(tmp_path / "plot.svg").getroot()
    width = float(root.get("viewBox").split()[2])
    assert all(0 < float(c.get("cx")) < width for c in root.iter(SVG + "circle"))


def test_that_words_can_be_left_out(make, tmp_path):
    export_svg(make("qq"), tmp_path / "plot.svg", 80, 60, has_words=False)
    assert samples.WORDS[0] not in texts(tmp_path / "plot.svg")
    assert "normal quantile" in texts(tmp_path / "plot.svg")


def test_that_nasty_names_survive_in_an_svg(make, tmp_path):
    nasty = ("<b>\"x\" & 'y'</b>", "Łódź 東京 λ₀²", "plain")
    export_svg(
        make("fitted_lines", samples.fitted_lines(levels=nasty)),
        tmp_path / "plot.svg",
        170,
        110,
    )
    assert nasty[0] in texts(tmp_path / "plot.svg")
    assert "Łódź" in " ".join(texts(tmp_path / "plot.svg"))


def test_that_a_plot_without_data_is_exported_as_its_instruction(make, tmp_path):
    plot = make("qq", None)
    export_svg(plot, tmp_path / "plot.svg", 80, 60)
    assert " ".join(texts(tmp_path / "plot.svg")).startswith("Say what depends")


def test_that_an_existing_file_is_replaced(make, tmp_path):
    path = tmp_path / "plot.png"
    path.write_text("old", "utf-8")
    export_png(make("qq"), path, 80, 60)
    assert not QImage(str(path)).isNull()
    assert names_in(tmp_path) == ["plot.png"]


@pytest.mark.parametrize("extension", WRITERS)
def test_that_a_folder_that_is_not_there_is_an_oserror(make, tmp_path, extension):
    with pytest.raises(OSError, match="nowhere"):
        WRITERS[extension](make("qq"), tmp_path / "nowhere" / "plot", 80, 60)


def test_that_a_full_disk_leaves_the_old_file_and_nothing_else(
    make, tmp_path, monkeypatch
):
    path = tmp_path / "plot.png"
    path.write_text("old", "utf-8")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        export_png(make("qq"), path, 80, 60)
    assert names_in(tmp_path) == ["plot.png"]
    assert path.read_text("utf-8") == "old"


def test_that_an_impossible_size_is_an_oserror(make, tmp_path):
    with pytest.raises(OSError, match="too large"):
        export_png(make("qq"), tmp_path / "plot.png", 1e6, 1e6, 1200)
    assert names_in(tmp_path) == []


def test_that_many_rows_stay_vectors(make, tmp_path):
    n = 5_000
    data = samples.residuals_fitted(samples.values(1, n), samples.values(2, n))
    export_svg(make("residuals_fitted", data), tmp_path / "plot.svg", 170, 110)
    assert len(elements(tmp_path / "plot.svg", "circle")) == n
    assert elements(tmp_path / "plot.svg", "image") == []


def test_that_levels_without_finite_rows_keep_their_name(make, tmp_path):
    values = np.arange(12.0)
    values[:4] = np.nan
    data = samples.residuals_by_group(values)
    export_svg(make("residuals_by_group", data), tmp_path / "plot.svg", 170, 110)
    assert set(LEVELS) <= set(texts(tmp_path / "plot.svg"))
