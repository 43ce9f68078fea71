"""Proofs on the page: each ends with one square, wherever its last words stand."""

from playwright.sync_api import Browser

COUNT = """
() => {
  const ends = (one) => getComputedStyle(one, "::after").content.includes("\\u25a1");
  return [...document.querySelectorAll(".proof.admonition:not(:has(> .admonition-title))")].map((proof) =>
    [...proof.querySelectorAll("p")].filter(ends).length);
}
"""


def test_each_proof_ends_with_one_square(chromium: Browser, address: str, pages: list[str]) -> None:
    page = chromium.new_page(service_workers="block")
    counts = {}
    for name in pages:
        if name.startswith("chapters/"):
            page.goto(address + name, wait_until="domcontentloaded")
            counts[name] = page.evaluate(COUNT)
    page.close()
    assert sum(map(len, counts.values())) > 40
    assert {name: found for name, found in counts.items() if set(found) - {1}} == {}
