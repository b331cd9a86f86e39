"""How sure a machine is: a figure of 100, one to four pencil strokes, a word."""

from dataclasses import dataclass

# Where the strokes change, from LOOK.md: below 50, from 50, from 75, from 92.
_STEPS = ((50, 1, "a guess"), (75, 2, "unsure"), (92, 3, "likely"), (101, 4, "sure"))


@dataclass(frozen=True, slots=True)
class Sureness:
    """`figure` is 0 to 100; certainty (step 4) hides it in lists."""

    figure: int
    step: int
    word: str

    @property
    def is_certain(self) -> bool:
        return self.step == 4


def sureness(figure: int | None) -> Sureness | None:
    """The drawing for a confidence of 0 to 100; None for None."""
    if figure is None:
        return None
    figure = min(max(figure, 0), 100)
    step, word = next((step, word) for below, step, word in _STEPS if figure < below)
    return Sureness(figure, step, word)
