"""A real JupyterLab on a free port, with a notebook of labs open in a browser."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page

import browser

CELLS = [
    "import ipywidgets\nfrom momentum.lab import PathLab\nlab = PathLab(lr=0.01)\nlab",
    "lab.lr = 0.05",
    "print('mu', lab.mu, 'start', lab.start, 'paths', len(lab.path.w))",
    "knob = ipywidgets.FloatSlider(value=0.5, max=0.999, step=0.001, readout_format='.3f')\n"
    "ipywidgets.HBox([lab, knob])",
    "link = ipywidgets.jslink((knob, 'value'), (lab, 'mu'))",
    "print('both', knob.value, lab.mu)",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address: str, server: subprocess.Popen[bytes], log: Path) -> bool:
    assert server.poll() is None, log.read_text("utf-8", "replace")
    try:
        return urllib.request.urlopen(address, timeout=5).status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The notebook's address in JupyterLab, with its token."""
    folder = tmp_path_factory.mktemp("jupyter")
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(CELLS)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "labs.ipynb")
    port, token = free_port(), secrets.token_hex()
    # Nobody's own settings, and nothing that asks another host for news.
    environment = os.environ | {
        f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "RUNTIME", "DATA")
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"),
        *("--ip=127.0.0.1", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"),
        *("--ServerApp.port_retries=0", f"--LabApp.workspaces_dir={folder / 'workspaces'}"),
        *(f"--LabApp.user_settings_dir={folder / 'settings'}", "--LabApp.news_url="),
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    ]
    log = folder / "log"
    with (
        log.open("wb") as sink,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=sink, stderr=sink) as server,
    ):
        until = time.monotonic() + 120
        while not answers(f"http://127.0.0.1:{port}/api?token={token}", server, log):
            assert time.monotonic() < until, log.read_text("utf-8", "replace")
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/lab/tree/labs.ipynb?token={token}"
        server.terminate()


@pytest.fixture(scope="session")
def notebook(address: str) -> Iterator[Page]:
    """The notebook, open in a browser."""
    with browser.launched() as chromium:
        # Tall, since JupyterLab takes cells off the page that are out of sight.
        page = chromium.new_page(viewport={"width": 1500, "height": 3000})
        page.set_default_timeout(180_000)
        home = address.split("/lab/")[0]
        page.route(lambda url: not url.startswith((home, "data:", "blob:")), lambda route: route.abort())
        page.goto(address)
        page.locator(".jp-Notebook .jp-CodeCell").nth(len(CELLS) - 1).wait_for()
        page.locator(".jp-StatusBar-Widget").get_by_text("| Idle").wait_for()
        yield page
