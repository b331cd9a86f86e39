"""What hostile mails try, many to a body.

HOST stands for the address of the host that counts its visitors. Each line is one attempt.
"""

import os
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

PER_MAIL = 100
_OURS = """\
<script>alert(1)</script>
<script src="HOST/load.js"></script>
<ScRiPt/x>alert(1)</sCrIpT >
<img src="x:none" onerror="alert(1)">
<img src=x:none onerror=alert&#40;1&#41;>
<img src="HOST/plain.gif" width="40" height="40">
<img srcset="HOST/set.gif 1x, HOST/set-2.gif 2x">
<picture><source srcset="HOST/source.gif"><img alt="Crate 12"></picture>
<image href="HOST/image.gif" src="HOST/image-2.gif">
<input type="image" src="HOST/input.gif">
<input autofocus onfocus="alert(1)">
<body background="HOST/body.gif" onload="alert(1)">
<table background="HOST/table.gif"><tr><td background="HOST/cell.gif">Total</td></tr></table>
<div style="background:url(HOST/style.gif)">a</div>
<div style="background-image:\\75\\72\\6c(HOST/escaped.gif)">a</div>
<div style="background:image-set('HOST/image-set.gif' 1x)">a</div>
<div style="list-style:url('HOST/list.gif');display:list-item">a</div>
<div style="content:url(HOST/content.gif)">a</div>
<div style="cursor:url(HOST/cursor.cur),auto">a</div>
<div style="border-image:url(HOST/border.gif) 30">a</div>
<div style="width:expression(alert(1));-moz-binding:url(HOST/binding.xml)">a</div>
<p style="font-family:'a;background:url(HOST/quoted.gif)'">a</p>
<p style="color:red;/*;*/background:url(HOST/commented.gif)">a</p>
<style>@import "HOST/import.css"; body { background: url(HOST/rule.gif) }</style>
<style>@font-face { font-family: a; src: url(HOST/font.woff) } p { font-family: a }</style>
<link rel="stylesheet" href="HOST/sheet.css">
<link rel="prefetch" href="HOST/prefetch.html"><link rel="icon" href="HOST/icon.gif">
<link rel="preload" as="image" href="HOST/preload.gif">
<link rel="import" href="HOST/import.html">
<base href="HOST/"><img src="based.gif">
<meta http-equiv="refresh" content="0;url=HOST/refresh.html">
<meta http-equiv="Content-Security-Policy" content="img-src *">
<iframe src="HOST/frame.html"></iframe>
<iframe srcdoc="<script>alert(1)</script><img src='HOST/srcdoc.gif'>"></iframe>
<iframe src="javascript:alert(1)"></iframe>
<frameset><frame src="HOST/frameset.html"></frameset>
<object data="HOST/object.html"></object>
<object type="text/html" data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>
<embed src="HOST/embed.svg">
<applet codebase="HOST/" code="applet.class"></applet>
<video poster="HOST/poster.gif" src="HOST/film.mp4" autoplay></video>
<video><source src="HOST/film.mp4" onerror="alert(1)"></video>
<audio src="HOST/voice.mp3" autoplay onerror="alert(1)"></audio>
<track src="HOST/track.vtt">
<svg onload="alert(1)"></svg>
<svg><script>alert(1)</script></svg>
<svg><script href="HOST/svg.js"></script></svg>
<svg><image href="HOST/svg.gif" width="9" height="9"></image></svg>
<svg><use href="HOST/use.svg#a"></use></svg>
<svg><style>@import url(HOST/svg.css)</style></svg>
<svg><animate onbegin="alert(1)" attributeName="x" dur="1s"></animate></svg>
<svg><foreignObject><iframe src="HOST/foreign.html"></iframe></foreignObject></svg>
<svg><a xlink:href="javascript:alert(1)"><text y="20">Pay now</text></a></svg>
<math><a xlink:href="javascript:alert(1)">Pay now</a></math>
<math><mtext><table><mglyph><style><img src=x:none onerror=alert(1)></style></mglyph></table>
<svg></p><style><a id="</style><img src=x:none onerror=alert(1)>">
<noscript><p title="</noscript><img src=x:none onerror=alert(1)>"></noscript>
<form action="HOST/form.html"><button autofocus onfocus="alert(1)">Pay</button></form>
<form id="f" action="HOST/f.html"></form><button form="f" formaction="javascript:alert(1)">a
<a href="javascript:alert(1)">Pay now</a>
<a href=" &#1; jav&#9;ascript&colon;alert(1)">Pay now</a>
<a href="vbscript:msgbox(1)">Pay now</a>
<a href="data:text/html,<script>alert(1)</script>">Pay now</a>
<a href="file:///etc/hosts">Pay now</a>
<a href="HOST/pinged.html" ping="HOST/ping">Pay now</a>
<a href="#" onclick="alert(1)" onmouseover="alert(1)">Pay now</a>
<details open ontoggle="alert(1)"><summary>More</summary></details>
<marquee onstart="alert(1)">Last days</marquee>
<div onpointerenter="alert(1)" onanimationstart="alert(1)" tabindex="0">a</div>
<div popover onbeforetoggle="alert(1)" id="p">a</div><button popovertarget="p">a</button>
<template><img src="HOST/template.gif" onerror="alert(1)"></template>
<div><template shadowrootmode="open"><img src="HOST/shadow.gif" onerror="alert(1)"></template></div>
<isindex type="image" src="HOST/isindex.gif" onerror="alert(1)">
<bgsound src="HOST/sound.mid"><layer src="HOST/layer.html"></layer>
<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>">
<img src="/\t/127.0.0.1/odd.gif"><img src="\\\\127.0.0.1\\odd.gif">
<img src="HOST/spy.gif" width="1" height="1">
<div style="display:none"><img src="HOST/spy-2.gif"></div>
<!--[if gte mso 9]><img src="HOST/mso.gif" onerror="alert(1)"><![endif]-->
<!--><img src=x:none onerror=alert(1)>-->
<?xml-stylesheet href="HOST/pi.css"?><![CDATA[<img src=x:none onerror=alert(1)>]]>
"""
# How many of the attempts are ours.
OURS = len(_OURS.splitlines())
# Ends whatever an attempt has left open, so that the next one is not swallowed by it.
_FENCE = (
    "\"'>--></textarea></title></style></script></noscript></template></select></svg></math></xmp>"
    "</iframe></noembed></noframes></object></video></audio></applet></marquee></form></a></p>"
)
_OPENED = re.compile(r"<([a-z][\w:-]*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:(?:\\?/){2}[^/\s\"'<>\\)]+", re.IGNORECASE)
_SCHEMELESS = re.compile(r"(?<![:\w/])//[a-z0-9][a-z0-9-]*\.[a-z0-9.-]+", re.IGNORECASE)


