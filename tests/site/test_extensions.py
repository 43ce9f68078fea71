"""The Sphinx extensions of ``_ext/``, on small pages of their own."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml
from PIL import Image
from sphinx.errors import ConfigError, ExtensionError

import book_home
import figure_sizes
import katex_at_build

Build = Callable[..., tuple[str, str]]
HOME = {
    "repository": "https://github.com/owner/name",
    "branch": "trunk",
    "site": "https://owner.example/name",
}


@pytest.fixture
def build_maths(root: Path, build: Build) -> Build:
    def run(text: str) -> tuple[str, str]:
        return build(
            text,
            ("katex_at_build",),
            html_math_renderer="katex_at_build",
            katex_package=str(root / "node_modules" / "katex"),
        )

    return run


# KaTeX while the book is built


def test_a_formula_is_html_and_mathml(build_maths: Build, tmp_path: Path) -> None:
    html, warnings = build_maths("# Page\n\nThe ball, $v_{k+1} = \\mu v_k$.\n")
    assert warnings == ""
    assert 'class="katex-html"' in html
    assert "<math" in html
    assert "$" not in re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    static = tmp_path / "html" / "_static" / "katex"
    css = (static / "katex.min.css").read_text("utf-8")
    fonts = re.findall(r"url\(([^)]+)\)", css)
    assert fonts
    assert all((static / font).is_file() for font in fonts)
    assert "_static/katex/katex.min.css" in html


def test_bad_tex_is_a_warning_that_names_its_place(build_maths: Build) -> None:
    html, warnings = build_maths("# Page\n\nFirst line.\n\n$\\frac{1}$ is bad.\n")
    assert "page.md:5: WARNING: KaTeX parse error" in warnings
    assert 'class="katex-error"' in html


def test_what_katex_calls_sloppy_is_a_warning_too(build_maths: Build) -> None:
    assert "WARNING" in build_maths("# Page\n\n$\u00e9$\n")[1]


def test_sphinx_alone_numbers_equations(build_maths: Build) -> None:
    html, warnings = build_maths(
        "# Page\n\n\\begin{align}a &= b\\\\ c &= d\\end{align}\n\n"
        "$$ e = f $$ (eq-named)\n\nSee {eq}`eq-named`.\n"
    )
    assert warnings == ""
    assert re.findall(r'class="eqno">\((\d)\)', html) == ["1", "2"]
    assert "eqn-num" not in html


def test_a_full_stop_stays_with_a_short_formula(build_maths: Build) -> None:
    html, _ = build_maths("# Page\n\nThe end $x$. The long one $" + "a + " * 12 + "b$, too.\n")
    assert len(re.findall(r'<span class="math-unbroken">.*?\.</span>', html)) == 1


TEXTED = """---
file_format: mystnb
---
# Page

```{{code-cell}}
import anywidget
import traitlets

class Texted(anywidget.AnyWidget):
    _esm = "export default {{}}"
    text = traitlets.Unicode().tag(sync=True)

    def _repr_mimebundle_(self, **options):
        data, metadata = super()._repr_mimebundle_(**options)
        return data | {{"text/html": self.text}}, metadata

Texted(text={text!r})
```
"""
MATHML = (
    '<math display="{}"><semantics><mrow><mi>x</mi></mrow>'
    '<annotation encoding="application/x-tex">{}</annotation></semantics></math>'
)


@pytest.fixture
def set_texts(root: Path, build: Build) -> Build:
    def run(text: str) -> tuple[str, str]:
        return build(
            TEXTED.format(text=text),
            ("katex_at_build", "static_widgets"),
            nb_execution_mode="force",
            html_math_renderer="katex_at_build",
            katex_package=str(root / "node_modules" / "katex"),
        )

    return run


def test_formulas_that_widgets_bring_along_are_set_too(set_texts: Build) -> None:
    inline, block = MATHML.format("inline", "x &lt; y"), MATHML.format("block", "x^2")
    html, warnings = set_texts(f'<p>A <span class="math inline">{inline}</span>, and {block}.</p>')
    assert "WARNING: " not in warnings.replace("[IPKernelApp] WARNING", "")
    (text,) = re.findall(r'<div class="static-widget-text">(.*?)</div>', html, re.DOTALL)
    (state,) = re.findall(r'<script type="application/json" id="static-widgets">(.*?)</script>', html)
    for given in (text, json.loads(state)["models"]["w1"]["state"]["text"]):
        assert given.count('class="katex"') == 2
        assert given.count('class="katex-display"') == 1
        assert given.startswith(
            '<p>A <span class="math-unbroken"><span class="math inline"><span class="katex">'
        )
        assert given.endswith(".</p>")
        assert "display=" not in given.replace('display="block"', "")


def test_bad_tex_in_a_widget_is_a_warning_that_names_the_page(set_texts: Build) -> None:
    html, warnings = set_texts(MATHML.format("inline", "\\frac{1}"))
    assert re.search(r"page\.md: WARNING: KaTeX parse error", warnings)
    assert "<mi>x</mi>" in html


def test_a_missing_package_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError, match="npm ci"):
        katex_at_build.collect_stylesheet(tmp_path, tmp_path / "static")


def test_node_ends_with_the_build(root: Path) -> None:
    katex = katex_at_build.Katex(root / "node_modules" / "katex")
    assert "katex" in katex.render("x^2", display=False)
    process = katex.process
    assert process is not None
    katex.stop()
    assert process.returncode == 0


def test_a_package_that_node_cannot_load_is_an_error(tmp_path: Path) -> None:
    katex = katex_at_build.Katex(tmp_path)
    with pytest.raises(ExtensionError, match="Node ended"):
        katex.render("x", display=False)
    katex.stop()


# Where the repository and the site live


def test_an_empty_home_leaves_out_what_needs_it(build: Build) -> None:
    html, warnings = build("# Page\n", ("book_home",), html_theme="sphinx_book_theme")
    assert warnings == ""
    assert 'rel="canonical"' not in html
    assert not re.search(r"mybinder|colab|github|repository-button|issues-button|edit/", html)


def test_a_home_switches_on_what_needs_it(build: Build) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Page")])
    html, warnings = build(
        nbformat.writes(notebook),
        ("book_home",),
        ".ipynb",
        html_theme="sphinx_book_theme",
        book_home=HOME,
    )
    assert warnings == ""
    assert '<link rel="canonical" href="https://owner.example/name/page.html"' in html
    for link in (
        "https://github.com/owner/name/edit/trunk/page.ipynb",
        "https://github.com/owner/name/issues/new",
        "https://mybinder.org/v2/gh/owner/name/trunk?urlpath=lab/tree/page.ipynb",
        "https://colab.research.google.com/github/owner/name/blob/trunk/page.ipynb",
    ):
        assert link in html


def test_colab_opens_what_is_on_github_only() -> None:
    elsewhere = book_home.check(HOME | {"repository": "https://gitlab.com/owner/name"})
    buttons = book_home.theme_options(elsewhere)["launch_buttons"]
    assert "binderhub_url" in buttons
    assert "colab_url" not in buttons


ADDRESSES = """# Page

