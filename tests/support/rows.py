"""Made-up rows, alone and in groups."""

from hypothesis import strategies as st

from bench.outputs import SingleLabel
from bench.task import Example

ANIMALS = SingleLabel("cat", "dog", "newt")


def rows_of(**counts: int) -> list[Example]:
    """That many rows of each label, every text another."""
    return [
        Example(f"{label}-{n}", f"{label} number {n}", label)
        for label, count in counts.items()
        for n in range(count)
    ]


# Few words and groups, so that near duplicates and shared groups are common.
TEXTS = st.sampled_from(["a cat", "A cat!", "a  CAT", "a dog", "a dog.", "newt", "", "  ", ":)"])


GROUPS = st.none() | st.sampled_from(["g1", "g2", "g3"])


ROWS = st.lists(
    st.tuples(TEXTS | st.text(max_size=6), st.sampled_from(ANIMALS.labels), GROUPS), max_size=40
).map(lambda raw: [Example(f"r{i}", text, t, group=g) for i, (text, t, g) in enumerate(raw)])
