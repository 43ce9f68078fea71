"""What a lab writes to the page, and when: nothing twice, and what takes long after the frame."""

import re

import pytest
from asked import others, state_traits

from momentum.lab import EscapeLab


def test_nothing_is_written_that_stands_there(open_lab, lab):
    """What is written is laid out and painted again, whether or not it has changed."""
    page = open_lab()
    page.evaluate(
        """() => {
          window.records = [];
          const writing = new MutationObserver((some) => records.push(...some));
          writing.observe(labs()[0], {
            attributes: true, characterData: true, subtree: true,
            attributeOldValue: true, characterDataOldValue: true,
          });
        }"""
    )
    initial = {key: each for key, each in page.evaluate("state").items() if key in state_traits(lab)}
    twice, written = {}, 0
    for name, trait in state_traits(lab).items():
        count, same = page.evaluate(
            """async ([initial, values]) => {
              records.length = 0;
              for (const each of values) await put(each);
              await put(initial);
              const history = new Map();
              for (const { target, attributeName, oldValue } of records) {
                if (!history.has(target)) history.set(target, {});
                (history.get(target)[attributeName ?? "text"] ??= []).push(oldValue);
              }
              const same = [];
              for (const [target, values] of history)
                for (const [key, olds] of Object.entries(values)) {
                  const all = [...olds, key === "text" ? target.data : target.getAttribute(key)];
                  if (all.some((each, i) => i && each === all[i - 1]))
                    same.push(`${target.parentNode.outerHTML.slice(0, 80)} ${key}`);
                }
              return [records.length, same];
            }""",
            [initial, [{name: value} for value in others(trait, initial[name])]],
        )
        written += count
        if same:
            twice[name] = same
    assert written > 50
    assert twice == {}


@pytest.mark.parametrize("lab", [EscapeLab], indirect=True)
def test_the_map_of_a_new_state_follows_the_one_before(open_lab):
    """It is made after the frames, in which the strip is never empty, and is that of Python in the end."""
    page = open_lab()
    filled = page.evaluate(
        """async () => {
          const filled = [];
          for (const tilt of [0.1, 0.12, 0.14, 0.16, 0.18, 0.3]) {
            model.set("tilt", tilt);
            await frame();
            await frame();
            filled.push([...document.querySelectorAll(".lab-drawing path[fill][d^=M]")].length);
          }
          return filled;
        }"""
    )
    assert min(filled) > 0
    page.wait_for_function("!words().includes('being computed') && words().includes('Over')")
    state = page.evaluate("state")
    lab = EscapeLab(**{name: state[name] for name in EscapeLab.state_traits()})
    lab.close()
    named = page.locator(".lab-drawing g:has(> path) > text[text-anchor=middle]:not([visibility=hidden])")
    shown = [text for text in named.all_text_contents() if re.fullmatch(r"0\.\d{3,4}", text)]
    assert shown[0] == f"{lab.thresholds[0]:.{3 if lab.thresholds[0] < 0.99 else 4}f}"
    assert set(shown) <= {f"{mu:.{3 if mu < 0.99 else 4}f}" for mu in lab.thresholds}
