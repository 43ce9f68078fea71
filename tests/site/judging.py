"""What a page is asked, in any browser: by the checker axe, and for what it says and where it ends."""

from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDE, PHONE = 1280, 390
# A chapter's formulas have tens of thousands of elements, for which the checker would take a minute.
# All but a page's first give way to one box of their size and one word.
CHECK = """
async () => {
  const drawn = [...document.querySelectorAll(".katex-html[aria-hidden=true]")].slice(1);
  const sizes = drawn.map((each) => each.getBoundingClientRect());
  for (const [i, each] of drawn.entries()) {
    each.replaceChildren();
    each.style.cssText = `display: inline-block; width: ${sizes[i].width}px; height: ${sizes[i].height}px`;
  }
  for (const { lastChild } of [...document.querySelectorAll(".katex-mathml math")].slice(1)) {
    lastChild.replaceChildren("formula");
  }
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return {
    faults: found.violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html.slice(0, 200)]),
    passes: found.passes.length,
  };
}
"""
READ = """
() => {
  const formulas = [...document.querySelectorAll(".katex")];
  const spoken = (formula) => {
    const read = formula.querySelector(".katex-mathml");
    return read?.querySelector("math > semantics > :first-child")?.textContent.trim()
      && (read.checkVisibility() || !formula.parentElement.checkVisibility())
      && !read.closest("[aria-hidden=true]")
      && formula.querySelector(".katex-html")?.getAttribute("aria-hidden") === "true";
  };
  return {
    headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((heading) => heading.checkVisibility()).map((heading) => Number(heading.localName[1])),
    nameless: [...document.querySelectorAll("img, svg[role=img]")]
      .filter((image) => !(image.getAttribute("alt") ?? image.getAttribute("aria-label"))?.trim())
      .map((image) => image.outerHTML.slice(0, 100)),
    formulas: formulas.length,
    silent: formulas.filter((formula) => !spoken(formula)).map((formula) => formula.textContent.slice(0, 80)),
  };
}
"""
# What a browser has not laid out yet has no place and no width of its own.
LAY_OUT = "* { content-visibility: visible !important; }"
# What reaches beyond the screen, and cannot be moved there.
BEYOND = """
() => {
  const edge = document.documentElement.clientWidth;
  const moved = (element) => {
    for (let each = element; each && each !== document.body; each = each.parentElement) {
      if (/auto|scroll|hidden/.test(getComputedStyle(each).overflowX)) return true;
    }
  };
  const page = document.documentElement.scrollWidth > edge ? ["the page"] : [];
  const text = "main :is(p, li, td, dt, pre, img, h1, h2, h3, .katex-display)";
  return [...page, ...[...document.querySelectorAll(text)]
    .filter((each) => each.getBoundingClientRect().right > edge + 1 && !moved(each))
    .map((each) => each.outerHTML.slice(0, 100))];
}
"""
# A lab draws itself anew some frames after its place has changed.
DRAWN_AGAIN = """
async () => {
  const { documentElement: page } = document;
  for (let i = 0; i < 40 && page.scrollWidth > page.clientWidth; i++) {
    await new Promise((done) => setTimeout(done, 50));
  }
}
"""
