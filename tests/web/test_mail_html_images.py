"""Remote images: counted, kept out, shown when asked for, and for senders who are trusted."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import factories, people
from triage.tickets.models import Message, TrustedSender
from triage.web.pages.letter_images import COUNTED_CHARACTERS, PAGE_CHARACTERS
from triage.web.pages.mail_html import images_in
from triage.web.pages.remote_images import Images

SHADE = '<img src="https://img.lamps.example.org/shade.jpg" width="300" height="200">'
SPY = '<img src="https://open.lamps.example.org/o.gif?for=desk" width="1" height="1">'


@pytest.fixture
def mail(db: None) -> Message:
    ticket = factories.ticket("Our autumn lamps", name="Ida Holm")
    Message.objects.filter(ticket=ticket).update(html=f"<p>Hello</p>{SHADE}{SPY}{SHADE}")
    return ticket.messages.get()


def _page(desk: Client, mail: Message, query: str = "") -> str:
    return desk.get(f"/tickets/{mail.ticket_id}/{query}").text


def _frame(desk: Client, mail: Message, query: str = "") -> str:
    return desk.get(f"/messages/{mail.pk}/html/{query}").text


@pytest.mark.parametrize(
    "image",
    [
        SPY,
        '<img src="https://t.example.org/1" width="0" height="90">',
        '<img src="https://t.example.org/1" width="1">',
        '<img src="https://t.example.org/1" style="width:1px;height:1px">',
        '<img src="https://t.example.org/1" style="max-width: 1px !important; height: 0">',
        '<img src="https://t.example.org/1" style="DISPLAY : none" width="90">',
        '<img src="https://t.example.org/1" style="visibility:hidden">',
        '<img src="https://t.example.org/1" style="opacity:0.0">',
        '<img src="https://t.example.org/1" hidden>',
        '<div style="display:none"><b>x<br></b><p><img src="https://t.example.org/1"></p></div>',
        '<div style="max-height:0px;color:red"><img src="//t.example.org/1"></div>',
        '<div hidden><img src="https://t.example.org/1"></div>',
    ],
)
def test_what_nobody_could_see_is_a_tracker(image: str) -> None:
    assert images_in(f"<p>Hello</p>{image}<p>Bye</p>") == Images(total=1, tracking=1)


@pytest.mark.parametrize(
    "image",
    [
        SHADE,
        '<img src="https://t.example.org/1">',
        '<img src="//t.example.org/1" width="100%">',
        '<img src="https://t.example.org/line.gif" width="1" height="200">',
        '<img src="https://t.example.org/1" style="max-width:100%;height:auto;opacity:0.5">',
        '<div style="display:none">x</div><img src="https://t.example.org/1">',
        '<div style="display:none"><img src="cid:logo"></div><img src="https://t.example.org/1">',
        '<div style="line-height:0;font-size:0"><img src="https://t.example.org/1"></div>',
        "<IMAGE SRC=https:\\\\t.example.org\\1>",
    ],
)
def test_what_can_be_seen_is_an_image(image: str) -> None:
    assert images_in(f"<p>Hello</p>{image}") == Images(total=1, tracking=0)


@pytest.mark.parametrize(
    "html",
    ["<img src=cid:a>", "<img src=data:image/png;base64,AA>", "<img src=/logout/>", "<img alt=x>",
     "&lt;img src=https://t.example.org/1&gt;", "<!-- <img src=https://t.example.org/1> -->"],
)  # fmt: skip
def test_nothing_from_elsewhere_is_nothing_to_count(html: str) -> None:
    assert images_in(html) == Images()


def test_blocked_images_stand_above_the_letter(desk: Client, mail: Message) -> None:
    page = _page(desk, mail)

    assert "<b>3 remote images blocked.</b>" in page
    assert "They report that you read this; 1 of them tracks you." in page
    assert page.index("remote images blocked") < page.rindex("two of the shades")
    assert f'href="?images={mail.pk}"' in page
    assert f'action="/messages/{mail.pk}/trust"' in page
    assert "lamps.example.org" not in _frame(desk, mail)


def test_a_mail_of_trackers_only_has_nothing_to_show(desk: Client, mail: Message) -> None:
    Message.objects.filter(pk=mail.pk).update(html=f"<p>Hello</p>{SPY}")

    page = _page(desk, mail)

    assert "<b>1 remote image blocked.</b> It tracks you." in page
    assert "Show once" not in page
    assert "Always for this sender" not in page


def test_shown_once_they_are_fetched_without_a_referrer_and_trackers_are_not(
    desk: Client, mail: Message
) -> None:
    page = _page(desk, mail, f"?queue=support&images={mail.pk}")
    assert f'src="/messages/{mail.pk}/html/?images=once"' in page
    assert "<b>2 remote images shown.</b> 1 that only tracks you stays blocked." in page
    assert "Always for this sender" in page

    frame = _frame(desk, mail, "?images=once")
    assert frame.count('<img src="https://img.lamps.example.org/shade.jpg" '
                       'referrerpolicy="no-referrer"') == 2  # fmt: skip
    assert "open.lamps.example.org" not in frame

    assert f'src="/messages/{mail.pk}/html/"' in _page(desk, mail)


@pytest.mark.parametrize("images", ["0", "-1", "x", "٣", "9" * 30, ""])
def test_another_mail_s_number_shows_nothing(desk: Client, mail: Message, images: str) -> None:
    assert "3 remote images blocked." in _page(desk, mail, f"?images={images}")


def test_a_trusted_sender_s_images_are_always_shown(
    desk: Client, looking: Client, mail: Message, alice: User
) -> None:
    answer = desk.post(
        f"/messages/{mail.pk}/trust", {"next": f"/tickets/{mail.ticket_id}/?queue=support"}
    )

    assert answer.headers["Location"] == f"/tickets/{mail.ticket_id}/?queue=support"
    row = TrustedSender.objects.get()
    assert (row.address, row.by, row.undone_at) == ("ida.holm@glaswerk.example.org", alice, None)
    for agent in (desk, looking):
        assert "img.lamps.example.org" in _frame(agent, mail)
        assert "2 remote images shown." in _page(agent, mail)

    later = factories.message(mail.ticket, html=SHADE, from_address="Ida.Holm@Glaswerk.example.org")
    other = factories.message(mail.ticket, html=SHADE, from_address="someone@else.example.org")
    ours = factories.message(mail.ticket, html=SHADE, direction=Message.Direction.OUT)
    assert "img.lamps.example.org" in _frame(desk, later)
    assert "img.lamps.example.org" not in _frame(desk, other)
    assert "img.lamps.example.org" not in _frame(desk, ours)


def test_trust_is_taken_back(desk: Client, mail: Message, alice: User) -> None:
    desk.post(f"/messages/{mail.pk}/trust")
    row = TrustedSender.objects.get()
    assert f'action="/senders/{row.pk}/distrust"' in _page(desk, mail)

    for _ in range(2):
        assert desk.post(f"/senders/{row.pk}/distrust").status_code == 302

    row.refresh_from_db()
    assert row.undone_by == alice
    assert "3 remote images blocked." in _page(desk, mail)
    assert "img.lamps.example.org" not in _frame(desk, mail)

    desk.post(f"/messages/{mail.pk}/trust")
    assert TrustedSender.objects.count() == 2


def test_trusted_twice_is_one_trust(desk: Client, mail: Message) -> None:
    for _ in range(2):
        assert desk.post(f"/messages/{mail.pk}/trust").status_code == 302

    assert TrustedSender.objects.count() == 1


def test_trust_is_for_posts_of_people_who_may_write(
    desk: Client, looking: Client, stranger: Client, mail: Message
) -> None:
    row = TrustedSender.objects.trust("ida.holm@glaswerk.example.org", by=people.dana())

    for url in (f"/messages/{mail.pk}/trust", f"/senders/{row.pk}/distrust"):
        assert desk.get(url).status_code == 405
        assert looking.post(url).status_code == 403
        assert stranger.post(url).headers["Location"].startswith("/login/")
    for url in ("/messages/0/trust", "/senders/0/distrust"):
        assert desk.post(url).status_code == 404
    row.refresh_from_db()
    assert row.undone_at is None


def test_a_reader_may_look_once_and_is_offered_no_more(looking: Client, mail: Message) -> None:
    page = _page(looking, mail)

    assert "Show once" in page
    assert "Always for this sender" not in page


def test_what_has_no_sender_cannot_be_trusted(desk: Client, mail: Message) -> None:
    Message.objects.filter(pk=mail.pk).update(from_address="")
    assert "Always for this sender" not in _page(desk, mail)
    assert desk.post(f"/messages/{mail.pk}/trust").status_code == 404

    Message.objects.filter(pk=mail.pk).update(from_address="desk@x.test", direction="out")
    assert "Always for this sender" not in _page(desk, mail)
    assert desk.post(f"/messages/{mail.pk}/trust").status_code == 404


def test_the_way_back_never_leaves_the_desk(desk: Client, mail: Message) -> None:
    answer = desk.post(f"/messages/{mail.pk}/trust", {"next": "https://evil.test/"})

    assert answer.headers["Location"] == "/"


def test_a_thread_of_newsletters_counts_the_newest_and_says_so_of_the_rest(
    desk: Client, mail: Message
) -> None:
    long = "<p>lamp</p>" * (COUNTED_CHARACTERS // 11)
    for _ in range(PAGE_CHARACTERS // COUNTED_CHARACTERS + 1):
        factories.message(mail.ticket, html=SHADE + long)

    page = _page(desk, mail)

    assert page.count("<b>1 remote image blocked.</b>") == PAGE_CHARACTERS // COUNTED_CHARACTERS
    assert page.count("<b>Remote images blocked.</b>") >= 1
