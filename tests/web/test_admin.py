"""/admin/: every model opens with rows in it; what is on the books stays as it is."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests import factories, people
from triage.classification.correct import correct
from triage.classification.models import Correction, Prediction
from triage.ingest.models import Copy, Delivery, Folder, Heartbeat, Mailbox
from triage.invoices.models import Invoice, InvoiceLine
from triage.llm.models import Call, RetiredModel
from triage.tickets.models import (
    Attachment,
    Category,
    Event,
    Message,
    Regrouping,
    Ticket,
    TrustedSender,
)

pytestmark = pytest.mark.django_db
SECRET_BYTES = b"only-in-the-raw-bytes"
OURS = [model for model in apps.get_models() if model.__module__.startswith("triage.")]
HELLO = {
    "address": "hello@example.org",
    "source": "imap",
    "token_version": "1",
    "host": "imap.example.com",
    "port": "993",
    "security": "tls",
    "authentication": "password",
    "handling": "leave",
    "category_folders": "{}",
    "folders-TOTAL_FORMS": "0",
    "folders-INITIAL_FORMS": "0",
}
ON_THE_BOOKS: list[type[Model]] = [Call, Event, Prediction, Delivery, Correction, Invoice, Ticket]


@pytest.fixture
def settings_pages() -> Client:
    """Edith's browser: she sets the desk up."""
    return people.browser_of(people.admin())


@pytest.fixture(autouse=True)
def rows() -> None:
    """At least one row of every model of ours."""
    arrived = factories.delivery(SECRET_BYTES, state=Delivery.State.FAILED)
    inbox = Folder.objects.create(mailbox=factories.mailbox())
    Copy.objects.create(delivery=arrived, folder=inbox, uidvalidity=1, uid=7)
    ticket = factories.ticket()
    mail = ticket.messages.get()
    factories.attachment(mail, content=SECRET_BYTES)
    factories.call(ticket=ticket)
    factories.prediction(ticket)
    correct(ticket, to=factories.category("billing"), by=people.alice())
    invoice = factories.invoice(mail)
    InvoiceLine.objects.create(invoice=invoice, position=1, description="Schirm Alba")
    Regrouping.objects.create(
        kind="merge",
        source=ticket,
        target=ticket,
        messages=[],
        by=people.alice(),
        at=ticket.opened_at,
    )
    TrustedSender.objects.trust("jo.renner@glaswerk.example.org", by=people.alice())
    RetiredModel.objects.create(name="gemini-1.0-pro", reason="404")
    Heartbeat.beat("worker")


def test_every_model_of_ours_is_registered() -> None:
    assert OURS
    assert [model for model in OURS if not admin.site.is_registered(model)] == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_its_list_and_every_row_open(settings_pages: Client, model: type[Model]) -> None:
    row = model._default_manager.first()
    if row is None:
        pytest.fail(f"the fixture makes no {model.__name__}")
    for address in (address_of(model, "changelist"), address_of(model, "change", row.pk)):
        page = settings_pages.get(address)
        assert page.status_code == 200, address
        assert SECRET_BYTES not in page.content, address


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_it_can_be_searched(settings_pages: Client, model: type[Model]) -> None:
    page = settings_pages.get(address_of(model, "changelist"), {"q": "7"})
    assert page.status_code == 200
    assert BeautifulSoup(page.content, "html.parser").select("#searchbar")


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_list_asks_no_more_for_more_rows(
    settings_pages: Client, model: type[Model], django_assert_max_num_queries: Any
) -> None:
    address = address_of(model, "changelist")
    settings_pages.get(address)  # content types are asked for once a process
    with django_assert_max_num_queries(30) as first:
        settings_pages.get(address)
    for number in range(3):
        ticket = factories.ticket(name=f"Jo {number}")
        mail = ticket.messages.get()
        factories.attachment(mail)
        factories.call(ticket=ticket)
        factories.prediction(ticket)
        correct(ticket, to=factories.category("sales"), by=people.alice())
        invoice = factories.invoice(mail)
        InvoiceLine.objects.create(invoice=invoice, position=1)
        factories.delivery()
    with django_assert_max_num_queries(len(first.captured_queries)):
        settings_pages.get(address)


