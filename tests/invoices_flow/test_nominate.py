"""Sorted mail is searched: what is structured is read at once, the rest is lined up."""

import pytest
from django.contrib.auth.models import User

from tests import factories, people
from tests.gemini import GeminiDouble
from tests.invoices.builders import cii, pdf, ubl
from tests.invoices_flow.papers import LETTER, look, mail, make_due, waiting
from triage.classification.correct import correct
from triage.invoices import nominate, structured
from triage.invoices.models import Invoice
from triage.tickets.models import Event, Message, Ticket

pytestmark = pytest.mark.django_db

HYBRID = ("RL-2026-0417.pdf", pdf({"factur-x.xml": cii()}))
SCAN = ("invoice.pdf", pdf())


class Death(BaseException):
    """The process ends in the middle."""


@pytest.mark.parametrize("queue", ["billing", "support", "sales"])
def test_an_e_invoice_is_read_on_the_spot_wherever_it_is_sorted(
    queue: str, gemini: GeminiDouble
) -> None:
    message = mail(HYBRID, queue=queue)
    assert look() == 1
    invoice = Invoice.objects.get()
    assert (invoice.status, invoice.source, invoice.number) == (
        "extracted", "facturx", "RL-2026-0417",
    )  # fmt: skip
    assert (invoice.message, invoice.ticket) == (message, message.ticket)
    assert invoice.lines.count() == 2
    assert invoice.call is None
    assert Event.objects.get().kind == Event.Kind.INVOICE_READ
    assert not gemini.requests
    assert look() == 0


def test_what_spam_carries_is_not_opened() -> None:
    mail(HYBRID, SCAN, queue="spam", text=LETTER)
    assert look() == 1
    assert not Invoice.objects.exists()


def test_a_paper_in_billing_mail_is_lined_up_for_the_model() -> None:
    message = mail(SCAN, ("reminder.pdf", pdf(pages=2)))
    look()
    (invoice,) = waiting()
    assert invoice.attachment == message.attachments.get(filename="invoice.pdf")
    assert invoice.status == "pending"


@pytest.mark.parametrize("queue", ["support", "sales", None])
def test_a_paper_elsewhere_costs_nothing(queue: str | None) -> None:
    mail(SCAN, queue=queue, text=LETTER)
    look()
    assert not Invoice.objects.exists()


def test_beside_an_e_invoice_its_picture_is_not_asked_about() -> None:
    mail(("RL-2026-0417.xml", ubl()), ("RL-2026-0417.pdf", pdf()))
    look()
    assert Invoice.objects.get().source == "ubl"
    assert not waiting()


def test_a_letter_that_is_an_invoice_is_lined_up_itself() -> None:
    message = mail(text=LETTER)
    look()
    (invoice,) = waiting()
    assert (invoice.message, invoice.attachment) == (message, None)


@pytest.mark.parametrize(
    "text", ["Where is my invoice?", "The total is 397.65 EUR.", "Invoice: total 397.65 EUR."]
)
def test_a_letter_that_only_speaks_of_one_is_not(text: str) -> None:
    mail(text=text)
    look()
    assert not Invoice.objects.exists()


def test_a_broken_e_invoice_is_kept_in_sight_with_the_reason() -> None:
    mail(("factur-x.xml", cii()[:400]))
    look()
    invoice = Invoice.objects.get()
    assert invoice.status == "failed"
    assert invoice.failure
    assert Event.objects.get().kind == Event.Kind.INVOICE_FAILED


def test_before_the_mail_is_sorted_nothing_is_opened() -> None:
    message = mail(HYBRID)
    Ticket.objects.update(triage_due_at="2026-11-20T09:00Z")
    assert look() == 0
    Ticket.objects.update(triage_due_at=None)
    assert look() == 1
    assert Invoice.objects.get().message == message


def test_looked_through_again_it_makes_no_second_invoice_and_keeps_a_person_s_word() -> None:
    message = mail(HYBRID)
    look()
    Invoice.objects.update(status=Invoice.Status.APPROVED, number="as approved")
    correct(message.ticket, to=factories.category("support"), by=_alice())
    correct(message.ticket, to=factories.category("billing"), by=_alice())
    assert look() == 1
    invoice = Invoice.objects.get()
    assert (invoice.status, invoice.number) == ("approved", "as approved")


def test_corrected_to_billing_a_paper_is_asked_about_after_all() -> None:
    message = mail(SCAN, queue="support")
    look()
    correct(message.ticket, to=factories.category("billing"), by=_alice())
    look()
    assert len(waiting()) == 1


def test_a_paper_that_provokes_an_error_stops_no_other_and_is_left_to_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poison = _poisonous(monkeypatch, RecursionError("deep"))
    before, bad, after = mail(HYBRID), mail(poison), mail(HYBRID)
    assert look() == 3
    found = [Invoice.objects.get(message=each).status for each in (before, bad, after)]
    assert found == ["extracted", "failed", "extracted"]
    assert "RecursionError" in Invoice.objects.get(message=bad).failure
    assert not Message.objects.exclude(invoice_look_due_at=None).exists()


def test_a_paper_that_kills_the_process_is_left_to_people_and_its_company_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poison = _poisonous(monkeypatch, Death())
    bad = mail(poison)
    others = [mail(HYBRID) for _ in range(3)]
    for _ in range(nominate.MAX_ATTEMPTS):
        with pytest.raises(Death):
            look()
        make_due()
    look()
    assert "stopped the worker 3 times" in Invoice.objects.get(message=bad).failure
    read = Invoice.objects.filter(message__in=others, status="extracted")
    assert read.count() == len(others)


def test_after_a_mail_that_was_tried_before_no_other_is_claimed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poison = _poisonous(monkeypatch, Death())
    first, bad, last = mail(HYBRID), mail(poison), mail(HYBRID)
    Message.objects.filter(pk=bad.pk).update(invoice_look_attempts=1)
    with pytest.raises(Death):
        look()
    attempts = Message.objects.order_by("pk").values_list("invoice_look_attempts", flat=True)
    assert list(attempts) == [1, 2, 0]
    assert Invoice.objects.get().message == first
    assert last.invoices.count() == 0


def test_of_a_hundred_attachments_the_first_fifty_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nominate, "MAX_ATTACHMENTS", 2)
    mail(SCAN, ("facture.pdf", pdf(pages=2)), ("rechnung.pdf", pdf(pages=3)))
    look()
    assert [each.attachment and each.attachment.filename for each in waiting()] == [
        "invoice.pdf", "facture.pdf",
    ]  # fmt: skip


def _alice() -> User:
    return people.alice()


def _poisonous(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> tuple[str, bytes]:
    """A paper whose reading ends like this."""
    content = cii(("RL-2026-0417", "POISON"))
    read = structured.read

    def choking(data: bytes, *, filename: str = "", content_type: str = "") -> object:
        if data == content:
            raise error
        return read(data, filename=filename, content_type=content_type)

    monkeypatch.setattr(structured, "read", choking)
    return "poison.xml", content