```{with-repository}
[files]({repository}/archive/{branch}.zip), [Binder]({binder}), `git-pull?{pull}`
```

```{without-repository}
*Later.*
```
"""


def test_a_page_can_name_the_addresses(build: Build) -> None:
    html, warnings = build(ADDRESSES, ("book_home",), html_theme="sphinx_book_theme", book_home=HOME)
    assert warnings == ""
    assert 'href="https://github.com/owner/name/archive/trunk.zip"' in html
    assert 'href="https://mybinder.org/v2/gh/owner/name/trunk?urlpath=lab/tree/chapters"' in html
    assert "git-pull?repo=https%3A%2F%2Fgithub.com%2Fowner%2Fname" in html
    assert "urlpath=lab%2Ftree%2Fname%2Fchapters" in html
    assert "Later" not in html


def test_a_page_says_other_things_while_there_are_none(build: Build) -> None:
    html, warnings = build(ADDRESSES, ("book_home",), html_theme="sphinx_book_theme")
    assert warnings == ""
    assert "<em>Later.</em>" in html
    assert "mybinder" not in html


def test_binder_gets_the_whole_address_of_another_host() -> None:
    home = book_home.check(HOME | {"repository": "https://gitlab.com/owner/name"})
    assert "/v2/git/https%3A%2F%2Fgitlab.com%2Fowner%2Fname/trunk?" in book_home.addresses(home)["{binder}"]


@pytest.mark.parametrize(
    ("home", "word"),
    [
        ({"repository": "github.com/owner/name"}, "repository"),
        ({"site": "http://owner.example"}, "site"),
        ({"repo": "https://github.com/owner/name"}, "repo"),
    ],
)
def test_a_home_that_cannot_be_is_refused(home: dict[str, str], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        book_home.check(home)


def test_the_owner_has_one_setting_to_fill_in(root: Path) -> None:
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    assert set(config["sphinx"]["config"]["book_home"]) == book_home.KEYS
    assert "repository" not in config
    assert "launch_buttons" not in config


# Sizes of pictures


def test_a_png_has_the_size_that_its_resolution_says(tmp_path: Path) -> None:
    path = tmp_path / "figure.png"
    Image.new("RGB", (1344, 768)).save(path, dpi=(240, 240))
    assert figure_sizes.css_size(path) == (538, 307)
    Image.new("RGB", (100, 50)).save(path)
    assert figure_sizes.css_size(path) == (100, 50)


def test_sizes_are_added_where_they_are_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (100, 50)).save(path)
    files = {"a.png": path}
    assert (
        figure_sizes.add_sizes('<p><img alt="x" src="../_images/a.png"/></p>', files)
        == '<p><img width="100" height="50" alt="x" src="../_images/a.png"/></p>'
    )
    for unchanged in ('<img src="b.png"/>', '<img width="3" src="a.png"/>', "<img>"):
        assert figure_sizes.add_sizes(unchanged, files) == unchanged


def test_a_picture_on_a_page_gets_its_size(build: Build, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    Image.new("RGB", (60, 40)).save(tmp_path / "source" / "ball.png")
    html, _ = build("# Page\n\n![A ball](ball.png)\n", ("figure_sizes",))
    assert re.search(r'<img width="60" height="40"[^>]*src="_images/ball.png"', html)


# Proofs


def test_proofs_have_no_common_id_and_a_word_that_stands_out(build: Build) -> None:
    proof = "```{prf:proof}\nBy induction.\n```\n\n"
    theorem = "```{prf:theorem}\n:label: thm-%s\nTrue.\n```\n\n"
    text = "# Page\n\n" + theorem % "a" + proof + theorem % "b" + proof
    html, warnings = build(text, ("sphinx_proof", "proof_markup"), numfig=True)
    assert warnings == ""
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(set(ids)) == sorted(ids)
    assert {"thm-a", "thm-b"} <= set(ids)
    assert html.count('<strong class="proof-lead">Proof.</strong> By induction.') == 2
