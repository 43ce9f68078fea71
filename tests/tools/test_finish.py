"""The steps that finish a site, on small inputs."""

import io
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import twice
from finish import (
    POLICY,
    FinishError,
    complete,
    finish,
    folder,
    fonts,
    markup,
    pictures,
    scripts,
    styles,
    widgets,
)

KATEX = Path(__file__).resolve().parents[2] / "node_modules/katex/dist/fonts/KaTeX_Main-Regular.woff2"
HEAD = '<!DOCTYPE html><html><head><meta charset="utf-8" />{}</head><body>{}</body></html>'


# Markup


def test_what_no_rule_names_stays_byte_for_byte() -> None:
    page = (
        """<!-- <b style="a:b"> --><p title='a > "b"' data-x=1>x < y<script>"<i style='c:d'>"</script></p >"""
    )
    assert markup.use_classes(page, {}) == page
    assert markup.name_handlers(page) == page


@given(st.lists(st.sampled_from(["top:1em", "left:0", "top:2em;left:0"]), max_size=6))
def test_each_style_becomes_the_class_that_says_it(chosen: list[str]) -> None:
    page = "".join(f'<i style="{one};"></i>' for one in chosen)
    names = markup.name_styles([page])
    changed = markup.use_classes(page, names)
    assert "style" not in changed
    back = {name: style for style, name in names.items()}
    assert [back[part.split('"')[0]] for part in changed.split('class="')[1:]] == chosen
    rules = {rule.head: rule.body for rule in styles.parse(markup.class_rules(names))}
    assert {rules[f".{name}"].replace("!important", "") for name in back} == set(chosen)


def test_what_is_hidden_by_a_style_can_be_shown_by_a_script() -> None:
    assert markup.use_classes('<img style="display: none"/>', {}) == "<img hidden/>"


def test_an_unknown_handler_is_an_error() -> None:
    with pytest.raises(FinishError, match=r"expected one of .*window.print"):
        markup.name_handlers('<b onclick="other()">')


def test_a_page_with_a_base_gets_whole_addresses() -> None:
    page = (
        '<html data-content_root="./"><base href="/c/"><a href="x/y.html?q#z"><a href="#a">'
        '<form action="s.html" data-action="print"><a href="https://b.org/"><img src="data:,">'
    )
    assert markup.whole_addresses("404.html", page) == (
        '<html data-content_root="/c/"><a href="/c/x/y.html?q#z"><a href="#a">'
        '<form action="/c/s.html" data-action="print"><a href="https://b.org/"><img src="data:,">'
    )


# Style sheets


@pytest.mark.parametrize(
    ("selector", "stays"),
    [
        (".a", True),
        (".a .b", False),
        ("p.a", True),
        ("div.a", False),
        (".a:not(.b)", True),
        (".a:is(.b, .c)", True),
        ("#c", True),
        ("#d", False),
        ('.a[href="#x.y"]:hover::before', True),
        (".a>p", True),
        (".a\\:x", False),
        ("*", True),
    ],
)
def test_a_rule_stays_if_it_could_match(selector: str, stays: bool) -> None:
    kept = styles.purge(styles.parse(f"{selector}{{x:y}}"), {"a", "c", "p"})
    assert bool(kept) is stays


def test_a_list_of_selectors_loses_those_that_match_nothing() -> None:
    css = "@media print{.a,.b{x:y}.b{x:z}}@supports (x:y){.b{x:y}}"
    assert styles.write(styles.purge(styles.parse(css), {"a"})) == "@media print{.a{x:y}}"


def test_unused_variables_and_movements_go_and_used_ones_stay() -> None:
    css = ":root{--a:1;--b:var(--a);--c:2;--d:3}p{x:var(--c);animation:m 1s}"
    css += "@keyframes m{to{x:y}}@keyframes n{to{x:y}}"
    kept = styles.write(styles.drop_unused(styles.parse(css), {"--d"}))
    assert kept == ":root{--c:2;--d:3}\np{x:var(--c);animation:m 1s}\n@keyframes m{to{x:y}}"


def test_imports_and_addresses_are_from_the_root() -> None:
    files = {"a/b.css": '@import "../c.css"; p{x:url(d/e.png?v=1)}', "c.css": "/* q */i{x:url('data:,')}"}
    assert styles.gather("a/b.css", files.__getitem__) == """i{x:url('data:,')} p{x:url("/a/d/e.png")}"""


# Scripts


def needs_of(head: str, body: str = "") -> scripts.Needs:
    return scripts.take("chapters/a.html", HEAD.format(head, body))


def test_a_page_takes_the_scripts_that_it_uses() -> None:
    head = (
        '<script src="../_static/copybutton.js?v=1"></script><script src="../_static/bootstrap.js"></script>'
    )
    assert needs_of(head).scripts == []
    assert needs_of(head, '<div class="highlight">').scripts == ["_static/copybutton.js"]
    search = '<script src="../searchindex.js"></script><script src="../_static/searchtools.js"></script>'
    assert needs_of(search).alone == []
    wanted = needs_of(search, '<div id="search-results">').alone
    assert wanted == ["_static/searchtools.js", "searchindex.js"]


