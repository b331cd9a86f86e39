"""The one way reading a structured invoice fails."""

from __future__ import annotations


class Unreadable(Exception):
    """The attachment is (or should hold) a structured invoice, but it is broken.

    `reason` is one sentence for staff. Permanent: reading the same bytes again will not help.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
