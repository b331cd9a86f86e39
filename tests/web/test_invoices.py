"""/invoices/: the list, the page beside the document, the JSON."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from tests import factories, people
from tests.renner import LOOSE, PDF, WRONG_NET, renner
from triage.invoices.models import Invoice

pytestmark = pytest.mark.django_db


def test_those_to_review_stand_first(desk: Client) -> None:
    waiting = renner(number="RE-1")
    failed = renner(number="", supplier="", status="failed", failure="The scan is blank.")
    renner(number="RE-3", status="approved")
    renner(number="RE-4", status="not-invoice")
    assert links(desk.get("/invoices/")) == [
        f"/invoices/{failed.pk}/",
        f"/invoices/{waiting.pk}/",
    ]


@pytest.mark.parametrize(
    ("tab", "status"),
    [
        ("failed", "failed"),
        ("waiting", "pending"),
        ("approved", "approved"),
        ("rejected", "rejected"),
        ("not-invoice", "not-invoice"),
    ],
)
def test_each_tab_shows_its_own(desk: Client, tab: str, status: str) -> None:
    wanted = renner(status=status)
    renner(status="extracted")
    assert links(desk.get(f"/invoices/?status={tab}")) == [f"/invoices/{wanted.pk}/"]


def test_an_unknown_tab_is_the_first_one(desk: Client) -> None:
    waiting = renner()
    assert links(desk.get("/invoices/?status=%00lost")) == [f"/invoices/{waiting.pk}/"]


def test_an_empty_tab_says_that_this_is_good(desk: Client) -> None:
    assert "Every invoice has been decided" in desk.get("/invoices/").content.decode()


def test_older_invoices_follow_page_by_page_and_none_twice(desk: Client, settings: Any) -> None:
    settings.PAGE_SIZE = 3
    now = timezone.now()
    made = [renner(number=f"RE-{number}") for number in range(8)]
    # Three share a moment: the cursor must go on within it.
    for number, invoice in enumerate(made):
        at = now - timedelta(hours=number // 3)
        Invoice.objects.filter(pk=invoice.pk).update(created_at=at)
    seen: list[str] = []
    address = "/invoices/"
    while address:
        page = desk.get(address)
        seen += links(page)
        older = soup(page).select_one(".list__end a")
        address = older["href"] if older else ""
    assert sorted(seen) == sorted(f"/invoices/{invoice.pk}/" for invoice in made)


def test_a_cursor_that_is_none_begins_at_the_beginning(desk: Client) -> None:
    invoice = renner()
    assert links(desk.get("/invoices/?before=nonsense")) == [f"/invoices/{invoice.pk}/"]


def test_the_list_asks_the_same_number_of_questions_for_ten_rows_and_for_forty(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        renner(number=f"RE-{number}")
    with django_assert_max_num_queries(25) as first:
        desk.get("/invoices/")
    for number in range(30):
        renner(number=f"RE-9{number}")
    with django_assert_max_num_queries(len(first.captured_queries)):
        assert len(links(desk.get("/invoices/"))) == 40


def test_the_page_shows_what_the_document_says(desk: Client) -> None:
    page = soup(desk.get(f"/invoices/{renner().pk}/"))
    assert value(page, "supplier-name") == "Glaswerk Renner"
    assert value(page, "supplier-iban") == "DE89 3704 0044 0532 0130 00"
    assert value(page, "issue_date") == "20 November 2026"
    assert value(page, "total_gross") == "1,447.04"
    assert [row.th.text for row in page.select(".goods tbody tr")] == [
        "Schirm Alba, Opalglas",
        "Schirm Fenna, <b>klar</b>",
    ]
    assert page.select_one(".goods tfoot .figure").text == "1,216.00"


def test_what_the_document_does_not_say_is_left_open(desk: Client) -> None:
    page = soup(desk.get(f"/invoices/{renner().pk}/"))
    assert value(page, "prepaid") == ""
    assert page.select_one("#prepaid")["placeholder"] == "not in the document"


def test_a_problem_is_marked_at_its_field(desk: Client) -> None:
    page = soup(desk.get(f"/invoices/{renner(problems=[LOOSE, WRONG_NET]).pk}/"))
    wrong = page.select("[aria-invalid]")
    assert [field["id"] for field in wrong] == ["total_net"]
    notice = page.select_one(f"#{wrong[0]['aria-describedby']}")
    assert WRONG_NET["message"] in notice.text
    assert notice.select_one(".line__no").text == "1"
    assert "Approve with 2 problems" in page.select_one(".acts").text


def test_no_green_button_while_a_check_fails(desk: Client) -> None:
    assert soup(desk.get(f"/invoices/{renner().pk}/")).select(".acts .button--first")
    wrong = renner(problems=[WRONG_NET])
    assert not soup(desk.get(f"/invoices/{wrong.pk}/")).select(".acts .button--first")


def test_one_that_could_not_be_read_says_why_and_offers_no_approval(desk: Client) -> None:
    blank = renner(status="failed", failure="The scan is blank.", data={})
    page = soup(desk.get(f"/invoices/{blank.pk}/"))
    assert "The scan is blank." in page.select_one(".notice--signal").text
    assert page.select(f'form[action="/invoices/{blank.pk}/rejection"]')
    assert not page.select(f'form[action="/invoices/{blank.pk}/approval"]')


@pytest.mark.parametrize("data", [{}, [], {"type": "poem"}, {"problems": "none"}, None, "text"])
def test_facts_of_another_shape_make_no_error_page(desk: Client, data: Any) -> None:
    odd = renner()
    Invoice.objects.filter(pk=odd.pk).update(data=data if data is not None else {})
    assert desk.get(f"/invoices/{odd.pk}/").status_code == 200


def test_it_says_who_read_it_and_for_how_much(desk: Client) -> None:
    call = factories.call("extract", "0.002091", model_served="gemini-3.5-flash-lite")
    paid = soup(desk.get(f"/invoices/{renner(call=call).pk}/")).select_one(".pencil").text
    assert "Read by gemini-3.5-flash-lite" in paid
    assert "$0.002\u202f091" in paid
    free = soup(desk.get(f"/invoices/{renner(source='facturx').pk}/")).select_one(".pencil").text
    assert "no model, no cost" in free


def test_an_unknown_cost_is_said_to_be_unknown(desk: Client) -> None:
    call = factories.call("extract", None)
    page = soup(desk.get(f"/invoices/{renner(call=call).pk}/"))
    assert "at a cost nobody knows" in page.select_one(".pencil").text


def test_its_place_among_those_to_review_is_said(desk: Client) -> None:
    oldest, middle, newest = renner(), renner(), renner()
    page = soup(desk.get(f"/invoices/{middle.pk}/"))
    assert "2 of 3 to review" in page.text
    assert page.select_one("[aria-label^=Previous]")["href"] == f"/invoices/{newest.pk}/"
    assert page.select_one("[aria-label^=Next]")["href"] == f"/invoices/{oldest.pk}/"


def test_the_json_is_the_contract_with_its_origin(desk: Client) -> None:
    invoice = renner(problems=[WRONG_NET])
    answer = desk.get(f"/invoices/{invoice.pk}/json/")
    assert answer.json() == {
        **invoice.data,
        "ticket": invoice.ticket_id,
        "message_id": invoice.message.message_id,
        "attachment": "RE-2026-3391.pdf",
        "status": "extracted",
    }
    assert answer["Content-Disposition"] == 'attachment; filename="RE-2026-3391.json"'


def test_a_number_cannot_break_out_of_the_files_name(desk: Client) -> None:
    invoice = renner(number='x"\r\nSet-Cookie: a=b')
    assert "Set-Cookie" not in desk.get(f"/invoices/{invoice.pk}/json/").headers


def test_the_document_is_shown_under_a_policy_of_its_own(desk: Client) -> None:
    answer = desk.get(f"/invoices/{renner().pk}/document/")
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "script-src" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.html", "text/html"), ("a.svg", "image/svg+xml"), ("a.zip", "application/zip")],
)
def test_what_could_act_in_our_name_is_not_shown_in_a_frame(
    desk: Client, name: str, kind: str
) -> None:
    invoice = renner(file=(name, b"<script>alert(1)</script>", kind))
    assert desk.get(f"/invoices/{invoice.pk}/document/").status_code == 404
    assert not soup(desk.get(f"/invoices/{invoice.pk}/")).select("iframe")


def test_xml_is_shown_as_plain_text_without_an_origin(desk: Client) -> None:
    invoice = renner(file=("ubl.xml", b"<Invoice/>", "application/xml"))
    answer = desk.get(f"/invoices/{invoice.pk}/document/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_an_invoice_written_in_the_mail_shows_its_words(desk: Client) -> None:
    page = soup(desk.get(f"/invoices/{renner(file=None).pk}/"))
    assert "cracked" in page.select_one(".paper__text").text


def test_what_is_no_invoice_can_be_looked_at_and_not_approved(desk: Client) -> None:
    page = soup(desk.get(f"/invoices/{renner(status='not-invoice', data={}).pk}/"))
    assert "This is not an invoice." in page.select_one(".entry").text
    assert not page.select(".acts button")


@pytest.mark.parametrize("page", ["", "json/", "document/"])
def test_a_stranger_is_sent_to_the_door(page: str) -> None:
    assert people.charlie().get(f"/invoices/{renner().pk}/{page}").status_code == 302


def test_a_reader_may_look_and_is_offered_no_button() -> None:
    page = soup(people.browser_of(people.bob()).get(f"/invoices/{renner().pk}/"))
    assert not page.select(".acts button")


def links(page: Any) -> list[str]:
    return [link["href"] for link in soup(page).select(".row__link")]


def value(page: Any, field: str) -> str:
    return str(page.select_one(f"#{field}")["value"])


def soup(page: Any) -> Any:
    return BeautifulSoup(page.content, "html.parser")
