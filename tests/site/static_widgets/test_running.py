"""Widgets on a page without a kernel: the contract between a page and a widget's code."""

import pytest

SPY = """
  for (const name of ["eval", "Function"]) window[name] = () => { throw new Error(name); };
  URL.createObjectURL = () => { throw new Error("createObjectURL"); };
"""


def texts(page, selector):
    return page.locator(selector).all_inner_texts()


@pytest.mark.parametrize("name", ["counters.html", "nested/figures.html", "parts.html"])
def test_widgets_mount_without_a_complaint(open_page, record, name):
    page = open_page(name)
    assert texts(page, ".static-widget-live")
    assert record.complaints == []


def test_two_views_of_one_model_stay_together(open_page):
    page = open_page("counters.html")
    page.locator(".counter").nth(1).click()
    assert texts(page, ".counter")[:2] == ["count is 4"] * 2
    page.locator(".counter").nth(0).click()
    assert texts(page, ".counter")[:2] == ["count is 5"] * 2


def test_links_hold_at_once_both_ways_and_through_a_slider(open_page):
    page = open_page("counters.html")
    assert texts(page, ".counter")[:4] == ["count is 3"] * 4
    page.locator(".counter").nth(0).click()
    assert texts(page, ".counter")[:4] == ["count is 4"] * 4
    page.locator(".counter").nth(2).click()
    assert texts(page, ".counter")[:4] == ["count is 5"] * 4
    # The last link has one direction.
    page.locator(".counter").nth(3).click()
    assert texts(page, ".counter")[:4] == ["count is 5"] * 3 + ["count is 6"]


def test_what_needs_a_kernel_says_so_and_the_rest_of_a_box_works(open_page, record):
    page = open_page("counters.html")
    sentence = "This widget needs a running Python kernel: open the notebook to use it."
    places = page.locator(".static-widget")
    assert places.nth(4).inner_text() == sentence
    assert places.nth(4).get_attribute("data-widget-state") == "failed"
    box = places.nth(5)
    assert box.get_attribute("data-widget-state") == "mounted"
    assert box.inner_text().splitlines()[0] == "count is 100"
    assert box.locator(".static-widget-note").inner_text() == sentence
    left, right = (box.locator(".static-widget-row > div").nth(i).bounding_box() for i in (0, 1))
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]
    assert page.get_attribute("html", "data-widgets-ready") == "5"
    assert record.complaints == []


def test_bytes_reach_the_widget(open_page):
    page = open_page("parts.html")
    assert page.locator(".static-widget").first.inner_text() == f"sums {sum(range(100))} and 15"


def test_a_widget_is_initialized_once_and_rendered_for_each_view(open_page):
    page = open_page("parts.html")
    assert texts(page, ".whole") == ["initialized render-1 render-2"] * 2
    live = page.locator(".static-widget-live:has(> .whole)").first
    assert live.get_attribute("data-parts") == "function,function,false,"
    assert "Only a notebook" in live.get_attribute("data-invoke")


def test_a_view_ends_with_its_cleanup_its_signal_and_its_listeners(open_page, record):
    page = open_page("parts.html")
    place = page.locator(".static-widget").nth(1)
    gone = place.locator(".whole").element_handle()
    place.dispatch_event("static-widget:unmount")
    assert place.locator(".whole").count() == 0
    assert place.get_attribute("data-widget-state") == "waiting"
    assert page.locator("body").get_attribute("data-cleaned") == "yes"
    assert page.locator("body").get_attribute("data-ended") == "signal initialized render-1 render-2"
    assert page.get_attribute("html", "data-widgets-ready") == "3"
    # The other view lives on; what is gone hears nothing more.
    page.locator(".static-widget-live:has(> .whole)").dispatch_event("tell")
    assert texts(page, ".whole") == ["initialized render-1 render-2 told"]
    assert gone.inner_text() == "initialized render-1 render-2"
    assert record.complaints == []


def test_what_initialize_returned_is_called_when_the_page_is_left(open_page):
    page = open_page("parts.html")
    stored = "['aborted', 'closed'].map((key) => sessionStorage.getItem(key))"
    assert page.evaluate(stored) == [None, None]
    page.goto(page.url.replace("parts", "index"))
    assert page.evaluate(stored) == ["yes", "yes"]


def test_a_widget_shows_another_and_hears_it(open_page):
    page = open_page("parts.html")
    place = page.locator(".static-widget").last
    assert place.inner_text().split("\n") == ["count is 40", "child at 40"]
    place.locator(".counter").click()
    assert place.inner_text().split("\n") == ["count is 41", "child at 41"]


def test_a_widget_that_fails_says_so_and_leaves_the_others_alone(open_page, record):
    page = open_page("faults.html")
    places = page.locator(".static-widget")
    states = [places.nth(i).get_attribute("data-widget-state") for i in range(3)]
    assert states == ["failed", "failed", "mounted"]
    assert places.nth(0).inner_text() == "This widget could not be started."
    assert places.nth(0).locator("img").is_visible()
    assert places.nth(0).locator(".static-widget-live").count() == 0
    assert places.nth(2).inner_text() == "count is 1"
    assert page.get_attribute("html", "data-widgets-ready") == "1"
    assert len(record.complaints) == 1
    assert "broken on purpose" in record.complaints[0]


def test_code_that_is_not_there_is_a_failure(open_page, record, toy_address):
    page = open_page("index.html", ready=False)
    page.route("**/_static/widgets/*.js", lambda route: route.fulfill(status=404))
    page.goto(toy_address + "faults.html")
    page.wait_for_selector("html[data-widgets-ready='0']", state="attached")
    assert page.locator("[data-widget-state=failed]").count() == 3
    assert any("static-widgets" in one for one in record.complaints)


def test_nothing_is_made_from_strings(open_page, record, toy_address):
    page = open_page("index.html", ready=False)
    page.add_init_script(SPY)
    for name in ("counters.html", "parts.html"):
        page.goto(toy_address + name)
        page.wait_for_selector("html[data-widgets-ready]", state="attached")
    assert record.complaints == []


def test_a_strict_policy_for_content_stops_none_of_it(open_page, record, toy_address):
    page = open_page("index.html", ready=False)

    def strict(route):
        answer = route.fetch()
        # The theme's own inline scripts and styles are not what is tested here.
        policy = {"content-security-policy": "default-src 'self'; script-src 'self'; style-src 'self'"}
        route.fulfill(response=answer, headers=answer.headers | policy)

    page.route("**/*.html", strict)
    blocked = {}
    for name in ("index.html", "nested/figures.html", "parts.html"):
        record.complaints.clear()
        page.goto(toy_address + name)
        if name != "index.html":
            page.wait_for_selector("html[data-widgets-ready]:not([data-widgets-ready='0'])", state="attached")
        blocked[name] = len(record.complaints)
    assert set(blocked.values()) == {blocked["index.html"]}
    assert blocked["index.html"] > 0