def test_inline_scripts_become_settings_or_early_and_data_stay() -> None:
    head = (
        "<script data-cfasync='false'>early;</script><script>let a;</script><script>let a;</script>"
        '<script>DOCUMENTATION_OPTIONS.pagename = "x";</script><script type="application/json">{}</script>'
    )
    needs = needs_of(head)
    assert (needs.early, needs.settings) == (["early;"], ["let a;"])
    assert needs.body.count("<script") == 1


def test_settings_come_before_what_reads_them() -> None:
    needs = scripts.Needs("", scripts=["a.js", "b/documentation_options.js"], settings=["S"])
    texts = {"a.js": "A", "b/documentation_options.js": "O"}
    assert scripts.bundle(needs, texts, "C").split() == ["O", ";", "S", ";", "A", ";", "C", ";"]


def test_a_theme_that_measures_in_another_way_is_noticed() -> None:
    needs = scripts.Needs("", scripts=["pydata-sphinx-theme.js"])
    with pytest.raises(FinishError, match="SLOW"):
        scripts.bundle(needs, {"pydata-sphinx-theme.js": "new"}, "")


MODE = 'document.documentElement.dataset.{0} = localStorage.getItem("{0}") || "auto";\n'


def test_the_colour_mode_is_settled_early_and_nothing_else_runs_then() -> None:
    modes = "".join(MODE.format(one) for one in ("mode", "theme"))
    assert scripts.early(scripts.Needs("", early=[modes]), "// why\nown();") == "own();\n"
    assert scripts.early(scripts.Needs(""), "own();") == ""
    with pytest.raises(FinishError, match=r"'more\(\);' is to run early"):
        scripts.early(scripts.Needs("", early=[modes, "more();"]), "own();")


@pytest.mark.parametrize(
    ("classes", "looks"),
    [("sidebar-primary margin-x", False), ("a margin", True), ("tag_full-width b", True), ("popout", True)],
)
def test_a_page_with_nothing_over_its_margin_is_not_searched_for_it(classes: str, looks: bool) -> None:
    needs = scripts.Needs(f'<p class="{classes}">', scripts=["sphinx-book-theme.js"])
    texts = {"sphinx-book-theme.js": f"watch({scripts.MARGINS})"}
    assert scripts.bundle(needs, texts, "").startswith("watch(document" if looks else "watch([])")
    with pytest.raises(FinishError, match="MARGINS"):
        scripts.bundle(needs, {"sphinx-book-theme.js": "new"}, "")


def test_what_the_first_paint_waits_for_comes_first_and_the_rest_last() -> None:
    page = complete("a.html", HEAD.format("<title>a</title>", "<p>b</p>"), "FIRST", "LAST")
    order = ["utf-8", "Content-Security-Policy", "FIRST", "<title>", "<p>b</p>", "LAST", "</body>"]
    assert sorted(order, key=page.index) == order
    with pytest.raises(FinishError, match="</body>"):
        complete("a.html", '<meta charset="utf-8"><p>b</p>', "", "")


def test_a_script_of_another_host_is_an_error() -> None:
    with pytest.raises(FinishError, match=r"chapters/a.html loads https://x.org/a.js"):
        needs_of('<script src="https://x.org/a.js"></script>')


# Fonts, pictures, data


def test_a_font_keeps_what_is_asked_and_is_the_same_each_time() -> None:
    small = fonts.subset(KATEX.read_bytes(), set("ab"))
    assert small == fonts.subset(KATEX.read_bytes(), set("ba"))
    with TTFont(io.BytesIO(small)) as font:
        assert sorted(font.getBestCmap()) == [ord("a"), ord("b")]
        assert font.flavor == "woff2"


def test_a_family_gets_the_text_that_its_rules_match() -> None:
    found = fonts.collect(['<p>x</p><b class="katex">m<i class="bb">R</i></b><code>c</code>'])
    assert "m" not in found["*"]
    css = ".katex{font:normal 1em Main}.katex .bb{font-family:KaTeX_AMS}"
    css += "code{font-family:var(--f)}:root{--f:Mono}"
    sets = fonts.wanted(styles.parse(css), found)
    assert sets["KaTeX_AMS", "400", "normal"] == {"R"}
    assert sets["Mono", "400", "normal"] == {"c"}
    assert sets["Main", "400", "normal"] == {"m", "R"}
    assert fonts.characters({"font-family": '"KaTeX_AMS"'}, sets) == {"R"}
    heavy = fonts.characters({"font-family": "Mono", "font-weight": "700"}, sets)
    assert fonts.LATIN.issubset(heavy)