@pytest.mark.parametrize("model", ON_THE_BOOKS, ids=lambda model: model.__name__)
def test_what_is_on_the_books_cannot_be_added_changed_or_deleted(
    settings_pages: Client, model: type[Model]
) -> None:
    row = model._default_manager.first()
    assert row is not None
    before = model._default_manager.values().get(pk=row.pk)
    assert settings_pages.get(address_of(model, "add")).status_code == 403
    for page in ("change", "delete"):
        answer = settings_pages.post(address_of(model, page, row.pk), {"post": "yes"})
        assert answer.status_code == 403
    settings_pages.post(
        address_of(model, "changelist"),
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )
    assert model._default_manager.values().get(pk=row.pk) == before


def test_a_category_gets_another_threshold_but_not_another_slug(settings_pages: Client) -> None:
    billing = factories.category("billing")
    settings_pages.post(
        address_of(Category, "change", billing.pk),
        {"name": "Bills", "meaning": "Money.", "threshold": "0.65", "slug": "x", "position": "9"},
    )
    changed = Category.objects.get(pk=billing.pk)
    assert (changed.name, str(changed.threshold)) == ("Bills", "0.65")
    assert (changed.slug, changed.position) == ("billing", 2)


@pytest.mark.parametrize("threshold", ["1.01", "-0.1", "lots"])
def test_a_threshold_that_is_none_is_refused(settings_pages: Client, threshold: str) -> None:
    billing = factories.category("billing")
    answer = settings_pages.post(
        address_of(Category, "change", billing.pk),
        {"name": "Bills", "meaning": "Money.", "threshold": threshold},
    )
    assert answer.status_code == 200
    assert BeautifulSoup(answer.content, "html.parser").select(".errorlist")


def test_there_are_four_categories_and_no_fifth(settings_pages: Client) -> None:
    assert settings_pages.get(address_of(Category, "add")).status_code == 403


def test_a_mailbox_shows_where_its_mail_is_posted(settings_pages: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://desk.example.com"
    ours = Mailbox.objects.get()
    page = settings_pages.get(address_of(Mailbox, "change", ours.pk)).content.decode()
    assert f"https://desk.example.com/inbound/raw/{ours.inbound_token}/" in page


def test_a_new_mailbox_can_be_made_with_its_password(settings_pages: Client) -> None:
    settings_pages.post(address_of(Mailbox, "add"), {**HELLO, "new_secret": " lamp light "})
    assert Mailbox.objects.get(address="hello@example.org").secret == " lamp light "


def test_a_password_never_comes_out_again_and_stays_when_none_is_typed(
    settings_pages: Client,
) -> None:
    hello = Mailbox(address="hello@example.org", source="imap")
    hello.secret, hello.client_secret = "lamp light", "client light"
    hello.save()
    address = address_of(Mailbox, "change", hello.pk)
    page = settings_pages.get(address).content.decode()
    for secret in ("lamp light", "client light", hello.sealed_secret, hello.sealed_client_secret):
        assert secret not in page
    settings_pages.post(address, {**HELLO, "host": "imap.example.org", "new_client_secret": "new"})
    hello.refresh_from_db()
    assert (hello.host, hello.secret, hello.client_secret) == (
        "imap.example.org",
        "lamp light",
        "new",
    )


def test_a_retired_model_can_be_asked_again(settings_pages: Client) -> None:
    retired = RetiredModel.objects.get()
    settings_pages.post(address_of(RetiredModel, "delete", retired.pk), {"post": "yes"})
    assert not RetiredModel.objects.exists()


def test_no_page_fetches_raw_bytes_by_the_way(
    settings_pages: Client, django_assert_max_num_queries: Any
) -> None:
    mail = factories.message(factories.ticket(), delivery=factories.delivery(SECRET_BYTES * 2))
    copy = Copy.objects.get()
    with django_assert_max_num_queries(60) as asked:
        for model in (Message, Attachment, Copy, Delivery):
            settings_pages.get(address_of(model, "changelist"))
        settings_pages.get(address_of(Message, "change", mail.pk))
        settings_pages.get(address_of(Copy, "change", copy.pk))
    assert [query["sql"] for query in asked.captured_queries if '"raw"' in query["sql"]] == []


def test_the_pages_carry_our_name_and_sign(settings_pages: Client) -> None:
    page = BeautifulSoup(settings_pages.get("/admin/").content, "html.parser")
    assert page.title is not None
    assert page.title.text.strip().endswith("Triage")
    assert page.select("link[rel=icon]")


@pytest.mark.parametrize("person", ["alice", "bob", "dana"])
def test_people_without_an_administrators_rights_stay_outside(person: str) -> None:
    browser = people.browser_of(getattr(people, person)())
    assert browser.get("/admin/llm/call/").status_code == 302


def address_of(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