def attempts(host: str) -> list[str]:
    """Ours, then the corpus's 6,600 where TRIAGE_CORPORA names it; all lead to `host`."""
    lines = _OURS.replace("HOST", host).splitlines()
    corpora = os.environ.get("TRIAGE_CORPORA")
    if not corpora:
        return lines
    folder = Path(corpora) / "xss"
    for path in sorted(folder.glob("*.txt")):
        theirs = path.read_text(encoding="utf-8", errors="replace").splitlines()
        lines += [_redirected(line, host) for line in theirs if line.strip()]
    return lines


def bodies(lines: list[str]) -> Iterator[str]:
    """HTML of mails, each attempt behind a mark that must still be there when it is shown."""
    # What follows <plaintext> is text to the end of the mail: each closes a mail of its own.
    swallowing = [line for line in lines if "plaintext" in line.lower()]
    others = [line for line in lines if "plaintext" not in line.lower()]
    for start in range(0, len(others), PER_MAIL):
        yield _body(others[start : start + PER_MAIL])
    for line in swallowing:
        yield _body([line])


def mark(number: int) -> str:
    """The words before attempt `number` of a mail."""
    return f"attempt-{number}."


def _body(lines: list[str]) -> str:
    pieces = [
        f"<p>{mark(number)}</p>\n{line}\n{_fence(line)}"
        # The same as the value of an attribute, where half of the known tricks expect to be.
        f'<a href="{escape(line)}">a</a><p style="{escape(line)}">b</p><img src="{escape(line)}">\n'
        for number, line in enumerate(lines)
    ]
    return "<html><body>" + "".join(pieces)


def _fence(line: str) -> str:
    names = dict.fromkeys(_OPENED.findall(line))
    return _FENCE + "".join(f"</{name}>" for name in reversed(names))


def _redirected(line: str, host: str) -> str:
    return _SCHEMELESS.sub(host.removeprefix("http:"), _ADDRESS.sub(host, line))
