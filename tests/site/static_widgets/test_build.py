"""What the extension writes: pages, files of code, pictures; no browser is needed to see it."""

import html
import json
import re
import shutil
from collections import Counter
from pathlib import Path

PAGES = ("counters.html", "faults.html", "index.html", "nested/figures.html", "parts.html", "texts.html")
FAULTY = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# One

```{code-cell}
from toys import Counter, Pictured, Texted

Pictured(alt="")
```

```{code-cell}
Counter(_esm="https://example.org/x.js")
```

```{code-cell}
gone = '<a href="gone.md">x</a> <a href="index.md#gone">y</a> <a href="#gone">z</a>'
Texted(still=f'{gone} <a href="index.md">t</a>')
```
"""
PLACE = re.compile(r'<div class="static-widget" data-widget-model="(\w*)" data-widget-class="([\w.]*)"')


def page(site: Path, name: str) -> str:
    return (site / name).read_text(encoding="utf-8")


def data(source: str) -> dict:
    (text,) = re.findall(r'<script type="application/json" id="static-widgets">(.*?)</script>', source)
    return json.loads(text)


def names(site: Path) -> list[str]:
    found = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]
    return sorted(found)


def test_two_builds_give_the_same_pages(toys, build, tmp_path):
    shutil.copytree(toys.parent / "source", tmp_path / "source")
    # Two processes at once must not change anything either.
    done = build(tmp_path, "-j", "2")
    assert done.returncode == 0, done.stderr
    again = tmp_path / "html"
    assert names(again) == names(toys)
    for name in names(toys):
        assert page(again, name) == page(toys, name), name
    folders = [sorted(p.name for p in (site / "_static" / "widgets").iterdir()) for site in (toys, again)]
    assert folders[0] == folders[1]


def test_widgets_are_numbered_in_order_of_appearance(toys):
    source = page(toys, "counters.html")
    assert [name for name, _ in PLACE.findall(source)] == ["w1", "w1", "w2", "w3", "w4", "w5"]
    models = data(source)["models"]
    # A box comes before what is in it.
    assert models["w5"] == {"box": "row", "children": ["w6", "w4"], "state": {}}
    assert models["w6"] == {"box": "column", "children": ["w7"], "state": {}}
    assert [models[f"w{i}"]["state"] for i in (1, 2, 3, 4, 7)] == [
        {"value": 3},
        {"value": 10},
        {"value": 20},
        {"value": 5},
        {"value": 100},
    ]


def test_links_and_references_bear_the_new_names(toys):
    ends = [
        (*link["source"], *link["target"], link["both"])
        for link in data(page(toys, "counters.html"))["links"]
    ]
    assert sorted(ends) == [
        ("w1", "value", "w2", "value", True),
        ("w2", "value", "w4", "value", False),
        ("w4", "value", "w3", "value", False),
    ]
    models = data(page(toys, "parts.html"))["models"]
    assert models["w3"]["state"]["child"] == "anywidget:w4"
    assert models["w4"]["state"] == {"value": 40}


def test_no_random_id_and_no_state_that_nothing_uses_is_left(toys):
    for name in names(toys):
        source = page(toys, name)
        assert not re.search(r"\b[0-9a-f]{32}\b", source), name
        assert "vnd.jupyter" not in source, name
        assert not re.search(r"_(model|view)_|IPY_MODEL|LayoutModel|export default", source), name


def test_code_and_style_are_stored_once_a_site(toys):
    files = [path for path in (toys / "_static" / "widgets").iterdir() if path.is_file()]
    texts = Counter(path.read_text(encoding="utf-8") for path in files)
    assert set(texts.values()) == {1}
    # counter, bytes, whole, host and broken; two styles.
    assert Counter(path.suffix for path in files) == {".js": 5, ".css": 2}
    used = {
        m["code"]
        for name in names(toys)
        if "static-widgets" in page(toys, name)
        for m in data(page(toys, name))["models"].values()
        if "code" in m
    }
    assert used == {path.name for path in files if path.suffix == ".js"}


def test_a_page_without_widgets_loads_nothing_for_them(toys):
    for name in ("index.html", "genindex.html", "search.html"):
        assert not re.search("static-widget|_static/widgets", page(toys, name))


def test_no_style_or_script_stands_in_the_page(toys):
    for name in ("counters.html", "faults.html", "nested/figures.html", "parts.html", "texts.html"):
        source = page(toys, name)
        for place in re.findall(r'<div class="static-widget".*?</div>', source):
            assert not re.search(r"style=|\bon\w+=|<script", place)
        loaders = re.findall(r"<script[^>]*static-widgets[^>]*>", source)
        assert [("src=" in one, "application/json" in one) for one in loaders] == [
            (True, False),
            (False, True),
        ]


def test_a_figure_keeps_its_caption_number_and_picture(toys):
    source = page(toys, "nested/figures.html")
    figure = re.search(r'<figure[^>]* id="fig-counter">(.*?)</figure>', source, re.DOTALL)
    assert figure
    assert "<img" in figure[1]
    assert '<span class="caption-number">Fig. 1 </span>' in figure[1]
    assert "A counter that counts." in figure[1]
    assert re.search(r'href="#fig-counter"><span class="std std-numref">Fig. 1<', source)


def test_the_picture_has_alt_text_size_and_a_name_that_tells_its_content(toys):
    source = page(toys, "nested/figures.html")
    images = re.findall(r'<img class="static-widget-picture"([^>]*)>', source)
    assert len(images) == 3
    for attributes in images:
        assert 'width="400" height="200"' in attributes
        assert 'loading="lazy"' in attributes
        (address,) = re.findall(r'src="\.\./(_images/[0-9a-f]{64}\.png)"', attributes)
        assert (toys / address).is_file()
    alts = [html.unescape(re.search(r'alt="([^"]*)"', one)[1]) for one in images]
    assert alts == ['A "counter" at 1', "Said by the cell", 'A "counter" at 3']


def test_html_stands_in_for_a_widget_as_a_picture_does(toys):
    (text,) = re.findall(r'<div class="static-widget-text">(.*?)</div>', page(toys, "texts.html"))
    assert text.startswith('<p class="still">A <i>LOUD on texts</i> counter')
    assert "<summary>More</summary>" in text
    assert "This widget needs JavaScript" not in page(toys, "texts.html")


def test_links_in_the_html_of_widgets_lead_to_pages(toys):
    source = page(toys, "texts.html")
    (text,) = re.findall(r'<div class="static-widget-text">(.*?)</div>', source)
    assert re.findall(r'href="([^"]*)"', text) == [
        "#a-part-of-it", "#a-part-of-it", "https://example.org/a.md",
    ]  # fmt: skip
    assert data(source)["models"]["w1"]["state"]["texts"] == [
        "<b>LOUD on texts</b>", "a < b", '<a href="nested/figures.html">all</a>',
    ]  # fmt: skip


def test_the_room_is_an_attribute(toys):
    rooms = re.findall(
        r'<svg class="static-widget-room"[^>]*height="(\d+)"', page(toys, "nested/figures.html")
    )
    assert rooms == ["321"]


def test_what_a_widget_lacks_is_a_warning(toys, build, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(toys.parent / "source", source)
    for name in PAGES:
        (source / name.replace(".html", ".md")).unlink()
    (source / "one.md").write_text(FAULTY, encoding="utf-8")
    (source / "index.md").write_text("# Toys\n\n```{toctree}\none\n```\n", encoding="utf-8")
    done = build(tmp_path)
    assert done.returncode == 1
    found = re.findall(r"one\.md:\d+: WARNING: (.*)", done.stderr)
    assert found == [
        "A widget's picture has no alt text: the output's metadata wants "
        '{"image/png": {"alt": "what it shows"}}',
        "toys.Counter takes its _esm from https://example.org/x.js; expected the text itself.",
    ]
    gone = re.findall(r"one\.md: WARNING: a widget links to (.*)", done.stderr)
    assert gone == [f"{name}, which is not there" for name in ("gone.md", "index.md#gone", "#gone")]
    assert "example.org/x.js" not in re.sub(
        "<pre>.*?</pre>", "", page(tmp_path / "html", "one.html"), flags=re.DOTALL
    )
