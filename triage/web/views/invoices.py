"""Invoices: those to review, one beside its document, and a person's word on it."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from triage.invoices import decide
from triage.invoices.models import Invoice
from triage.web.access import may_write, require_write, signed_in
from triage.web.pages.invoice import InvoicePage, neighbours_of
from triage.web.pages.invoices import InvoicesPage
from triage.web.pages.papers import inline_type, policy_for
from triage.web.requests import AgentRequest


@require_safe
@signed_in
def index(request: AgentRequest) -> HttpResponse:
    page = InvoicesPage(drawer=request.GET.get("status", ""), before=request.GET.get("before", ""))
    return render(request, "invoices/index.html", {"page": page})


@require_safe
@signed_in
def show(request: AgentRequest, pk: int) -> HttpResponse:
    invoice = _read(pk)
    page = InvoicePage(invoice, neighbours_of(invoice), may_write=may_write(request.user))
    return render(request, "invoices/show.html", {"page": page, "invoice": invoice})


@require_safe
@signed_in
def as_json(request: AgentRequest, pk: int) -> HttpResponse:
    """The JSON of DESIGN section 7, with where it came from and how it stands."""
    invoice = _read(pk)
    body = {
        **(invoice.data if isinstance(invoice.data, dict) else {}),
        "ticket": invoice.ticket_id,
        "message_id": invoice.message.message_id,
        "attachment": invoice.attachment.filename if invoice.attachment else None,
        "status": invoice.status,
    }
    name = content_disposition_header(True, f"{invoice.number or f'invoice-{pk}'}.json")  # noqa: FBT003 - Django's own signature
    return JsonResponse(body, json_dumps_params={"indent": 2, "ensure_ascii": False},
                        headers={"Content-Disposition": name or "attachment"})  # fmt: skip


@require_safe
@signed_in
def document(request: AgentRequest, pk: int) -> HttpResponse | FileResponse:
    """The attached document, for the frame beside the fields."""
    attachment = _read(pk).attachment
    media_type = inline_type(attachment) if attachment else ""
    if attachment is None or not media_type:
        raise Http404("There is no document that can be shown in a page.")
    return HttpResponse(
        bytes(attachment.blob.content),
        content_type=media_type,
        headers={
            "Content-Disposition": "inline",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": policy_for(media_type),
        },
    )


@require_POST
@signed_in
def approve(request: AgentRequest, pk: int) -> HttpResponse:
    invoice = _write(request, pk)
    if decide.approve(invoice, by=request.user):
        messages.success(request, f"Approved: {invoice}")
    return _onward(invoice)


@require_POST
@signed_in
def reject(request: AgentRequest, pk: int) -> HttpResponse:
    invoice = _write(request, pk)
    if decide.reject(invoice, by=request.user):
        messages.success(request, f"Rejected: {invoice}")
    return _onward(invoice)


@require_POST
@signed_in
def dismiss(request: AgentRequest, pk: int) -> HttpResponse:
    invoice = _write(request, pk)
    if decide.dismiss(invoice, by=request.user):
        messages.success(request, "Put aside: it is not an invoice.")
    return _onward(invoice)


@require_POST
@signed_in
def reopen(request: AgentRequest, pk: int) -> HttpResponse:
    invoice = _write(request, pk)
    decide.reopen(invoice)
    return redirect("invoice", pk)


def _read(pk: int) -> Invoice:
    rows = Invoice.objects.select_related(
        "ticket", "message", "attachment__blob", "decided_by", "call"
    )
    return get_object_or_404(rows, pk=pk)


def _write(request: AgentRequest, pk: int) -> Invoice:
    require_write(request)
    return _read(pk)


def _onward(invoice: Invoice) -> HttpResponse:
    """To the next one to review; to the list after the last."""
    here = neighbours_of(invoice)
    following = here.following or here.previous
    return redirect("invoice", following) if following else redirect("invoices")