def test_a_picture_keeps_its_pixels() -> None:
    image = Image.effect_noise((40, 30), 60).convert("RGBA")
    image.putpixel((0, 0), (10, 20, 30, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    with Image.open(io.BytesIO(pictures.lossless(out.getvalue()))) as packed:
        assert packed.tobytes() == image.tobytes()


def test_html_in_the_data_of_widgets_is_changed_and_the_rest_is_not() -> None:
    start = '<script type="application/json" id="static-widgets">'
    page = start + '{"a":"\\u003ci style=\\"b:c\\"\\u003e","d":[1,null,"e < f"]}</script>'
    assert widgets.strings(page) == ['<i style="b:c">', "e < f"]
    changed = widgets.change(page, lambda text: markup.use_classes(text, {"b:c": "k"}))
    assert changed == start + '{"a":"\\u003ci class=\\"k\\">","d":[1,null,"e \\u003c f"]}</script>'


# The whole


def small_site(root: Path) -> Path:
    files = {
        "_static/a.css": ".a{x:url(b.svg)}.unused{x:y}",
        "_static/b.svg": "<svg/>",
        "_static/left.js": "left",
        "_static/documentation_options.js": "// said\nconst O = 1;",
        "chapters/p.html": HEAD.format(
            '<link rel="stylesheet" href="../_static/a.css"/>'
            '<script src="../_static/documentation_options.js"></script>',
            '<p class="a" style="q:r">x</p>',
        ),
        "index.html": '<meta http-equiv="Refresh" content="0; url=chapters/p.html" />\n',
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def test_a_small_site_is_finished(tmp_path: Path) -> None:
    site = small_site(tmp_path)
    finish(site)
    page = (site / "chapters/p.html").read_text("utf-8")
    assert POLICY.split(";", maxsplit=1)[0].replace("'", "&#x27;") in page
    assert '<p class="a k0">x</p>' in page
    left = sorted(path.name for path in (site / "_static").iterdir())
    assert [name.split(".")[0] for name in left] == ["b", "page", "site"]
    sheet = next((site / "_static").glob("site.*.css"))
    assert sheet.read_text("utf-8").startswith('.k0{q:r!important}\n.a{x:url("b.')
    assert "unused" not in sheet.read_text("utf-8")
    assert folder.NAMED_BY_CONTENT.search(f"/_static/{sheet.name}")
    assert "Content-Security-Policy" in (site / "index.html").read_text("utf-8")


def test_the_colour_mode_is_settled_before_the_scripts_that_read_it(tmp_path: Path) -> None:
    site = small_site(tmp_path)
    page = site / "chapters/p.html"
    theme = "<script data-cfasync>" + "".join(MODE.format(one) for one in ("mode", "theme")) + "</script>"
    page.write_text(page.read_text("utf-8").replace("<link", theme + "<link", 1), "utf-8")
    finish(site)
    early, late = (
        next((site / "_static").glob(f"{name}.*.js")).read_text("utf-8") for name in ("early", "page")
    )
    assert early.startswith("(() => {")
    assert late.startswith(early + "const O = 1;")


def test_two_folders_are_compared_byte_for_byte(tmp_path: Path) -> None:
    one, other = small_site(tmp_path / "one"), small_site(tmp_path / "other")
    assert twice.differences(one, other) == []
    (other / "_static/left.js").write_text("lift", "utf-8")
    (one / "new").write_text("", "utf-8")
    assert twice.differences(one, other) == [
        "new: only in one of the two",
        "_static/left.js: at byte 1: b'left' and b'lift'",
    ]


def test_a_rule_for_a_name_that_a_script_puts_together_stays():
    rules = styles.parse(".lab-band.lab-sgd{fill:red}.lab-gone-by .other{fill:red}")
    code = ["area(`lab-band lab-${style}`)"]
    kept = styles.purge(rules, {"area", "lab-band", "style"}, styles.beginnings(code))
    assert [rule.head for rule in kept] == [".lab-band.lab-sgd"]


@pytest.mark.parametrize(
    ("body", "slanted"), [("<p>a <em>b</em></p>", True), ('<i class="fa-solid"></i>', False)]
)
def test_italics_are_fetched_at_once_where_a_page_has_any(body: str, slanted: bool) -> None:
    faces = {("Serif", "400", style): f"{style}.woff2" for style in ("normal", "italic")}
    assert ("italic.woff2" in fonts.first_text_fonts(body, faces)) is slanted
    assert "normal.woff2" in fonts.first_text_fonts(body, faces)


def test_the_fonts_of_text_and_those_of_formulas_are_asked_for_apart() -> None:
    faces = {(family, "400", "normal"): f"{family}.woff2" for family in ("KaTeX_Main", "Serif")}
    body = '<article><span class="katex">'
    assert fonts.first_sign_fonts(body, faces) == ["KaTeX_Main.woff2"]
    assert fonts.first_sign_fonts("<article>", faces) == []
    assert fonts.first_text_fonts(body, faces) == ["Serif.woff2"]
