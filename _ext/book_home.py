"""Say once where the repository and the published site live, and switch on what needs them.

The setting is ``book_home`` in ``_config.yml``::

    book_home:
      repository: https://github.com/OWNER/NAME
      branch: main
      site: https://OWNER.github.io/NAME/

An empty address leaves out every button and link that needs it: the buttons of the repository
(source, edit, issue), the launch buttons (Binder, and Colab where the repository is on GitHub),
and the canonical address of each page.

A page can say something only where there is a repository, with its addresses, or only where there is none::

    ```{with-repository}
    The files: {repository}, branch {branch}. [On Binder]({binder}). For nbgitpuller: {pull}
    ```

    ```{without-repository}
    To come.
    ```
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.docutils import SphinxDirective

KEYS = {"repository", "branch", "site"}
BUTTONS = ("use_repository_button", "use_edit_page_button", "use_issues_button")
BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"


def check(home: dict[str, str]) -> dict[str, str]:
    """Return the setting with its gaps filled by empty strings.

    Raises
    ------
    ConfigError
        If there is an unknown key, or an address that is neither empty nor an https one.
    """
    unknown = sorted(set(home) - KEYS)
    if unknown:
        raise ConfigError(f"book_home has unknown keys {unknown}; it takes {sorted(KEYS)}.")
    filled = {key: str(home.get(key) or "").strip() for key in KEYS}
    for key in ("repository", "site"):
        parts = urlsplit(filled[key])
        if filled[key] and not (parts.scheme == "https" and parts.netloc):
            raise ConfigError(
                f"book_home: {key} is {filled[key]!r}; expected an address that starts with "
                "https://, or nothing."
            )
    return filled


def theme_options(home: dict[str, str]) -> dict[str, Any]:
    """Return the theme's options for the repository, all switched off if it is empty."""
    repository = home["repository"].rstrip("/")
    options: dict[str, Any] = dict.fromkeys(BUTTONS, bool(repository))
    options["repository_url"] = repository
    options["repository_branch"] = home["branch"] or "main"
    options["path_to_docs"] = ""
    options["launch_buttons"] = {}
    if repository:
        options["launch_buttons"] = {"notebook_interface": "jupyterlab", "binderhub_url": BINDER}
        if urlsplit(repository).netloc == "github.com":
            options["launch_buttons"]["colab_url"] = COLAB
    return options


def addresses(home: dict[str, str]) -> dict[str, str]:
    """Return the addresses that a page can ask for, by placeholder.

    >>> addresses({"repository": "https://github.com/ann/course/", "branch": "", "site": ""})["{binder}"]
    'https://mybinder.org/v2/gh/ann/course/main?urlpath=lab/tree/chapters'
    """
    repository, branch = home["repository"].rstrip("/"), home["branch"] or "main"
    parts = urlsplit(repository)
    path = parts.path.strip("/")
    # Binder knows some hosts by a short name, and the others by the whole address.
    place = f"gh/{path}" if parts.netloc == "github.com" else f"git/{quote(repository, safe='')}"
    name = path.rpartition("/")[2].removesuffix(".git")
    pull = {"repo": repository, "branch": branch, "urlpath": f"lab/tree/{name}/chapters"}
    return {
        "{repository}": repository,
        "{branch}": branch,
        "{binder}": f"{BINDER}/v2/{place}/{quote(branch, safe='')}?urlpath=lab/tree/chapters",
        "{pull}": urlencode(pull),
    }


class WithRepository(SphinxDirective):
    """The directive ``with-repository``: its content, with the addresses in their places, if there is one."""

    has_content = True
    wanted = True

    def run(self) -> list[nodes.Node]:
        """Return the content, or nothing."""
        home = check(self.config.book_home)
        if bool(home["repository"]) is not self.wanted:
            return []
        lines = list(self.content)
        for placeholder, address in addresses(home).items():
            lines = [line.replace(placeholder, address) for line in lines]
        found = nodes.Element()
        self.state.nested_parse(StringList(lines, source=self.env.docname), self.content_offset, found)
        return list(found.children)


class WithoutRepository(WithRepository):
    """The directive ``without-repository``: its content, if there is none."""

    wanted = False


def apply(_app: Sphinx, config: Config) -> None:
    """Write the setting into the configuration, before the theme reads it."""
    home = check(config.book_home)
    config.html_theme_options.update(theme_options(home))
    # A relative link on a page at BASE/ needs the slash: without it the last part is dropped.
    config.html_baseurl = home["site"].rstrip("/") + "/" if home["site"] else ""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the setting ``book_home``, and the directives."""
    app.add_directive("with-repository", WithRepository)
    app.add_directive("without-repository", WithoutRepository)
    app.add_config_value("book_home", {}, "env", types=(dict,))
    app.connect("config-inited", apply)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
