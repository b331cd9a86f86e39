"""POST /invoices/<id>/approval, /rejection and /reopening: five questions each."""

from typing import Any

import pytest
from django.test import Client

from tests import factories, people
from triage.invoices.models import Invoice

pytestmark = pytest.mark.django_db
ACTS = ["approval", "rejection", "reopening"]


@pytest.fixture
def invoice(db: None) -> Invoice:
    """An invoice that waits for a person."""
    return factories.invoice(factories.ticket("Rechnung", queue="billing").messages.get())


@pytest.mark.parametrize(("act", "status"), [("approval", "approved"), ("rejection", "rejected")])
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


@pytest.mark.parametrize(("failure", "status"), [("", "extracted"), ("Blank scan.", "failed")])
def test_a_decision_taken_back_leaves_it_as_it_was(
    desk: Client, invoice: Invoice, failure: str, status: str
) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(
        status="rejected",
        failure=failure,
        decided_by=people.alice(),
        decided_at="2026-11-20T09:00Z",
    )
    desk.post(f"/invoices/{invoice.pk}/reopening")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.decided_by, invoice.decided_at) == (status, None, None)


def test_said_twice_it_counts_once_and_the_first_stands(desk: Client, invoice: Invoice) -> None:
    desk.post(f"/invoices/{invoice.pk}/approval")
    invoice.refresh_from_db()
    first = invoice.decided_at
    dana = people.browser_of(people.dana())
    for act in ("approval", "rejection"):
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
