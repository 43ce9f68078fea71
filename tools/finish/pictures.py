"""Store each picture in the fewest bytes that give the same pixels, under a name that tells its content."""

from __future__ import annotations

import io
import posixpath
import re

from PIL import Image

from .folder import Folder, relative
from .scripts import rooted

# Where a page names a picture: an image, a link to it, an icon.
ADDRESS = re.compile(
    r"""(?P<key>\s(?:src|href)=")(?P<address>[^"#?:]+\.(?:png|jpe?g|gif|svg|webp))(?P<end>")"""
)
FIXED = re.compile(r"/(plus|minus|file)\.png$")


def lossless(content: bytes) -> bytes:
    """Return a picture as WebP without loss."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        image.save(out, "WEBP", lossless=True, quality=50, method=3, exact=True)
    return out.getvalue()


def smaller(folder: Folder, bodies: list[str]) -> dict[str, str]:
    """Write the figures of the pages as WebP where that is smaller, and return new paths by old ones."""
    said = set(re.findall(r"_images/([\w.-]+\.png)", "\n".join(bodies)))
    new = {}
    for name in sorted(f"_images/{one}" for one in said):
        if not folder.has(name):
            continue
        content = folder.content(name)
        packed = lossless(content)
        if len(packed) < len(content):
            stem = posixpath.splitext(posixpath.basename(name))[0]
            short = "figure" if re.fullmatch("[0-9a-f]{64}", stem) else stem
            new[name] = folder.put_hashed(f"_images/{short}.webp", packed)
            (folder.root / name).unlink()
    return new


def use(body: str, new: dict[str, str], folder: Folder, page: str) -> str:
    """Return a page that names its pictures by their new paths."""

    def place(match: re.Match[str]) -> str:
        path = rooted(page, match["address"])
        if FIXED.search(path):
            return match[0]
        if path not in new and folder.has(path):
            new[path] = folder.rename(path)
        return f"{match['key']}{relative(page, new[path])}{match['end']}" if path in new else match[0]

    return ADDRESS.sub(place, body)
