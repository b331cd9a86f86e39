"""A mail's own HTML: what stays of it, what goes, and with which policy it is served."""

import string
import time
from urllib.parse import unquote

import pytest
from django.test import Client

from tests import factories
from triage.mail.filenames import safe_filename
from triage.tickets.models import Message
from triage.web.pages.mail_html import HTML_CHARACTERS, caged


@pytest.fixture
def mail(db: None) -> Message:
    return factories.ticket("Our autumn lamps").messages.get()


def _shown(mail: Message, html: str) -> str:
    """The body of the frame."""
    mail.html = html
    return caged(mail).partition("<body>")[2].partition("</body>")[0]


def test_what_a_designer_meant_stays(mail: Message) -> None:
    html = (
        '<table width="600" bgcolor="#f4efe6"><tbody><tr><td align="center" style="padding:12px;'
        "color:#333;font:14px/1.5 'Segoe UI',Arial;background:rgb(250, 240, 230)\">"
        "<h1>Autumn</h1><b>New shades</b></td></tr></tbody></table>"
    )

    assert _shown(mail, html) == html


@pytest.mark.parametrize(
    "style",
    [
        "background:url(https://t.example.org/1.gif)",
        "background-color:red url(//t.example.org/1.gif)",
        r"background:\75\72\6c(https://t.example.org/1.gif)",
        r"b\61ckground:url(https://t.example.org/1.gif)",
        "background:u/**/rl(https://t.example.org/1.gif)",
        "background:image-set('https://t.example.org/1.gif' 1x)",
        "background:-webkit-image-set('https://t.example.org/1.gif' 1x)",
        "background:cross-fade(url(https://t.example.org/1.gif),red)",
        "background:var(--t.example.org)",
        "list-style:url('https://t.example.org/1.gif')",
        "list-style-image:url(https://t.example.org/1.gif)",
        "border-image:url(https://t.example.org/1.gif)",
        "content:url(https://t.example.org/1.gif)",
        "cursor:url(https://t.example.org/1.cur),auto",
        "filter:url(https://t.example.org/1.svg)",
        "mask:url(https://t.example.org/1.svg)",
        "src:url(https://t.example.org/1.woff)",
        "--t.example.org:1",
        "font-family:'a;background:url(https://t.example.org/1.gif)'",
        'font-family:"a;background:url(https://t.example.org/1.gif)',
        "width:expression(t.example.org)",
        "-moz-binding:url(https://t.example.org/1.xml)",
        "behavior:url(https://t.example.org/1.htc)",
        "color:red}@import 'https://t.example.org/1.css'",
        "position:fixed;top:0;left:0;inset:0;z-index:9;t.example.org",
        "transform:scale(99);overflow:hidden;clip-path:none;t.example.org",
    ],
)
def test_no_style_loads_or_covers_anything(mail: Message, style: str) -> None:
    quoted = style.replace('"', "&quot;")
    shown = _shown(mail, f'<p style="color:blue;{quoted};margin:0">Hi</p>')

    assert "t.example.org" not in shown
    assert "url" not in shown
    for forbidden in ("position", "inset", "z-index", "transform", "overflow"):
        assert forbidden not in shown
    assert "margin:0" in shown


def test_a_mail_cannot_dress_as_our_notes_or_name_its_parts(mail: Message) -> None:
    shown = _shown(
        mail, '<small class="leads" id="kept" name="x" title="bank.example.com">shop</small>'
    )

    assert shown == "<small>shop</small>"


def test_only_plain_pictures_come_as_data(mail: Message) -> None:
    for address in (
        "data:image/svg+xml,<svg onload=alert(1)>",
        "data:text/html,<script>alert(1)</script>",
        "data:image/png,plain",
        "data:,remote-0",
    ):
        assert _shown(mail, f'<img src="{address}">') == "<img>"
    assert "data:image/gif;base64,R0lG" in _shown(mail, '<img src="data:image/gif;base64,R0lG">')


