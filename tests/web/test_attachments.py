"""Files and mails as their senders made them: kept whole, and kept in a cage."""

import pytest
from django.test import Client

from tests import factories
from triage.tickets.models import Message

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture
def mail(db: None) -> Message:
    return factories.ticket().messages.get()


def test_a_file_is_a_download_whatever_it_says_it_is(desk: Client, mail: Message) -> None:
    content = b"<script>alert(1)</script>"
    for content_type in ("text/html", "image/svg+xml", "application/pdf", "text/plain"):
        file = factories.attachment(mail, "Rechnung ü.html", content, content_type)

        answer = desk.get(f"/attachments/{file.pk}/")

        assert answer.content == content
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename*=UTF-8''Rechnung%20%C3%BC.html"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_name_cannot_write_headers(desk: Client, mail: Message) -> None:
    file = factories.attachment(mail, 'a"\r\nSet-Cookie: x=1;.txt')

    disposition = desk.get(f"/attachments/{file.pk}/").headers["Content-Disposition"]

    assert disposition == "attachment; filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20x%3D1%3B.txt"


def test_a_picture_is_shown_when_it_is_one(desk: Client, mail: Message) -> None:
    picture = factories.attachment(mail, "crate.png", PNG, "image/png")

    answer = desk.get(f"/attachments/{picture.pk}/image/")

    assert answer.headers["Content-Type"] == "image/png"
    assert f"/attachments/{picture.pk}/image/" in desk.get(f"/tickets/{mail.ticket_id}/").text


@pytest.mark.parametrize(
    ("content_type", "content"),
    [("image/svg+xml", b"<svg/>"), ("text/html", PNG), ("image/png", b"<html>"),
     ("image/webp", PNG)],
)  # fmt: skip
def test_what_only_calls_itself_a_picture_is_not_shown(
    desk: Client, mail: Message, content_type: str, content: bytes
) -> None:
    file = factories.attachment(mail, "crate.png", content, content_type)

    assert desk.get(f"/attachments/{file.pk}/image/").status_code == 404


def _framed(desk: Client, mail: Message, html: str) -> str:
    Message.objects.filter(pk=mail.pk).update(html=html)
    return desk.get(f"/messages/{mail.pk}/html/").text


def test_a_mail_s_html_is_caged(desk: Client, mail: Message) -> None:
    Message.objects.filter(pk=mail.pk).update(html="<p>Hello</p>")

    answer = desk.get(f"/messages/{mail.pk}/html/")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert f'src="/messages/{mail.pk}/html/"' in desk.get(f"/tickets/{mail.ticket_id}/").text


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<a href='javascript:alert(1)'>x</a>",
        "<iframe src='https://evil.example.org'></iframe>",
        "<form action='https://evil.example.org'><input name=p></form>",
        "<meta http-equiv=refresh content='0;url=https://evil.example.org'>",
        "<base href='https://evil.example.org/'>",
        "<link rel=stylesheet href='https://evil.example.org/x.css'>",
        "<object data='https://evil.example.org'></object>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    ],
)
def test_nothing_of_a_mail_can_run_or_load(desk: Client, mail: Message, html: str) -> None:
    shown = _framed(desk, mail, f"<p>Hello</p>{html}").split("<body>")[1]

    assert "Hello" in shown
    for danger in ("script", "onerror", "onload", "javascript:", "<iframe", "<form", "<input",
                   "http-equiv", "<base", "<link", "<object", "evil.example.org"):  # fmt: skip
        assert danger not in shown


def test_remote_pictures_are_kept_out(desk: Client, mail: Message) -> None:
    shown = _framed(
        desk,
        mail,
        "<img src='https://t.example.org/1.gif'><img src='//t.example.org/2.gif'>"
        "<table background='https://t.example.org/3.gif'><tr><td>Hi</td></tr></table>",
    )

    assert "Hi" in shown
    assert "t.example.org" not in shown


def test_pictures_the_mail_carries_are_shown(desk: Client, mail: Message) -> None:
    picture = factories.attachment(mail, "logo.png", PNG, "image/png", inline=True)
    type(picture).objects.filter(pk=picture.pk).update(content_id="logo@alder")

    shown = _framed(desk, mail, "<img src='cid:logo@alder' alt='Logo'><img src='cid:missing'>")

    assert 'src="data:image/png;base64,iVBORw0KGgo' in shown
    assert "blocked" not in shown


def test_a_link_opens_beside_the_desk_and_does_not_say_where_it_stood(
    desk: Client, mail: Message
) -> None:
    shown = _framed(desk, mail, "<a href='https://shop.example.org/' target=_top>Shop</a>")

    assert 'target="_blank"' in shown
    assert 'rel="noopener noreferrer nofollow"' in shown
    assert "_top" not in shown


def test_a_mail_without_html_has_no_frame(desk: Client, mail: Message) -> None:
    assert desk.get(f"/messages/{mail.pk}/html/").status_code == 404
    assert "<iframe" not in desk.get(f"/tickets/{mail.ticket_id}/").text


def test_the_raw_mail_is_given_byte_for_byte_as_text(desk: Client, mail: Message) -> None:
    raw = b"Subject: =?x?\r\n\r\n<script>\xff\x00</script>"
    Message.objects.filter(pk=mail.pk).update(delivery=factories.delivery(raw))

    answer = desk.get(f"/messages/{mail.pk}/raw/")

    assert answer.content == raw
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_was_written_here_has_no_raw_mail(desk: Client, mail: Message) -> None:
    assert desk.get(f"/messages/{mail.pk}/raw/").status_code == 404


@pytest.mark.parametrize("noun", ["attachments/{file}/", "messages/{mail}/raw/"])
def test_files_are_only_read(desk: Client, mail: Message, noun: str) -> None:
    file = factories.attachment(mail)

    assert desk.post("/" + noun.format(file=file.pk, mail=mail.pk)).status_code == 405
