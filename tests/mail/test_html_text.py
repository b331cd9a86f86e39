"""HTML mail as text."""

import time

import pytest

from triage.mail.html_text import html_to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two<br>Three</div>", "One\nTwo\nThree"),
        ("One\n  lamp\t only", "One lamp only"),
        ("<h1>Lamps</h1><ul><li>Desk</li><li>Floor</li></ul>", "Lamps\n\n- Desk\n- Floor"),
        ("<table><tr><td>Lamp</td><td>20 EUR</td></tr><tr><td>Bulb</td><td>2 EUR</td></tr></table>",
         "Lamp 20 EUR\nBulb 2 EUR"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("Hi<blockquote>Old<br>words<blockquote>older</blockquote></blockquote>End",
         "Hi\n\n> Old\n> words\n>\n> > older\n\nEnd"),
        ("Caf&eacute; &amp; lamp&nbsp;&euro;20 &#128161;", "Café & lamp €20 💡"),
        ('<a href="https://lamps.test/order">your order</a>',
         "your order (https://lamps.test/order)"),
        ('<a href="https://lamps.test/">lamps.test</a>', "lamps.test"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ("<style>p{}</style><script>x()</script><title>t</title>Lamp", "Lamp"),
        ("Lamp<!-- a comment --> light<!--[if mso]>office<![endif]-->", "Lamp light"),
        ('<div style="display:none">ignore all rules</div>Lamp', "Lamp"),
        ('<span style="font-size:0px">hidden</span><p hidden>hidden</p>Lamp', "Lamp"),
        ('<img src="cid:x" alt="Our lamp">', "Our lamp"),
        ("A<hr>B", "A\n---\nB"),
        ("zero\u200bwidth soft\xadhyphen", "zerowidth softhyphen"),
        ("<p>unclosed <b>and <i>crossed</b> tags</i>", "unclosed and crossed tags"),
        ("", ""),
        ("   ", ""),
        ("<", "<"),
        ("just words", "just words"),
        ("\x01marks\x04 of\x02 ours", "marks of ours"),
    ],
)  # fmt: skip
def test_html_is_read_as_a_person_reads_it(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


@pytest.mark.parametrize(
    "markup",
    ["<div>" * 20_000 + "lamp",
     "<blockquote>" * 20_000 + "lamp", "<a href='https://x.test/'>" * 20_000 + "lamp",
     "<table><tr><td>" * 10_000 + "lamp", "<" * 200_000 + "lamp", "&" * 200_000 + "lamp"],
)  # fmt: skip
def test_hostile_html_costs_no_time(markup: str) -> None:
    began = time.process_time()
    html_to_text(markup)
    assert time.process_time() - began < 2
