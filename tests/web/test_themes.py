"""Light, dark, or as the system says."""

import pytest
from django.test import Client


def test_a_chosen_theme_stays_until_the_system_may_choose_again(desk: Client) -> None:
    assert "data-theme" not in desk.get("/queues/review/").text

    answer = desk.post("/theme", {"theme": "dark", "next": "/queues/spam/"})
    assert answer.headers["Location"] == "/queues/spam/"
    assert '<html lang="en" data-theme="dark">' in desk.get("/queues/review/").text

    desk.post("/theme", {"theme": ""})
    assert "data-theme" not in desk.get("/queues/review/").text


@pytest.mark.parametrize("theme", ["pink", '"><script>', "\x00"])
def test_a_theme_nobody_drew_is_the_system_s(desk: Client, theme: str) -> None:
    desk.post("/theme", {"theme": theme})

    assert "data-theme" not in desk.get("/queues/review/").text


def test_a_forged_cookie_writes_nothing_into_the_page(desk: Client) -> None:
    desk.cookies["theme"] = '"><script>alert(1)</script>'

    assert "alert(1)" not in desk.get("/queues/review/").text


def test_it_is_posted_by_somebody_who_is_in_and_leads_nowhere_else(
    desk: Client, stranger: Client
) -> None:
    assert desk.get("/theme").status_code == 405
    assert stranger.post("/theme", {"theme": "dark"}).headers["Location"].startswith("/login/")
    answer = desk.post("/theme", {"theme": "dark", "next": "https://evil.example.org/"})
    assert answer.headers["Location"] == "/"
