"""/problems/ and the raw mail: nothing that failed is out of sight."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from tests import factories, people
from triage.ingest.models import Delivery, Heartbeat, Mailbox
from triage.web.views import problems

pytestmark = pytest.mark.django_db
KRANZ = (
    b"From: =?utf-8?q?Kranz_B=C3=BCrobedarf?= <kranz@example.org>\r\n"
    b"Subject: Fwd: Angebot Hallenbeleuchtung\r\n\r\nHello"
)
WHY = "Mails are packed 41 deep in each other; we open 32."


def test_a_failed_mail_stands_there_with_sender_subject_and_reason(looking: Client) -> None:
    failed()
    page = soup(looking.get("/problems/"))
    what = page.select_one(".problem__what").text
    assert "Fwd: Angebot Hallenbeleuchtung" in what
    assert "Kranz Bürobedarf, to desk@alder-lamps.example.com" in what
    assert WHY in page.select_one(".problem__why").text


def test_mail_that_went_well_is_not_there(desk: Client) -> None:
    for state in (Delivery.State.PENDING, Delivery.State.PROCESSED, Delivery.State.DUPLICATE):
        factories.delivery(state=state)
    page = desk.get("/problems/")
    assert not soup(page).select(".problem")
    assert "Every mail could be read" in page.content.decode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe\x00",
        b"From: \r\nSubject:\r\n\r\n",
        b"From: =?utf-8?b?////?= <@>\r\nSubject: =?nope?q?a?=\r\n\r\n",
        b"Subject: " + b"a" * 100_000,
        b"Subject: \xff\xfe\x00<script>alert(1)</script>\r\n\r\n",
        b"\n" * 50_000,
        b"From: " + b"(" * 20_000 + b"\r\n\r\n",
        "Subject: \u202egnp.exe\r\n\r\n".encode(),
    ],
)
def test_no_mail_is_too_broken_to_be_shown(desk: Client, raw: bytes) -> None:
    failed(raw)
    page = desk.get("/problems/")
    assert page.status_code == 200
    assert len(soup(page).select(".problem")) == 1
    assert b"<script>alert" not in page.content
    assert "\u202e" not in page.content.decode()


def test_a_reader_is_offered_no_replay(looking: Client, desk: Client) -> None:
    failed()
    failed()
    assert len(soup(desk.get("/problems/")).select("form[action$=replay]")) == 3
    assert not soup(looking.get("/problems/")).select("form[action$=replay]")


def test_older_problems_follow_page_by_page(desk: Client, settings: Any) -> None:
    settings.PAGE_SIZE = 2
    made = [failed(received_at=timezone.now() - timedelta(hours=number)) for number in range(5)]
    seen: list[str] = []
    address = "/problems/"
    while address:
        page = soup(desk.get(address))
        seen += [problem["id"] for problem in page.select(".problem")]
        older = page.select_one(".list__end a")
        address = older["href"] if older else ""
    assert seen == [f"delivery-{delivery.pk}" for delivery in made]


def test_the_page_asks_the_same_number_of_questions_for_five_and_for_thirty(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        failed()
    with django_assert_max_num_queries(25) as first:
        desk.get("/problems/")
    for _ in range(25):
        failed()
    with django_assert_max_num_queries(len(first.captured_queries)):
        assert len(soup(desk.get("/problems/")).select(".problem")) == 30


def test_the_page_reads_the_head_of_a_mail_and_not_all_of_it(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    failed(KRANZ + b"x" * 200_000)
    with django_assert_max_num_queries(25) as asked:
        desk.get("/problems/")
    about_raw = [query["sql"] for query in asked.captured_queries if '"raw"' in query["sql"]]
    assert len(about_raw) == 1
    assert "SUBSTRING" in about_raw[0]
    assert about_raw[0].count('"raw"') == 1


def test_trouble_in_other_lists_is_counted_there_with_a_way_to_it(desk: Client) -> None:
    ticket = factories.ticket(review_reason="failed")
    factories.invoice(ticket.messages.get(), status="failed", failure="The scan is blank.")
    elsewhere = soup(desk.get("/problems/")).select_one(".problems__past")
    assert "1invoice could not be read." in elsewhere.text.replace("\n", "")
    assert [link["href"] for link in elsewhere.select("a")] == [
        "/invoices/?status=failed",
        "/queues/review/",
    ]


def test_a_silent_worker_is_said_on_top(desk: Client) -> None:
    assert soup(desk.get("/problems/")).select(".banner")
    Heartbeat.beat("worker")
    assert not soup(desk.get("/problems/")).select(".banner")


def test_a_mailbox_that_cannot_be_fetched_is_said_on_top(desk: Client) -> None:
    Heartbeat.beat("worker")
    factories.mailbox()
    assert not soup(desk.get("/problems/")).select(".banner")
    Mailbox.objects.update(
        fetched_at=timezone.now(), fetch_error="The server refuses the password."
    )
    banner = soup(desk.get("/problems/")).select_one(".banner")
    assert "desk@alder-lamps.example.com could not be fetched today" in banner.text
    assert "The server refuses the password." in banner.text
    assert not banner.select("a")


def test_mail_for_no_mailbox_of_ours_says_to_whom_it_was_sent(desk: Client) -> None:
    failed(mailbox=None, envelope_to="lost@example.org\nfound@example.org", source_key="a")
    failed(mailbox=None, source_key="b")
    what = [each.text for each in soup(desk.get("/problems/")).select(".problem__what")]
    assert "to no mailbox of ours" in what[0]
    assert "to lost@example.org, found@example.org" in what[1]


def test_an_administrator_is_led_to_the_mailbox() -> None:
    factories.mailbox()
    Mailbox.objects.update(fetch_error="The server refuses the password.")
    browser = people.browser_of(people.admin())
    link = soup(browser.get("/problems/")).select_one(".banner a")
    assert browser.get(link["href"]).status_code == 200


def test_mail_its_server_did_not_give_can_be_asked_for_again_but_not_looked_at(
    desk: Client,
) -> None:
    withheld = failed(b"", withheld_at=timezone.now(), reason="The server says: internal error.")
    page = soup(desk.get("/problems/"))
    assert "Fetched" in page.select_one(".way__step--stuck").text
    assert page.select(f'form[action="/deliveries/{withheld.pk}/replay"]')
    assert not page.select(f'a[href^="/deliveries/{withheld.pk}/raw/"]')


def test_the_raw_mail_is_text_that_can_do_nothing(looking: Client) -> None:
    delivery = failed(b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>\xe9")
    answer = looking.get(f"/deliveries/{delivery.pk}/raw/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.content.endswith(b"</script>\\xe9")


def test_a_long_raw_mail_is_cut_for_looking_and_whole_for_keeping(desk: Client) -> None:
    raw = KRANZ + b"x" * (problems.RAW_SHOWN + 5_000)
    delivery = failed(raw)
    shown = desk.get(f"/deliveries/{delivery.pk}/raw/").content
    assert len(shown) < problems.RAW_SHOWN + 200
    assert b"more: add ?download" in shown
    whole = desk.get(f"/deliveries/{delivery.pk}/raw/?download")
    assert whole.content == raw
    assert whole["Content-Disposition"] == f'attachment; filename="delivery-{delivery.pk}.eml"'
    assert "sandbox" in whole["Content-Security-Policy"]


def test_a_stranger_sees_no_problem_and_no_raw_mail(stranger: Client) -> None:
    delivery = failed()
    for address in ("/problems/", f"/deliveries/{delivery.pk}/raw/"):
        assert stranger.get(address)["Location"].startswith("/login/")


@pytest.mark.parametrize("query", ["", "?download"])
def test_raw_mail_that_is_not_there_is_404(desk: Client, query: str) -> None:
    assert desk.get(f"/deliveries/7000000/raw/{query}").status_code == 404


def failed(raw: bytes = KRANZ, **columns: Any) -> Delivery:
    """A delivery that stands under Problems."""
    return factories.delivery(raw, **{"state": Delivery.State.FAILED, "reason": WHY, **columns})


def soup(page: Any) -> Any:
    return BeautifulSoup(page.content, "html.parser")
