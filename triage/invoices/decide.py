"""A person's word on an invoice. Said twice it counts once; of two people at once, the first."""

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from triage.invoices.models import Invoice, Status

# Only what was read can be right; what could not be read can still be put aside.
_APPROVABLE = (Status.EXTRACTED,)
_REJECTABLE = (Status.EXTRACTED, Status.FAILED)
_DECIDED = (Status.APPROVED, Status.REJECTED, Status.NOT_INVOICE)


def approve(invoice: Invoice, *, by: AbstractBaseUser) -> bool:
    """Approve it; False when it was decided already, or was never read."""
    return _decide(invoice, _APPROVABLE, to=Status.APPROVED, by=by)


def reject(invoice: Invoice, *, by: AbstractBaseUser) -> bool:
    """Reject it; False when it was decided already."""
    return _decide(invoice, _REJECTABLE, to=Status.REJECTED, by=by)


def dismiss(invoice: Invoice, *, by: AbstractBaseUser) -> bool:
    """Say that it is no invoice at all; False when it was decided already."""
    return _decide(invoice, _REJECTABLE, to=Status.NOT_INVOICE, by=by)


def reopen(invoice: Invoice) -> bool:
    """Take a person's decision back, so that it waits for review again; False without one."""
    before = Status.EXTRACTED if invoice.data else Status.FAILED
    decided = Invoice.objects.filter(pk=invoice.pk, status__in=_DECIDED, decided_at__isnull=False)
    changed = decided.update(status=before, decided_at=None, decided_by=None)
    invoice.refresh_from_db()
    return bool(changed)


def _decide(
    invoice: Invoice, from_: tuple[Status, ...], *, to: Status, by: AbstractBaseUser
) -> bool:
    changed = Invoice.objects.filter(pk=invoice.pk, status__in=from_).update(
        status=to, decided_at=timezone.now(), decided_by=by
    )
    invoice.refresh_from_db()
    return bool(changed)
