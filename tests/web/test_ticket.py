"""A ticket's page: its letters, what was decided and by whom, what is known beside it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from triage.classification.correct import correct
from triage.tickets.models import Ticket


def _page(client: Client, ticket: Ticket, queue: str = "") -> BeautifulSoup:
    address = f"/tickets/{ticket.pk}/" + (f"?queue={queue}" if queue else "")
    return BeautifulSoup(client.get(address).text, "html.parser")


def _text(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return re.sub(r"\s+([.,:])", r"\1", " ".join(found.get_text(" ").split()))


def test_letters_stand_in_their_order_with_what_was_quoted_folded(desk: Client) -> None:
    ticket = factories.ticket()
    factories.message(
        ticket, "Thursday works.\n\nOn Mon, 2 Nov 2026 at 10:14, Maren <m@example.org> wrote:\n"
        "> Two shades arrived cracked.\n> Photos are attached.\n",
    )  # fmt: skip

    page = _page(desk, ticket)

    letters = page.select(".letter")
    assert len(letters) == 2
    assert "Thursday works." in letters[1].get_text()
    fold = letters[1].select_one("details.fold")
    assert fold is not None
    assert not fold.has_attr("open")
    assert "Two shades arrived cracked." in fold.get_text()


def test_a_mail_s_text_is_shown_as_text(desk: Client) -> None:
    ticket = factories.ticket(text="<script>alert(1)</script>\n\n<b>Hello</b> & goodbye")

    page = desk.get(f"/tickets/{ticket.pk}/").text

    assert "<script>alert" not in page
    assert "&lt;b&gt;Hello&lt;/b&gt; &amp; goodbye" in page


def test_automatic_mail_is_folded_to_one_line_unless_it_is_all_there_is(desk: Client) -> None:
    ticket = factories.ticket()
    factories.message(ticket, "I am away until Monday.", auto="auto-reply")
    alone = factories.ticket("Undelivered mail", text="It bounced.")
    alone.messages.update(auto="bounce")

    folded = _page(desk, ticket).select(".letter--folded")

    assert len(folded) == 1
    assert "I am away until Monday." in folded[0].get_text()
    assert _page(desk, alone).select(".letter--folded") == []


def test_what_could_not_be_read_of_a_mail_is_said_above_it(desk: Client) -> None:
    ticket = factories.ticket()
    ticket.messages.update(defects=["The second part had no end; what there was is kept."])

    assert "The second part had no end" in _text(_page(desk, ticket), ".letter .notice")


def test_a_mail_longer_than_a_page_says_where_the_rest_is(desk: Client) -> None:
    ticket = factories.ticket(text="a log line of the dimmer\n" * 5_000)

    answer = desk.get(f"/tickets/{ticket.pk}/")

    assert "It goes on: the raw mail has all of it." in answer.text
    assert len(answer.content) < 250_000


def test_an_undecided_ticket_asks_and_says_why(desk: Client) -> None:
    ticket = factories.ticket()
    factories.prediction(ticket, {"support": 0.58, "billing": 0.37, "sales": 0.04, "spam": 0.01})

    page = _page(desk, ticket)

    assert "Where does it belong?" in _text(page, ".decision__ask")
    assert _text(page, ".pencil") == (
        "Leans to Support: most of it is about cracked shades and a pick-up."
        " Below 80, Support asks you. Said by gemini-2.5-flash."
    )
    shares = [data["value"] for data in page.select(".choice data")]
    assert shares == ["58", "37", "4", "1"]
    assert page.select_one(".choice[aria-pressed=true]") is None


def test_a_person_s_word_stands_above_what_the_machine_had_said(desk: Client, alice: User) -> None:
    ticket = factories.ticket()
    factories.prediction(ticket)
    correct(ticket, to=factories.category("billing"), by=alice)

    page = _page(desk, ticket)
    decision = _text(page, ".decision")

    assert "You sorted this at" in decision
    assert "gemini-2.5-flash had said Support, 58 of 100: unsure: most of it" in decision
    pressed = page.select_one(".choice[aria-pressed=true]")
    assert pressed is not None
    assert pressed["value"] == "billing"


def test_the_local_classifier_says_that_it_is_one_and_why(desk: Client) -> None:
    ticket = factories.ticket()
    factories.prediction(ticket, by="local", model="", fallback="no key is set", reason="")

    page = _page(desk, ticket)

    assert "Sorted on this server, without the model: no key is set." in _text(page, ".pencil")
    assert "No call was made for it." in _text(page, ".decision")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"triage_due_at": "2026-11-20T10:00Z"}, "Not sorted yet."),
        ({"review_reason": "failed"}, "No answer could be had. The mail is safe; you decide."),
        ({"auto": "bounce"}, "Automatic mail: no machine was asked."),
    ],
)
def test_silence_of_the_machine_has_its_reason(
    desk: Client, columns: dict[str, Any], words: str
) -> None:
    ticket = factories.ticket(queue=None, **columns)

    assert words in _text(_page(desk, ticket), ".pencil")


def test_an_answer_outside_the_list_is_quoted(desk: Client) -> None:
    ticket = factories.ticket(queue=None)
    factories.prediction(ticket, {}, said="warranty", category=None)

    assert "gemini-2.5-flash said “warranty”, which is none of the four." in _text(
        _page(desk, ticket), ".pencil"
    )


def test_what_it_cost_is_added_up_and_the_unknown_stays_unknown(desk: Client) -> None:
    ticket = factories.ticket()
    factories.call(ticket=ticket, cost="0.000054", cached_tokens=512)
    factories.call("extract", ticket=ticket, cost="0.002091")
    assert "$0.002 145 for 2 calls" in _text(_page(desk, ticket), ".fine-print")

    factories.call(
        ticket=ticket, cost=None, input_tokens=None, output_tokens=None, outcome="failed"
    )
    fine_print = _text(_page(desk, ticket), ".fine-print")

    assert "$0.002 145 for 3 calls and 1 at an unknown price" in fine_print
    assert "812 in, 512 cached, 21 out" in fine_print
    assert "Reading the invoice" in fine_print


def test_an_invoice_lies_in_the_rail_with_its_trouble(desk: Client) -> None:
    ticket = factories.ticket()
    paper = factories.attachment(ticket.messages.get(), "RE-2026-3391.pdf")
    problem = {"code": "sum", "message": "Lines add up to 1,216.00."}
    factories.invoice(paper.message, problem_count=1, data={"problems": [problem]})

    page = _page(desk, ticket)

    assert _text(page, ".slip") == (
        "Glaswerk Renner EUR 1,504.16 RE-2026-3391 Lines add up to 1,216.00."
    )
    assert "read, 1 problem" in _text(page, ".file__said")


def test_a_logo_inside_the_html_is_no_file_to_read(desk: Client) -> None:
    ticket = factories.ticket()
    mail = ticket.messages.get()
    factories.attachment(mail, "logo.png", content_type="image/png", inline=True)
    assert "logo.png" in _text(_page(desk, ticket), ".files")

    ticket.messages.update(html="<img src='cid:logo'>")

    assert _page(desk, ticket).select(".files") == []


def test_what_turned_out_to_be_no_invoice_is_no_slip(desk: Client) -> None:
    ticket = factories.ticket()
    factories.invoice(ticket.messages.get(), status="not-invoice")

    assert _page(desk, ticket).select(".slip") == []


def test_the_requester_s_other_tickets_are_named(desk: Client, alice: User) -> None:
    ticket = factories.ticket()
    factories.ticket("Linen shades for the Fenna?", queue="sales").close(by=alice)
    factories.ticket("Somebody else's", name="Wen Li")

    others = _text(_page(desk, ticket), ".others")

    assert others == "Linen shades for the Fenna? closed"


def test_the_list_beside_keeps_its_place_when_the_ticket_has_left_the_queue(
    desk: Client, alice: User
) -> None:
    made = [
        factories.ticket(f"Doubt {number}", age=timedelta(hours=9 - number)) for number in range(5)
    ]
    for one in made:
        factories.prediction(one)
    correct(made[2], to=factories.category("billing"), by=alice)

    page = _page(desk, made[2], "review")

    links = page.select("#list .row__link")
    assert [link.get_text() for link in links] == [f"Doubt {number}" for number in range(5)]
    current = page.select_one("#list [aria-current]")
    assert current is not None
    assert current["id"] == f"ticket-{made[2].pk}"


def test_without_a_queue_in_the_address_its_own_is_the_place(desk: Client) -> None:
    ticket = factories.ticket()
    factories.prediction(ticket)

    page = _page(desk, ticket)

    assert _text(page, ".side .tab[aria-current]") == "Needs review 1"
    assert _text(page, "#count") == "1"


def test_a_ticket_that_was_kept_apart_names_the_other(desk: Client) -> None:
    other = factories.ticket("The first conversation")
    ticket = factories.ticket("Re: The first conversation", related=other)

    assert f"see #{other.pk}" in _text(_page(desk, ticket), ".ticket__line")


@pytest.mark.parametrize("queue", ["lunch", "é", "\x00", "../..", "review/x"])
def test_a_queue_nobody_knows_is_no_matter(desk: Client, queue: str) -> None:
    ticket = factories.ticket()

    assert desk.get(f"/tickets/{ticket.pk}/", {"queue": queue}).status_code == 200
    assert desk.get(f"/tickets/{ticket.pk}/peek/", {"queue": queue}).status_code == 200


def test_a_peek_shows_the_newest_mail_and_the_question(desk: Client) -> None:
    ticket = factories.ticket()
    factories.prediction(ticket)
    factories.message(ticket, "And the third one is cracked too.")

    peek = desk.get(f"/tickets/{ticket.pk}/peek/?queue=review", headers={"HX-Request": "true"}).text

    assert "<html" not in peek
    assert "And the third one is cracked too." in peek
    assert "Where does it belong?" in peek


def test_forty_letters_cost_as_many_queries_as_four(desk: Client) -> None:
    ticket = factories.ticket()
    factories.prediction(ticket)

    def add(count: int) -> None:
        for number in range(count):
            message = factories.message(ticket, f"Letter {number}", html="<p>Hello</p>")
            factories.invoice(factories.attachment(message, f"scan-{number}.pdf").message)
            factories.ticket(f"Another {number}")
            factories.call(ticket=ticket)
            factories.arrived(ticket)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(f"/tickets/{ticket.pk}/?queue=support").status_code == 200
        return len(captured)

    add(4)
    four = queries()
    add(36)

    assert queries() == four
    assert four <= 30
