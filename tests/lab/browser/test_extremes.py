"""The largest and the smallest values of everything: what a reader seldom asks, and many at that."""

from asked import contexts, others, state_traits


def test_no_number_that_is_none_is_drawn(open_lab, lab):
    """The largest and the smallest values of everything, one at a time, under every choice."""
    page = open_lab()
    initial = page.evaluate("state")
    extremes = [
        {**context, name: value}
        for context in contexts(lab)
        for name, trait in state_traits(lab).items()
        if name not in context
        for value in others(trait, initial[name])[-2:]
    ]
    wrong = page.evaluate(
        r"""async ([initial, extremes]) => {
          const wrong = [];
          for (const values of extremes) {
            await put({ ...initial, ...values });
            if (/NaN|Infinity|undefined|\d{6,}\.|e\+\d/.test(drawing())) wrong.push(values);
          }
          return wrong;
        }""",
        [{name: initial[name] for name in state_traits(lab)}, extremes],
    )
    assert wrong == []
