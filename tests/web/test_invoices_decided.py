"""POST /invoices/<id>/approval, /rejection, /dismissal and /reopening: five questions each."""

from typing import Any

import pytest
from django.test import Client

from tests import factories, people
from triage.invoices.models import Invoice

pytestmark = pytest.mark.django_db
ACTS = ["approval", "rejection", "dismissal", "reopening"]


@pytest.fixture
def invoice(db: None) -> Invoice:
    """An invoice that waits for a person."""
    mail = factories.ticket("Rechnung", queue="billing").messages.get()
    return factories.invoice(mail, data={"number": "RE-2026-3391"})


@pytest.mark.parametrize(
    ("act", "status"),
    [("approval", "approved"), ("rejection", "rejected"), ("dismissal", "not-invoice")],
)
def test_a_decision_is_kept_with_who_and_when(
    desk: Client, invoice: Invoice, act: str, status: str
) -> None:
    desk.post(f"/invoices/{invoice.pk}/{act}")
    invoice.refresh_from_db()
    assert invoice.status == status
    assert invoice.decided_by == people.alice()
    assert invoice.decided_at is not None


def test_after_a_decision_the_next_one_is_there(desk: Client, invoice: Invoice) -> None:
    newer = factories.invoice(factories.ticket("Rechnung 2").messages.get())
    answer = desk.post(f"/invoices/{newer.pk}/approval")
    assert answer["Location"] == f"/invoices/{invoice.pk}/"
    assert desk.post(f"/invoices/{invoice.pk}/approval")["Location"] == "/invoices/"


def test_an_invoice_that_could_not_be_read_can_be_rejected_but_not_approved(
    desk: Client, invoice: Invoice
) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(status="failed", failure="The scan is blank.")
    desk.post(f"/invoices/{invoice.pk}/approval")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.decided_by) == ("failed", None)
    desk.post(f"/invoices/{invoice.pk}/rejection")
    invoice.refresh_from_db()
    assert invoice.status == "rejected"


@pytest.mark.parametrize("act", ["approval", "rejection", "dismissal"])
def test_a_decision_taken_back_leaves_it_as_it_was(
    desk: Client, invoice: Invoice, act: str
) -> None:
    desk.post(f"/invoices/{invoice.pk}/{act}")
    desk.post(f"/invoices/{invoice.pk}/reopening")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.decided_by, invoice.decided_at) == ("extracted", None, None)


def test_one_that_was_never_read_goes_back_among_those_that_failed(
    desk: Client, invoice: Invoice
) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(status="failed", data={})
    desk.post(f"/invoices/{invoice.pk}/rejection")
    desk.post(f"/invoices/{invoice.pk}/reopening")
    invoice.refresh_from_db()
    assert invoice.status == "failed"


def test_what_the_machine_said_is_no_invoice_is_not_a_decision_to_take_back(
    desk: Client, invoice: Invoice
) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(status="not-invoice")
    desk.post(f"/invoices/{invoice.pk}/reopening")
    invoice.refresh_from_db()
    assert invoice.status == "not-invoice"


def test_said_twice_it_counts_once_and_the_first_stands(desk: Client, invoice: Invoice) -> None:
    desk.post(f"/invoices/{invoice.pk}/approval")
    invoice.refresh_from_db()
    first = invoice.decided_at
    dana = people.browser_of(people.dana())
    for act in ("approval", "rejection", "dismissal"):
        assert dana.post(f"/invoices/{invoice.pk}/{act}").status_code == 302
    invoice.refresh_from_db()
    assert (invoice.status, invoice.decided_by, invoice.decided_at) == (
        "approved",
        people.alice(),
        first,
    )


def test_taking_back_twice_is_harmless(desk: Client, invoice: Invoice) -> None:
    desk.post(f"/invoices/{invoice.pk}/approval")
    for _ in range(2):
        assert desk.post(f"/invoices/{invoice.pk}/reopening").status_code == 302
    invoice.refresh_from_db()
    assert invoice.status == "extracted"


@pytest.mark.parametrize("act", ACTS)
def test_looking_at_the_address_decides_nothing(desk: Client, invoice: Invoice, act: str) -> None:
    assert desk.get(f"/invoices/{invoice.pk}/{act}").status_code == 405
    assert_untouched(invoice)


@pytest.mark.parametrize("act", ACTS)
def test_a_reader_may_not(looking: Client, invoice: Invoice, act: str) -> None:
    assert looking.post(f"/invoices/{invoice.pk}/{act}").status_code == 403
    assert_untouched(invoice)


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_is_sent_to_the_door(stranger: Client, invoice: Invoice, act: str) -> None:
    answer = stranger.post(f"/invoices/{invoice.pk}/{act}")
    assert (answer.status_code, answer["Location"].startswith("/login/")) == (302, True)
    assert_untouched(invoice)


@pytest.mark.parametrize("act", ACTS)
def test_an_invoice_that_is_not_there_is_404(desk: Client, invoice: Invoice, act: str) -> None:
    assert desk.post(f"/invoices/{invoice.pk + 1}/{act}").status_code == 404


def test_a_form_from_another_site_is_refused(alice: Any, invoice: Invoice) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.post(f"/invoices/{invoice.pk}/approval").status_code == 403
    assert_untouched(invoice)


def assert_untouched(invoice: Invoice) -> None:
    invoice.refresh_from_db()
    assert (invoice.status, invoice.decided_by) == ("extracted", None)
