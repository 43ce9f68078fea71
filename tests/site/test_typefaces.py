"""The typefaces: what the extension copies, and what the stylesheet asks for."""

import re
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

import typefaces


def test_the_folder_has_the_listed_files_alone(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "old.woff2").touch()
    (tmp_path / "new.woff2").touch()
    typefaces.collect([tmp_path / "new.woff2"], tmp_path / "fonts")
    assert [path.name for path in (tmp_path / "fonts").iterdir()] == ["new.woff2"]


def test_a_missing_file_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError, match="npm ci"):
        typefaces.collect([tmp_path / "gone.woff2"], tmp_path / "fonts")


def test_the_stylesheet_and_the_setting_name_the_same_files(root: Path) -> None:
    css = (root / "assets" / "static" / "fonts.css").read_text("utf-8")
    named = set(re.findall(r'url\("fonts/([^"]+)"\)', css))
    listed = re.findall(r"- node_modules/\S+/(\S+\.woff2)", (root / "_config.yml").read_text("utf-8"))
    assert named == set(listed)
    assert named
