"""The whole course as a PDF, printed from the site that the variable SITE names."""

import io
import os
from pathlib import Path

import pytest
from pypdf import PdfReader

import contents
import pdf

FEWEST_PAGES = 150
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def names() -> list[str]:
    return contents.pages(ROOT / "_toc.yml")


@pytest.fixture(scope="module")
def content(names: list[str]) -> bytes:
    return pdf.make(ROOT, ROOT / os.environ["SITE"], names, "Momentum")


@pytest.fixture(scope="module")
def reader(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def test_every_page_of_the_contents_opens_a_part_of_the_outline(reader: PdfReader, names: list[str]) -> None:
    tops = [item for item in reader.outline if not isinstance(item, list)]
    assert len(tops) == len(names)
    places = [reader.get_destination_page_number(item) for item in tops]
    assert places[0] == 0
    assert places == sorted(set(places))
    for item, place in zip(tops, places, strict=True):
        # The typeface draws an apostrophe with the glyph of another character.
        text = " ".join(reader.pages[place].extract_text().replace("\u02bc", "\u2019").split())
        assert " ".join(item.title.split()[:2]) in text


def test_it_is_a_book_with_a_name(reader: PdfReader) -> None:
    assert len(reader.pages) > FEWEST_PAGES
    assert reader.metadata is not None
    assert reader.metadata.title == "Momentum"
    assert reader.metadata.creation_date == pdf.commit_date(ROOT)


def test_no_link_leads_to_the_address_that_it_was_printed_from(content: bytes) -> None:
    assert pdf.HOST.encode() not in content


def test_each_page_has_its_number(reader: PdfReader) -> None:
    for place in (0, len(reader.pages) // 2, len(reader.pages) - 1):
        assert str(place + 1) in reader.pages[place].extract_text().split()


def test_a_second_print_has_the_same_bytes(content: bytes, names: list[str]) -> None:
    assert pdf.make(ROOT, ROOT / os.environ["SITE"], names, "Momentum") == content


def test_a_missing_picture_stops_the_print(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<h1>Page</h1><img alt="" src="gone.png">', "utf-8")
    with pytest.raises(pdf.PrintError, match=r"gone\.png"):
        pdf.make(ROOT, tmp_path, ["page"], "Page")


def test_a_missing_page_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(pdf.PrintError, match="make book"):
        pdf.make(ROOT, tmp_path, ["page"], "Page")


def test_the_cheat_sheet_alone_is_one_page_of_a4() -> None:
    content = pdf.make(ROOT, ROOT / os.environ["SITE"], ["chapters/cheat_sheet"], "Momentum")
    (sheet,) = PdfReader(io.BytesIO(content)).pages
    assert [round(float(side) / 72 * 25.4) for side in sheet.mediabox[2:]] == [210, 297]
