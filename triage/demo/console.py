"""What the person in front of the terminal reads."""

from datetime import datetime
from typing import TextIO


class Console:
    """Lines to a terminal that may close at any moment."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def say(self, text: str = "") -> None:
        """One line, at once; a closed terminal or pipe is no reason to fail while stopping."""
        try:
            self.out.write(f"{text}\n")
            self.out.flush()
        except (OSError, ValueError):
            return

    def note(self, text: str) -> None:
        """One line with the time of day, for what happens after the start."""
        self.say(f"{datetime.now().astimezone():%H:%M:%S}  {text}")
