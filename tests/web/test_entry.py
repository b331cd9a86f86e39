"""The door."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import people
from triage.web.views.entry import greeting


def test_the_right_password_leads_to_where_one_wanted_to_go(stranger: Client, alice: User) -> None:
    answer = stranger.post(
        "/login/?next=/search/",
        {"username": "alice", "password": people.PASSWORD, "next": "/search/"},
    )

    assert answer.headers["Location"] == "/search/"
    assert stranger.get("/search/").status_code == 200


def test_the_wrong_password_is_said_without_saying_which_half_was_wrong(
    stranger: Client, alice: User
) -> None:
    for name in ("alice", "nobody"):
        page = stranger.post("/login/", {"username": name, "password": "wrong"}).text
        assert "That did not match." in page
        assert f'value="{name}"' in page


def test_the_door_leads_nowhere_else(stranger: Client, alice: User) -> None:
    answer = stranger.post(
        "/login/",
        {"username": "alice", "password": people.PASSWORD, "next": "https://evil.example.org/"},
    )

    assert answer.headers["Location"] == "/"


def test_who_is_in_is_not_asked_again(desk: Client) -> None:
    assert desk.get("/login/").headers["Location"] == "/"


def test_the_way_out_is_posted_and_ends_the_session(desk: Client) -> None:
    assert desk.get("/logout/").status_code == 405
    assert desk.post("/logout/").headers["Location"] == "/login/"
    assert desk.get("/queues/review/").status_code == 302


@pytest.mark.parametrize(
    ("hour", "words"), [(4, "Good evening"), (5, "Good morning"), (12, "Good afternoon"),
                        (18, "Good evening")]
)  # fmt: skip
def test_the_door_knows_the_hour(hour: int, words: str) -> None:
    assert greeting(datetime(2026, 11, 20, hour, tzinfo=UTC)) == words


def test_every_page_carries_the_policy(stranger: Client) -> None:
    policy = stranger.get("/login/").headers["Content-Security-Policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy


def test_no_page_needs_an_exception_from_the_policy(desk: Client) -> None:
    page = desk.get("/queues/review/").text

    assert " style=" not in page
    assert "<style" not in page
    assert "onclick" not in page
    assert "<script>" not in page
