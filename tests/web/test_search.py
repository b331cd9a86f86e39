"""Finding a ticket by what one remembers of it."""

import pytest
from django.test import Client

from tests import factories


@pytest.mark.parametrize(
    "query",
    ["shades", "SHADES", "renner", "jo.renner@glaswerk", "renner shades", "#{pk}"],
)
def test_it_is_found_by_subject_name_address_and_number(desk: Client, query: str) -> None:
    ticket = factories.ticket()
    factories.ticket("Your site on page one", name="Rank Rocket", queue="spam")

    page = desk.get("/search/", {"q": query.format(pk=ticket.pk)}).text

    assert f'id="ticket-{ticket.pk}"' in page
    assert page.count('class="row"') == 1


def test_every_word_must_be_there(desk: Client) -> None:
    factories.ticket()

    assert "Nothing has “shades lampshade”" in desk.get("/search/?q=shades lampshade").text


def test_percent_and_underscore_are_ordinary_letters(desk: Client) -> None:
    factories.ticket("10 percent off")

    assert "Nothing has" in desk.get("/search/", {"q": "%"}).text
    assert "Nothing has" in desk.get("/search/", {"q": "_"}).text


def test_the_page_says_what_it_searches_before_anything_is_asked(desk: Client) -> None:
    page = desk.get("/search/").text

    assert "This looks in subjects, and in the names and addresses" in page


def test_closed_tickets_are_found_too(desk: Client, alice: object) -> None:
    ticket = factories.ticket()
    ticket.close(by=alice)  # type: ignore[arg-type]

    assert f'id="ticket-{ticket.pk}"' in desk.get("/search/?q=shades").text


@pytest.mark.parametrize("query", ["#", "#99999999999999999999", "\x00", "a " * 50, "'; --"])
def test_odd_questions_are_answered_calmly(desk: Client, query: str) -> None:
    assert desk.get("/search/", {"q": query}).status_code == 200


def test_the_palette_finds_places_and_tickets(desk: Client) -> None:
    ticket = factories.ticket("The bill for the billiard lamp", queue="billing")

    found = desk.get("/search/palette/?q=bil", headers={"HX-Request": "true"}).text

    assert 'href="/queues/billing/"' in found
    assert f'href="/tickets/{ticket.pk}/"' in found
    assert "/queues/spam/" not in found
    assert "<html" not in found


def test_the_empty_palette_names_every_place_and_no_ticket(desk: Client) -> None:
    factories.ticket()

    found = desk.get("/search/palette/").text

    assert found.count('role="option"') >= 9
    assert "/tickets/" not in found


def test_the_palette_says_when_nothing_is_found(desk: Client) -> None:
    assert "No ticket has “&lt;b&gt;”" in desk.get("/search/palette/?q=<b>").text
