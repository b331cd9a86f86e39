"""Who may see and do what. A view begins here and gets the object, or the visitor gets an answer.

Anybody signed in may read and work tickets. Members of the group `readers` may only look; the
group `supervisors` and staff also see money and settings.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from triage.classification.models import Correction
from triage.tickets.models import Attachment, Message, Ticket
from triage.web.requests import AgentRequest

READERS = "readers"
SUPERVISORS = "supervisors"
MOST_AT_ONCE = 200

P = ParamSpec("P")
AgentView = Callable[Concatenate[AgentRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in(view: AgentView[P]) -> View[P]:
    """Only for people who are signed in; others are sent to the log-in page and back."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_login(request)
        return view(cast(AgentRequest, request), *args, **kwargs)

    return guarded


def supervisors_only(view: AgentView[P]) -> View[P]:
    """Only for supervisors; other people who are signed in get 403."""

    @signed_in
    @wraps(view)
    def guarded(request: AgentRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_supervisor(request.user):
            raise PermissionDenied("Costs and settings are for supervisors.")
        return view(request, *args, **kwargs)

    return guarded


def is_supervisor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """May see money and settings."""
    return isinstance(user, User) and (user.is_staff or SUPERVISORS in _groups(user))


def may_write(user: AbstractBaseUser | AnonymousUser) -> bool:
    """May change tickets."""
    return isinstance(user, User) and READERS not in _groups(user)


def require_write(request: AgentRequest) -> None:
    """Raises PermissionDenied (403) for somebody who may only look."""
    if not may_write(request.user):
        raise PermissionDenied("You may look, but not change anything.")


def ticket_read(request: AgentRequest, pk: int) -> Ticket:
    """The ticket, with what its page names; Http404."""
    return get_object_or_404(
        Ticket.objects.select_related(
            "category", "category_set_by", "requester", "mailbox", "assignee", "closed_by"
        ),
        pk=pk,
    )


def ticket_write(request: AgentRequest, pk: int) -> Ticket:
    """The ticket, to change it; Http404, PermissionDenied."""
    require_write(request)
    return ticket_read(request, pk)


def tickets_write(request: AgentRequest) -> list[Ticket]:
    """The posted selection, to change it: those of its tickets that there are; PermissionDenied."""
    require_write(request)
    return list(
        Ticket.objects.select_related("category", "requester")
        .filter(pk__in=_numbers(request, "ticket"))
        .order_by("pk")
    )


def corrections_write(request: AgentRequest) -> list[Correction]:
    """The posted corrections, to take them back; PermissionDenied."""
    require_write(request)
    found = Correction.objects.filter(pk__in=_numbers(request, "correction"))
    return list(found.select_related("ticket").order_by("pk"))


def correction_write(request: AgentRequest, pk: int) -> Correction:
    """The correction, to take it back; Http404, PermissionDenied."""
    require_write(request)
    return get_object_or_404(Correction.objects.select_related("ticket", "to_category"), pk=pk)


def attachment_read(request: AgentRequest, pk: int) -> Attachment:
    """The attachment with its bytes; Http404."""
    return get_object_or_404(Attachment.objects.select_related("blob"), pk=pk)


def message_read(request: AgentRequest, pk: int) -> Message:
    """The message; Http404."""
    return get_object_or_404(Message.objects.select_related("ticket"), pk=pk)


def _numbers(request: AgentRequest, name: str) -> list[int]:
    # A selection is made on one page by hand; more than that is not one.
    texts = request.POST.getlist(name)[:MOST_AT_ONCE]
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]


def _groups(user: User) -> frozenset[str]:
    # Asked several times a page, and the same all through it.
    known: frozenset[str] | None = getattr(user, "_group_names", None)
    if known is None:
        known = frozenset(user.groups.values_list("name", flat=True))
        user._group_names = known  # type: ignore[attr-defined]
    return known


def _to_login(request: HttpRequest) -> HttpResponseBase:
    if getattr(request, "htmx", False):
        # A redirect would be followed by htmx and the log-in page put into a corner of this one.
        return HttpResponseClientRedirect(resolve_url("login"))
    return redirect_to_login(request.get_full_path())
