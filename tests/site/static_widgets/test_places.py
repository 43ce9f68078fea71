"""The place of a widget on the page: its picture, its room, and when it is filled."""

import re

SHIFTS = """
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((one) => one.value)))
    .observe({ type: "layout-shift", buffered: true });
"""
HEIGHTS = "[...document.querySelectorAll('.static-widget')].map((place) => place.offsetHeight)"


def loaded(page, i):
    return page.locator("img").nth(i).evaluate("(image) => image.decode().then(() => image.naturalWidth)")


def test_far_widgets_wait_until_they_are_near(open_page, record):
    page = open_page("nested/figures.html")
    states = "[...document.querySelectorAll('.static-widget')].map((place) => place.dataset.widgetState)"
    assert page.evaluate(states) == ["mounted", "mounted", "waiting"]
    assert page.get_attribute("html", "data-widgets-ready") == "2"
    page.locator(".static-widget").nth(2).scroll_into_view_if_needed()
    page.wait_for_selector("html[data-widgets-ready='3']", state="attached")
    assert page.evaluate(states) == ["mounted"] * 3
    assert record.complaints == []


def test_code_is_fetched_only_when_it_is_needed(open_page, toy_address):
    page = open_page("index.html", ready=False)
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(toy_address)))
    page.set_viewport_size({"width": 1000, "height": 20})
    page.goto(toy_address + "nested/figures.html")
    page.wait_for_selector("html[data-widgets-ready]", state="attached")
    page.wait_for_load_state("networkidle")
    code = [one for one in asked if re.fullmatch(r"_static/widgets/\w+\.js", one)]
    # The window is 20 pixels high, and two widgets are far below it.
    assert page.locator("[data-widget-state=waiting]").count() == 2
    assert len(code) == 1
    loader = [one for one in asked if "/loader-" in one]
    assert len(loader) == len(set(loader)) == 4


def test_the_picture_makes_way_on_screen_and_comes_back_in_print(open_page):
    page = open_page("nested/figures.html")
    place = page.locator(".static-widget").first
    picture, live = place.locator("img"), place.locator(".static-widget-live")
    assert not picture.is_visible()
    assert live.is_visible()
    assert live.bounding_box()["y"] == picture.bounding_box()["y"]
    page.emulate_media(media="print")
    assert picture.is_visible()
    assert not live.is_visible()
    assert loaded(page, 0) == 800
    # One that waits is printed as its picture, too; one without a picture as it is.
    assert page.locator("img").nth(2).is_visible()
    page = open_page("counters.html")
    page.emulate_media(media="print")
    assert page.locator(".counter").first.is_visible()


def test_without_scripts_the_picture_stands_there(open_page, record):
    page = open_page("nested/figures.html", ready=False, java_script_enabled=False)
    for i in range(3):
        image = page.locator("img").nth(i)
        assert image.is_visible()
        box = image.bounding_box()
        assert (box["width"], box["height"]) == (400, 200)
    # No room is kept for what will not come.
    assert page.locator(".static-widget").nth(1).bounding_box()["height"] == 200
    assert page.locator(".static-widget-note").count() == 0
    page = open_page("counters.html", ready=False, java_script_enabled=False)
    assert page.locator(".static-widget").first.inner_text().strip() == "This widget needs JavaScript."
    assert record.complaints == []


def test_html_makes_way_as_a_picture_does(open_page, record):
    page = open_page("texts.html")
    place = page.locator(".static-widget").first
    text, live = place.locator(".static-widget-text"), place.locator(".static-widget-live")
    assert live.is_visible()
    assert not text.is_visible()
    page.emulate_media(media="print")
    assert text.is_visible()
    assert not live.is_visible()
    page.emulate_media(media="screen")
    place.dispatch_event("static-widget:unmount")
    assert text.is_visible()
    page = open_page("texts.html", ready=False, java_script_enabled=False)
    assert not page.get_by_text("It counts.").is_visible()
    page.get_by_text("More").click()
    assert page.get_by_text("It counts.").is_visible()
    assert record.complaints == []


def test_nothing_jumps(open_page, toy_address):
    page = open_page("index.html", ready=False)
    page.add_init_script(SHIFTS)
    held = []
    page.route("**/_static/widgets/*.js", lambda route: held.append(route))
    page.goto(toy_address + "nested/figures.html")
    page.wait_for_selector(".static-widget-live", state="attached")
    before = page.evaluate(HEIGHTS)
    # As tall as the picture; as tall as the output says.
    assert before == [200, 321, 200]
    page.unroute("**/_static/widgets/*.js")
    for route in held:
        route.continue_()
    page.wait_for_selector("html[data-widgets-ready='2']", state="attached")
    assert page.evaluate(HEIGHTS) == before
    assert page.evaluate("window.shifts") == []


def test_a_style_can_state_the_room(open_page, toy_address):
    page = open_page("index.html", ready=False)
    page.route("**/_static/widgets/*.js", lambda _: None)
    page.goto(toy_address + "counters.html")
    page.wait_for_selector(".static-widget-live", state="attached")
    assert page.evaluate(HEIGHTS)[:4] == [77] * 4
    page.emulate_media(media="print")
    assert page.evaluate(HEIGHTS)[0] == 0


def test_the_picture_shrinks_with_the_page(open_page):
    page = open_page("nested/figures.html")
    page.set_viewport_size({"width": 300, "height": 700})
    place = page.locator(".static-widget").first.bounding_box()
    picture = page.locator("img").first.bounding_box()
    assert picture["width"] == place["width"] < 400
    assert abs(picture["height"] - picture["width"] / 2) <= 1


def test_a_widget_that_is_removed_shows_its_picture_again(open_page):
    page = open_page("nested/figures.html")
    place = page.locator(".static-widget").first
    place.dispatch_event("static-widget:unmount")
    assert place.locator("img").is_visible()
    assert place.locator(".static-widget-live").count() == 0


def test_style_of_a_widget_is_there_before_it(open_page):
    page = open_page("counters.html")
    assert page.locator(".counter").first.evaluate("(one) => getComputedStyle(one).borderRadius") == "7px"
