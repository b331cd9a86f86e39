"""Who gets in, and who may do what."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import factories, people

PAGES = ["/", "/queues/review/", "/search/", "/search/palette/", "/tickets/1/",
         "/tickets/1/peek/", "/attachments/1/", "/attachments/1/image/", "/messages/1/html/",
         "/messages/1/raw/"]  # fmt: skip
NO_ID = 999_999_999
MISSING = ["/queues/lunch/", f"/tickets/{NO_ID}/", f"/tickets/{NO_ID}/peek/",
           f"/attachments/{NO_ID}/", f"/attachments/{NO_ID}/image/", f"/messages/{NO_ID}/html/",
           f"/messages/{NO_ID}/raw/"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_the_door_and_back_again(stranger: Client, page: str) -> None:
    answer = stranger.get(page)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login/?next={page}"


def test_a_stranger_in_a_fragment_is_sent_to_the_door_as_a_whole_page(stranger: Client) -> None:
    answer = stranger.get("/tickets/1/peek/", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/login/"
    assert not answer.content


@pytest.mark.parametrize("page", MISSING)
def test_what_is_not_there_is_not_found(desk: Client, page: str) -> None:
    assert desk.get(page).status_code == 404


def test_a_missing_page_says_what_to_do_in_the_desk_s_own_frame(desk: Client) -> None:
    answer = desk.get("/tickets/999999999/")

    assert "There is nothing here" in answer.text
    assert "/queues/review/" in answer.text


def test_somebody_deactivated_is_a_stranger(alice: User, desk: Client) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert desk.get("/queues/review/").status_code == 302


def test_a_reader_sees_the_ticket_but_nothing_to_press(looking: Client) -> None:
    ticket = factories.ticket()

    page = looking.get(f"/tickets/{ticket.pk}/").text

    assert "The two cracked shades" in page
    assert 'data-act="e"' not in page
    assert page.count("disabled") == 4


def test_costs_are_in_the_side_bar_of_supervisors_only(desk: Client) -> None:
    supervisor = people.browser_of(people.dana())

    assert "/reports/costs/" in supervisor.get("/queues/review/").text
    assert "/reports/costs/" not in desk.get("/queues/review/").text
