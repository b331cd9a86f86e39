"""format=flowed (RFC 3676): paragraphs that the sender's program broke into lines."""

from dataclasses import dataclass

_SIGNATURE = "-- "


@dataclass(frozen=True, slots=True)
class _Line:
    depth: int
    words: str

    @property
    def flows(self) -> bool:
        return self.words.endswith(" ") and self.words != _SIGNATURE

    def continues(self, line: "_Line") -> bool:
        return self.depth == line.depth and self.words != _SIGNATURE


def unflow(text: str, *, delete_space: bool) -> str:
    """Text with its paragraphs whole again; quoted ones keep their depth as "> "."""
    paragraphs: list[str] = []
    pieces: list[str] = []
    lines = [_line(each) for each in text.split("\n")]
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        pieces.append(line.words[:-1] if line.flows and delete_space else line.words)
        if not (line.flows and following and following.continues(line)):
            marks = ">" * line.depth + " " if line.depth else ""
            paragraphs.append(marks + "".join(pieces))
            pieces = []
    return "\n".join(paragraphs)


def _line(line: str) -> _Line:
    words = line.lstrip(">")
    return _Line(len(line) - len(words), words.removeprefix(" "))
