"""The protocol between our pages and htmx, and the only place that knows it.

An answer is a row of parts. Each carries its own id and `hx-swap-oob`, so that it replaces what
stands on the page under that id.
"""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from triage.web.requests import AgentRequest


@dataclass(frozen=True, slots=True)
class Part:
    """A template and what it draws."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Toast:
    """What was just done, for eight seconds; `undo_url` takes it back by POST of `undo_fields`."""

    words: str
    category: str = ""
    undo_url: str = ""
    undo_fields: list[tuple[str, int]] = field(default_factory=list)
    is_refusal: bool = False


def is_fragment(request: AgentRequest) -> bool:
    """Asked by htmx for a part of the page; a history restore wants the whole of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def is_from(request: AgentRequest, path: str) -> bool:
    """Asked from the page at `path`."""
    return (request.htmx.current_url_abs_path or "").partition("?")[0] == path


def answer(request: AgentRequest, *parts: Part, toast: Toast | None = None) -> HttpResponse:
    """The parts one after the other, with the side bar's counts and the toast."""
    frame = [
        Part("desk/_tabs.html", {}),
        Part("desk/_dock.html", {}),
        Part("queues/_count.html", {}),
    ]
    said = [Part("desk/_toast.html", {"toast": toast})] if toast else []
    html = "".join(
        render_to_string(part.template, {**part.context, "out_of_band": True}, request)
        for part in [*parts, *frame, *said]
    )
    return HttpResponse(html)
