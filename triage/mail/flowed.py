"""format=flowed (RFC 3676): paragraphs that the sender's program broke into lines."""

import re

_QUOTE = re.compile(r">*")


def unflow(text: str, *, delete_space: bool) -> str:
    """Text with its paragraphs whole again; quoted ones keep their depth as "> "."""
    lines: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = _QUOTE.match(line).end() if line.startswith(">") else 0  # type: ignore[union-attr]
        words = line[depth:].removeprefix(" ")
        if depth == open_depth and words != "-- ":
            lines[-1] += words
        else:
            lines.append(f"{'>' * depth} {words}" if depth else words)
        flows = words.endswith(" ") and words != "-- "
        open_depth = depth if flows else -1
        if flows and delete_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
