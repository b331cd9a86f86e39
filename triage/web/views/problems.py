"""Mail that could not be handled: seen by everybody, replayed by whoever may write."""

from django.contrib import messages
from django.db.models import BinaryField, QuerySet
from django.db.models.functions import Substr
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from triage.ingest.models import Delivery
from triage.ingest.process import replay
from triage.tasks import ring_process
from triage.web.access import may_write, require_write, signed_in
from triage.web.pages.amounts import size
from triage.web.pages.papers import SEALED
from triage.web.pages.problems import ProblemsPage
from triage.web.requests import AgentRequest

# What a browser lays out at once without a pause; the whole mail is a download.
RAW_SHOWN = 256 * 1024


@require_safe
@signed_in
def index(request: AgentRequest) -> HttpResponse:
    page = ProblemsPage(
        before=request.GET.get("before", ""),
        may_write=may_write(request.user),
        may_mend=request.user.is_staff,
    )
    return render(request, "problems/index.html", {"page": page})


@require_POST
@signed_in
def replay_all(request: AgentRequest) -> HttpResponse:
    require_write(request)
    return _replayed(request, Delivery.objects.failed())


@require_POST
@signed_in
def replay_one(request: AgentRequest, pk: int) -> HttpResponse:
    require_write(request)
    found = Delivery.objects.filter(pk=pk)
    if not found.exists():
        raise Http404("There is no such delivery.")
    return _replayed(request, found)


@require_safe
@signed_in
def raw(request: AgentRequest, pk: int) -> HttpResponse:
    """The mail as it came, to look at; with `?download` the whole of it, as a file."""
    if "download" in request.GET:
        delivery = get_object_or_404(Delivery, pk=pk)
        return _sealed(
            bytes(delivery.raw),
            content_type="message/rfc822",
            disposition=f'attachment; filename="delivery-{pk}.eml"',
        )
    shown = Substr("raw", 1, RAW_SHOWN, output_field=BinaryField())
    row = Delivery.objects.filter(pk=pk).values("size", beginning=shown).first()
    if row is None:
        raise Http404("There is no such delivery.")
    # Bytes that are no UTF-8 stay legible as \xe9 instead of all turning into the same sign.
    text = bytes(row["beginning"]).decode("utf-8", "backslashreplace")
    if row["size"] > RAW_SHOWN:
        text += f"\n\n[{size(row['size'] - RAW_SHOWN)} more: add ?download to the address]\n"
    return _sealed(text.encode(), content_type="text/plain; charset=utf-8", disposition="inline")


def _replayed(request: AgentRequest, deliveries: QuerySet[Delivery]) -> HttpResponse:
    number = replay(deliveries, by=request.user)
    ring_process()
    mails = "1 mail is" if number == 1 else f"{number:,} mails are"
    messages.info(
        request, f"{mails} being read again." if number else "Nothing was left to replay."
    )
    return redirect("problems")


def _sealed(content: bytes, *, content_type: str, disposition: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": disposition,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": SEALED,
        },
    )
