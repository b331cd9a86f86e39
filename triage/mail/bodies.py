"""Which parts of the tree are the text, the HTML and the files (RFC 8621, 4.1.4)."""

from dataclasses import dataclass, field

from triage.mail.mime import Part

_TEXTS = frozenset({"text/plain", "text/html"})


@dataclass(slots=True)
class Bodies:
    """Parts to read as text, parts to show as HTML, and files, each in the order of the mail."""

    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)


def sort_parts(root: Part) -> Bodies:
    """The parts of a mail by their use. Pictures are files even where a body shows them."""
    bodies = Bodies()
    _Sorter(bodies).sort([root], "mixed", frozenset())
    return bodies


def part_name(part: Part) -> str:
    """The file name a part gives itself, or ""."""
    return part.disposition.get("filename") or part.content_type.get("name")


class _Sorter:
    """Recurses at most `limits.MIME_DEPTH` deep, because the tree is no deeper."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies

    def sort(self, parts: list[Part], kind: str, closed: frozenset[str]) -> None:
        """`kind` is the multipart's subtype; `closed` names the bodies an alternative has ruled
        out for what follows ("text", "html"), and holds "alternative" inside one."""
        text_before, html_before = len(self._bodies.text), len(self._bodies.html)
        for position, part in enumerate(parts):
            if part.is_multipart and part.children:
                self._descend(part, closed)
            elif part.is_multipart and not part.raw().strip():
                continue
            elif not self._is_body(part, position, kind):
                self._bodies.files.append(part)
            elif kind == "alternative":
                (
                    self._bodies.text
                    if part.content_type.kind == "text/plain"
                    else self._bodies.html
                ).append(part)
            else:
                closed = self._add(part, closed)
        if kind == "alternative" and not closed & {"text", "html"}:
            self._fill(text_before, html_before)

    def _descend(self, part: Part, closed: frozenset[str]) -> None:
        kind = part.content_type.kind.partition("/")[2]
        self.sort(
            part.children, kind, closed | {"alternative"} if kind == "alternative" else closed
        )

    def _is_body(self, part: Part, position: int, kind: str) -> bool:
        if part.disposition.kind == "attachment" or part.content_type.kind not in _TEXTS:
            return False
        if position == 0:
            return True
        return kind != "related" and not part_name(part)

    def _add(self, part: Part, closed: frozenset[str]) -> frozenset[str]:
        if "alternative" in closed:
            closed |= {"html"} if part.content_type.kind == "text/plain" else {"text"}
        if "text" not in closed:
            self._bodies.text.append(part)
        if "html" not in closed:
            self._bodies.html.append(part)
        return closed

    def _fill(self, text_before: int, html_before: int) -> None:
        text, html = self._bodies.text, self._bodies.html
        if len(text) == text_before:
            text.extend(html[html_before:])
        elif len(html) == html_before:
            html.extend(text[text_before:])
