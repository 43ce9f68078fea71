"""A lab in a real JupyterLab: Python and the figure share one state, in both directions."""

import json

import pytest
from playwright.sync_api import Page, expect


def cell(page: Page, number: int):
    return page.locator(".jp-Notebook .jp-CodeCell").nth(number)


def run(page: Page, number: int) -> str:
    """Run a cell, wait for its kernel, and return what it printed."""
    before = prompt(page, number)
    cell(page, number).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        """([number, before]) => {
          const shown = document.querySelectorAll(".jp-Notebook .jp-CodeCell")[number]
            .querySelector(".jp-InputPrompt").textContent;
          return /\\d/.test(shown) && shown !== before;
        }""",
        arg=[number, before],
    )
    complaints = cell(page, number).locator("[data-mime-type='application/vnd.jupyter.stderr']")
    assert complaints.all_inner_texts() == []
    return " ".join(cell(page, number).locator(".jp-OutputArea-output pre").all_inner_texts())


def prompt(page: Page, number: int) -> str:
    return cell(page, number).locator(".jp-InputPrompt").inner_text()


def drawn(page: Page, number: int = 0) -> str:
    return (
        cell(page, number)
        .locator(".lab-drawing path.lab-rest")
        .evaluate_all("(all) => all.map((each) => each.getAttribute('d')).join()")
    )


def slider(page: Page, trait: str, number: int = 0):
    return cell(page, number).locator(f"input[type=range][data-trait={trait}]").first


def changed(page: Page, before: str, number: int = 0) -> None:
    """Wait until the figure shows something else."""
    page.wait_for_function(
        """([number, before]) => [...document.querySelectorAll(".jp-Notebook .jp-CodeCell")[number]
          .querySelectorAll(".lab-drawing path.lab-rest")].map((each) => each.getAttribute("d")).join() !==
            before""",
        arg=[number, before],
    )


@pytest.fixture(scope="module")
def page(notebook: Page) -> Page:
    """The notebook after its first cell, which shows the lab."""
    run(notebook, 0)
    cell(notebook, 0).locator(".lab .lab-drawing path[d*=L]").first.wait_for(state="attached")
    return notebook


def test_the_lab_renders(page: Page) -> None:
    assert len(drawn(page)) > 100
    assert slider(page, "lr").get_attribute("aria-valuetext") == "0.01"
    # A notebook's cell has no address to keep a state in.
    assert cell(page, 0).get_by_role("button", name="Reset").count() == 1
    assert cell(page, 0).get_by_role("button", name="Link to this state").count() == 0


def test_a_trait_set_in_python_moves_the_figure(page: Page) -> None:
    before = drawn(page)
    run(page, 1)
    changed(page, before)
    expect(slider(page, "lr")).to_have_attribute("aria-valuetext", "0.05")


def test_what_the_reader_does_is_read_back_in_python(page: Page) -> None:
    before = drawn(page)
    slider(page, "mu").press("Home")
    changed(page, before)
    mark = cell(page, 0).locator(".lab-drawing .lab-draggable").first
    box = mark.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 20, box["y"] + box["height"] / 2 + 30, steps=4)
    page.mouse.up()
    shown = [
        float(
            cell(page, 0)
            .locator("input[type=range][data-trait=start]")
            .nth(i)
            .get_attribute("aria-valuetext")
        )
        for i in (0, 1)
    ]
    assert shown != [-2.2, 0.8]
    words = run(page, 2).split()
    assert words[:3] == ["mu", "0.0", "start"]
    assert json.loads("".join(words[3:5])) == pytest.approx(shown, rel=1e-4)
    assert words[5:] == ["paths", "301"]


def test_it_stands_in_a_box_and_a_plain_slider_drives_it(page: Page) -> None:
    run(page, 3)
    boxed = cell(page, 3)
    boxed.locator(".widget-hbox .lab").wait_for()
    boxed.locator(".widget-hbox .widget-slider").wait_for()
    # Two views of one model: above, and in the box.
    before = drawn(page)
    slider(page, "lr", 3).press("ArrowLeft")
    changed(page, before)
    assert slider(page, "lr").get_attribute("aria-valuetext") == slider(page, "lr", 3).get_attribute(
        "aria-valuetext"
    )
    run(page, 4)
    before = drawn(page)
    boxed.locator(".widget-slider .noUi-handle").press("ArrowRight")
    changed(page, before)
    shown = slider(page, "mu").get_attribute("aria-valuetext")
    words = run(page, 5).split()
    assert float(words[1]) == float(words[2]) == pytest.approx(float(shown), abs=1e-3)
