"""What a screen reader is told, and what can be read on the screen."""

import json
import os
from pathlib import Path

import pytest
from asked import contexts

AXE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"
ROLES = {"slider", "spinbutton", "combobox", "checkbox", "button", "application"}
# `make test-labs` asks for all four.
LOOKS = [("light", 1280), ("dark", 390)]
if os.environ.get("LOOKS") == "all":
    LOOKS += [("dark", 1280), ("light", 390)]
TEXT_CONTRAST, LINE_CONTRAST = 4.5, 3.0
# For each mark that is drawn with one of the labs' classes, the colours of its text or its line.
COLOURS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((each) => each / 255);
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = light(rgb(getComputedStyle(document.body).backgroundColor));
  const ratio = (colour) => {
    const [low, high] = [light(rgb(colour)), paper].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const found = (selector, property) => [...document.querySelectorAll(`.lab-drawing ${selector}`)]
    .map((each) => [each.outerHTML.slice(0, 80), ratio(getComputedStyle(each)[property])]);
  const lines = ":is(.lab-curve, .lab-marker, .lab-axes path)";
  return { text: found("text", "fill"), lines: found(lines, "stroke") };
}"""

# For each panel, the colour and the rest of the look of its curves.
CURVES = """() => [...document.querySelectorAll(".lab-panel")].map((panel) =>
  [...panel.querySelectorAll(".lab-curve[d*=L]:not(.lab-ink, .lab-theory)")]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .map((each) => getComputedStyle(each))
    .map((style) => [style.stroke, style.strokeDasharray + style.strokeWidth]))"""


def accessibility_tree(page):
    """Role, name and properties of each node that a screen reader meets."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        {
            "role": node.get("role", {}).get("value"),
            "name": node.get("name", {}).get("value", "").strip(),
            "value": str(node.get("value", {}).get("value", "")),
            **{each["name"]: each["value"].get("value") for each in node.get("properties", [])},
        }
        for node in nodes
        if not node.get("ignored")
    ]


def test_every_control_has_a_name_of_its_own_and_says_its_value(open_lab, lab):
    page = open_lab()
    for context in contexts(lab):
        page.evaluate("put", context)
        found = [node for node in accessibility_tree(page) if node["role"] in ROLES]
        assert len(found) == page.evaluate("controls().length")
        assert [node for node in found if len(node["name"]) < 2 and node["name"] not in {"A", "B"}] == []
        names = [(node["role"], node["name"]) for node in found]
        assert len(set(names)) == len(names)
        for node in found:
            if node["role"] in {"slider", "spinbutton"}:
                assert node["value"] or node["valuetext"], node
                # Of an element that is no input Chromium does not tell the text here.
                own = page.locator(f"[role=slider][aria-label={json.dumps(node['name'])}]")
                texts = [each.get_attribute("aria-valuetext") for each in own.all()]
                assert (texts or [node.get("valuetext", "0")])[0], node
                assert "NaN" not in f"{node['value']}{node.get('valuetext')}", node
    assert {node["name"] for node in accessibility_tree(page) if node["role"] == "group"} >= {
        page.locator(".lab").get_attribute("aria-label")
    }


def test_a_slider_says_the_number_that_its_box_shows(open_lab):
    page = open_lab()
    for row in page.locator(".lab-row:visible:has(input[type=range])").all():
        said = row.locator("input[type=range]").get_attribute("aria-valuetext")
        shown = row.locator("input[type=number]").input_value()
        assert said.split()[0] == shown
        label = row.locator("label").inner_text().strip()
        assert label in row.locator("input[type=number]").get_attribute("aria-label")


def test_the_result_is_said_in_a_live_region(open_lab):
    page = open_lab()
    status = [node for node in accessibility_tree(page) if node["role"] == "status"]
    assert len(status) == 1
    assert status[0]["live"] == "polite"


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_axe_finds_nothing(open_lab, lab, theme, width):
    page = open_lab(f"&theme={theme}", width=width, color_scheme=theme)
    page.add_script_tag(path=AXE)
    found = {}
    tried = contexts(lab)
    for context in [{}, tried[0], tried[-1]]:
        page.evaluate("put", context)
        result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        assert len(result["passes"]) > 10
        for fault in result["violations"]:
            found[fault["id"]] = [node["html"] for node in fault["nodes"]]
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_lines_of_the_drawing_stand_out(open_lab, theme):
    page = open_lab(f"&theme={theme}", color_scheme=theme)
    colours = page.evaluate(COLOURS)
    assert len(colours["text"]) > 4
    assert len(colours["lines"]) > 2
    assert [each for each in colours["text"] if each[1] < TEXT_CONTRAST] == []
    assert [each for each in colours["lines"] if each[1] < LINE_CONTRAST] == []


def test_colour_is_not_the_only_difference_between_methods(open_lab):
    """No two curves that a reader can tell apart by colour have the same dashes and the same width."""
    page = open_lab()
    curves = page.evaluate(CURVES)
    for panel in curves:
        looks = {}
        for colour, look in panel:
            assert looks.setdefault(look, colour) == colour