def test_the_frame_tells_nobody_where_it_stands(desk: Client, mail: Message) -> None:
    Message.objects.filter(pk=mail.pk).update(html="<p>Hello</p>")

    for query in ("", "?images=once"):
        answer = desk.get(f"/messages/{mail.pk}/html/{query}")

        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert '<meta name="referrer" content="no-referrer">' in answer.text
        assert "no-store" in answer.headers["Cache-Control"]


def test_asking_for_images_opens_the_policy_for_images_only(desk: Client, mail: Message) -> None:
    Message.objects.filter(pk=mail.pk).update(html="<p>Hello</p>")

    closed = desk.get(f"/messages/{mail.pk}/html/").headers["Content-Security-Policy"]
    opened = desk.get(f"/messages/{mail.pk}/html/?images=once").headers["Content-Security-Policy"]

    assert "img-src data:;" in closed
    assert opened == closed.replace("img-src data:", "img-src https: http: data:")
    assert "default-src 'none'" in opened
    assert "allow-scripts" not in opened


def test_a_mail_longer_than_a_browser_likes_goes_on_in_the_raw_mail(mail: Message) -> None:
    shown = _shown(mail, "<p>lamp</p>" * (HTML_CHARACTERS // 11 + 1))

    assert "It goes on: the raw mail has all of it." in shown
    assert len(shown) < HTML_CHARACTERS + 200


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<ul>",
        "<b><div></b>",
        "<span><div></span>",
        "<div><table></div></table>",
        "<div><!--</div>-->",
        "<div><!--!></div>-->",
        '<div title="</div>">',
        "<div title='></div></div>'>",
        "<div><style></div></style>",
        "<style><!--</style><div>-->",
        "<div><textarea></div></textarea>",
        "<div><select></div></select>",
        "<div></x a='></div>'>",
        "<svg><g><![CDATA[></g>]]>",
        "<svg><col>",
        "<div/>",
    ],
)
def test_a_mail_nested_without_end_is_told_before_it_is_drawn(mail: Message, piece: str) -> None:
    began = time.perf_counter()

    shown = _shown(mail, piece * (HTML_CHARACTERS // len(piece)))

    assert "nested too deep to be drawn" in shown
    assert time.perf_counter() - began < 5


def test_a_long_newsletter_is_drawn(mail: Message) -> None:
    product = (
        '<tr><td style="padding:4px"><!--[if mso]><table><tr><td><![endif]--><a href="https://'
        'lamps.example.org/?a=1&b=2"><img src=cid:a alt="Jo\'s lamp"></a><p>Shade<br>Alba<ul><li>'
        "White<li>Grey</ul></td></tr>"
    )

    shown = _shown(mail, f"<div><table>{product * 1_500}</table></div><p>Kind regards</p>")

    assert "Kind regards" in shown
    assert shown.count("Jo's lamp") == 1_500


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="b.html',
        "a\r\nSet-Cookie: desk=1\r\n\r\n<script>",
        "invoice\u202efdp.exe",
        "../../etc/passwd",
        "..\\start.bat",
        "Rechnung\u2028ü.svg",
        "x" * 3_000 + ".html",
    ],
)
def test_a_file_s_name_writes_no_header_and_hides_nothing(
    desk: Client, mail: Message, name: str
) -> None:
    file = factories.attachment(mail, safe_filename(name, "text/html"), b"<script>", "text/html")

    answer = desk.get(f"/attachments/{file.pk}/")

    start, _, written = answer.headers["Content-Disposition"].partition("''")
    assert start == "attachment; filename*=UTF-8"
    assert not set(unquote(written)) & set('"/\\\r\n\u202e\u2028<>')
    assert set(written) <= set(string.ascii_letters + string.digits + "%._-~")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_comment_that_is_none_hides_no_depth(mail: Message) -> None:
    assert "nested too deep" in _shown(mail, "<style><!--</style>" + "<div>" * 20_000)


def test_links_into_the_desk_lead_nowhere(mail: Message) -> None:
    shown = _shown(mail, '<a href="/logout/">Pay</a> <a href="https:evil.test">now</a>')

    assert "logout" not in shown
    assert 'href="https://evil.test/"' in shown
