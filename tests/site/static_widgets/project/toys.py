"""Toy widgets; each shows one thing that a page without a kernel has to do."""

import base64
import struct
import zlib
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

JS = Path(__file__).parent / "toys"
VIEW = "application/vnd.jupyter.widget-view+json"


def png(width: int, height: int) -> str:
    """Return a grey picture in base64 that states 192 dots an inch."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    dots = struct.pack(">IIB", 7559, 7559, 1)
    rows = zlib.compress((b"\0" + b"\x99" * width) * height)
    parts = [(b"IHDR", header), (b"pHYs", dots), (b"IDAT", rows), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)
    return base64.b64encode(data).decode()


class Counter(anywidget.AnyWidget):
    """A button that counts; its module is a default object."""

    _esm = JS / "counter.js"
    _css = JS / "counter.css"
    value = traitlets.Int(0).tag(sync=True)


class Pictured(Counter):
    """A counter that brings a picture of 400 x 200 CSS pixels and states its live height."""

    height = traitlets.Int(0)
    alt = traitlets.Unicode('A "counter" at {}')

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        said = {"image/png": {"alt": self.alt.format(self.value)}}
        if self.height:
            said[VIEW] = {"height": self.height}
        return data | {"image/png": png(800, 400)}, metadata | said


class Texted(Counter):
    """A counter that brings HTML, and has some in its state."""

    texts = traitlets.List().tag(sync=True)
    still = traitlets.Unicode(
        '<p class="still">A <i>loud</i> counter: <a class="x" href="texts.md#a-part-of-it">why</a>, '
        '<a href="#a-part-of-it">here</a>, <a href="https://example.org/a.md">far</a></p>'
        "<details><summary>More</summary><p>It counts.</p></details>"
    )

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return data | {"text/html": self.still}, metadata


class Broken(Pictured):
    """It fails while it is shown."""

    _esm = 'export default { render() { throw new Error("broken on purpose"); } };'


class Bytes(anywidget.AnyWidget):
    """It adds up bytes that came as a buffer, at the top and deep in a value."""

    _esm = JS / "bytes.js"
    data = traitlets.Bytes(b"").tag(sync=True)
    deep = traitlets.Dict().tag(sync=True)


class Whole(anywidget.AnyWidget):
    """Its module is a function, and it tells of each step of its life."""

    _esm = JS / "whole.js"
    _css = ".whole { --seen: yes }"
    log = traitlets.List().tag(sync=True)


class Host(anywidget.AnyWidget):
    """It shows another widget, and talks to it."""

    _esm = JS / "host.js"
    child = traitlets.Instance(ipywidgets.Widget).tag(
        sync=True, to_json=lambda w, _: f"anywidget:{w.model_id}"
    )
