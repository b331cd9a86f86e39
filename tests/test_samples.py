"""The sample mail of Alder Lamps is what the demo promises: real mail, sorted, threaded, sound.

Mail is read with the standard library only: the samples must not depend on our own parser.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from functools import cache
from pathlib import Path

import facturx
import pytest
from lxml import etree
from stdnum import iban
from stdnum.eu import vat

FOLDER = Path(__file__).resolve().parent.parent / "triage" / "samples"
RESERVED = re.compile(r"(?:^|[.@])(?:example\.com|example\.org|test)$")
CATEGORIES = {"support", "billing", "sales", "spam", None}
# The mail whose clock is wrong on purpose, and the ones that have nothing to read but a picture.
WRONG_CLOCK = "wrong-date"
PICTURE_ONLY = "photo-only"
ODD_CHARSET = "x-ansi-1252"


@dataclass(frozen=True)
class Sample:
    """One file, its label and its mail."""

    name: str
    label: dict[str, str | None]
    mail: Message

    @property
    def slug(self) -> str:
        return self.name[4:].removesuffix(".eml")

    def header(self, name: str) -> str:
        unfolded = re.sub(r"\r?\n(?=[ \t])", "", self.mail.get(name, ""))
        return str(make_header(decode_header(unfolded)))

    def ids(self, *names: str) -> list[str]:
        return [i for name in names for i in re.findall(r"<([^>]+)>", self.mail.get(name, ""))]

    def texts(self, *types: str) -> Iterator[str]:
        """The decoded text parts of these content types."""
        for part in self.mail.walk():
            if part.get_content_type() in types and not part.get_filename():
                yield decoded(part)

    def attachments(self) -> Iterator[tuple[str, str, bytes]]:
        """(file name, content type, content) of what has a file name."""
        for part in self.mail.walk():
            name = part.get_filename()
            content = part.get_payload(decode=True)
            if name and isinstance(content, bytes):
                yield name, part.get_content_type(), content


def decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    charset = part.get_content_charset("us-ascii")
    return content.decode("windows-1252" if charset == ODD_CHARSET else charset)


@cache
def samples() -> tuple[Sample, ...]:
    lines = (FOLDER / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(
        Sample(label["file"], label, message_from_bytes((FOLDER / label["file"]).read_bytes()))
        for label in map(json.loads, lines)
    )


@cache
def threads() -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples():
        if thread := sample.label.get("thread"):
            found[thread].append(sample)
    return found


@cache
def invoices() -> dict[str, bytes]:
    """The XML of every structured invoice by the name of the file that carries it."""
    found: dict[str, bytes] = {}
    for sample in samples():
        for name, content_type, content in sample.attachments():
            if content_type == "application/xml":
                found[name] = content
            elif content_type == "application/pdf":
                embedded, xml = facturx.get_xml_from_pdf(content, check_xsd=True) or (None, b"")
                if embedded:
                    found[name] = xml
    return found


def amounts(xml: bytes, *names: str) -> list[Decimal]:
    """The figures of all elements with one of these local names, in the order of the document."""
    tree = etree.fromstring(xml)
    return [
        Decimal(str(element.text))
        for element in tree.iter("{*}*")
        if etree.QName(element).localname in names and element.text
    ]


def test_every_file_has_one_label_and_every_label_a_file() -> None:
    labelled = [sample.name for sample in samples()]
    assert labelled == sorted(path.name for path in FOLDER.glob("*.eml"))
    assert all(re.fullmatch(r"\d{3}-[a-z0-9-]+\.eml", name) for name in labelled)
    assert [int(name[:3]) for name in labelled] == list(range(1, len(labelled) + 1))


def test_every_mail_is_whole() -> None:
    for sample in samples():
        assert not sample.mail.defects, sample.name
        assert not [part for part in sample.mail.walk() if part.defects], sample.name
        assert sample.header("Subject"), sample.name
        assert sample.header("From"), sample.name
        # Opened the modern way too: a header the strict reader chokes on is not a sample.
        strict = message_from_bytes((FOLDER / sample.name).read_bytes(), policy=policy.default)
        assert strict["subject"] == sample.header("Subject"), sample.name


def test_every_mail_but_the_picture_has_something_to_read() -> None:
    silent = [
        sample.slug
        for sample in samples()
        if not "".join(sample.texts("text/plain", "text/html")).strip()
    ]
    assert silent == [PICTURE_ONLY]


def test_lines_end_as_on_the_wire_and_stay_within_the_limit_of_rfc_5322() -> None:
    for sample in samples():
        raw = (FOLDER / sample.name).read_bytes()
        assert raw.count(b"\n") == raw.count(b"\r\n"), sample.name
        assert max(map(len, raw.split(b"\r\n"))) <= 998, sample.name
        assert raw.isascii(), sample.name


def test_files_stand_in_the_order_of_time() -> None:
    times = [
        parsedate_to_datetime(sample.header("Date"))
        for sample in samples()
        if sample.slug != WRONG_CLOCK
    ]
    assert times == sorted(times)
    assert times[0] >= datetime(2026, 11, 13, tzinfo=UTC)
    assert times[-1] == max(times)
    assert times[-1].astimezone(UTC).replace(second=0) == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_every_name_in_a_mail_is_reserved_for_examples() -> None:
    """RFC 2606: nothing here can reach anybody, whoever clicks on it."""
    for sample in samples():
        readable = "\n".join(sample.texts("text/plain", "text/html", "text/rfc822-headers"))
        headers = "\n".join(f"{name}: {value}" for name, value in sample.mail.items())
        hosts = re.findall(r"[\w.+%-]@([\w-]+(?:\.[\w-]+)+)", readable + headers)
        hosts += re.findall(r"https?://([^/\s\"'<>:?]+)", readable + headers)
        hosts += re.findall(r"\b(?:from|by) ([\w-]+\.[\w.-]+)", sample.mail.get("Received", ""))
        foreign = {host for host in hosts if not RESERVED.search("." + host)}
        assert not foreign, f"{sample.name}: {foreign}"


def test_mail_is_sent_to_an_address_of_the_company() -> None:
    for sample in samples():
        fields = [sample.mail.get(name, "") for name in ("To", "Cc", "Delivered-To")]
        domains = {address.partition("@")[2] for _, address in getaddresses(fields)}
        assert "alderlamps.example.com" in domains, sample.name


def test_the_queues_are_filled_as_in_a_small_company() -> None:
    counts = Counter(sample.label["category"] for sample in samples())
    assert set(counts) == CATEGORIES
    total = sum(count for category, count in counts.items() if category)
    assert total >= 130
    for category, share in {"support": 45, "billing": 22, "sales": 18, "spam": 15}.items():
        assert abs(100 * counts[category] / total - share) < 2, category


def test_three_languages_are_written() -> None:
    counts = Counter(sample.label["language"] for sample in samples())
    assert set(counts) == {"en", "fr", "de"}
    for language, share in {"en": 60, "fr": 20, "de": 20}.items():
        assert abs(100 * counts[language] / len(samples()) - share) < 3, language
    for category in ("support", "billing", "sales", "spam"):
        spoken = {s.label["language"] for s in samples() if s.label["category"] == category}
        assert spoken == {"en", "fr", "de"}, category


def test_a_dozen_tickets_could_go_to_two_queues() -> None:
    hard = [sample for sample in samples() if "also" in sample.label]
    openings = {sample.label.get("thread", sample.slug) for sample in hard}
    assert len(openings) >= 12
    for sample in hard:
        assert sample.label["also"] in CATEGORIES - {None, sample.label["category"]}, sample.name


def test_only_machines_answers_have_no_category() -> None:
    for sample in samples():
        is_automatic = sample.header("Auto-Submitted").startswith("auto-")
        assert is_automatic == (sample.label["category"] is None), sample.name


def test_no_two_bodies_are_alike() -> None:
    bodies = Counter("\n".join(s.texts("text/plain", "text/html")).strip() for s in samples())
    assert [body for body, count in bodies.items() if count > 1] == []


def test_every_reply_names_an_earlier_mail_of_its_thread() -> None:
    assert len(threads()) >= 12
    for thread, (first, *replies) in threads().items():
        assert first.slug == thread
        assert 1 <= len(replies) <= 4, thread
        earlier = set(first.ids("Message-ID"))
        for reply in replies:
            named = reply.ids("In-Reply-To", "References")
            assert earlier & set(named), reply.name
            assert named[-1] in reply.ids("References"), "In-Reply-To ends References, RFC 5322"
            earlier |= set(reply.ids("Message-ID"))


def test_no_mail_names_a_mail_of_another_thread() -> None:
    home = {i: s.label.get("thread", s.slug) for s in samples() for i in s.ids("Message-ID")}
    for sample in samples():
        for named in sample.ids("In-Reply-To", "References"):
            assert home.get(named, sample.label.get("thread", sample.slug)) == (
                sample.label.get("thread", sample.slug)
            ), sample.name


def test_colleagues_of_a_requester_write_too() -> None:
    def firm(sample: Sample) -> tuple[str, str]:
        address = getaddresses([sample.mail["From"]])[0][1]
        return address, address.partition("@")[2]

    shared = [
        thread
        for thread, mails in threads().items()
        if len({firm(s)[0] for s in mails}) > 1 and len({firm(s)[1] for s in mails}) == 1
    ]
    assert len(shared) >= 5


def test_one_thread_hangs_together_by_references_alone() -> None:
    loose = {
        thread
        for thread, (_, *replies) in threads().items()
        if not any(reply.mail["In-Reply-To"] for reply in replies)
    }
    assert loose == {"variateur-bourdonne"}


def test_one_reply_repeats_a_subject_and_nothing_else() -> None:
    (stray,) = (s for s in samples() if s.slug == "re-lamp-arrived-broken")
    assert not stray.ids("In-Reply-To", "References")
    assert "thread" not in stray.label
    subject = stray.header("Subject").removeprefix("Re: ")
    assert [s.slug for s in samples() if s.header("Subject") == subject] == ["alba-shade-cracked"]


@pytest.mark.parametrize(
    ("feature", "pattern", "at_least"),
    [
        ("latin-1", r'charset="?iso-8859-1\b', 8),
        ("windows-1252", r'charset="?windows-1252', 4),
        ("utf-8", r'charset="?utf-8', 40),
        ("a charset nobody knows", rf'charset="?{ODD_CHARSET}', 1),
        ("quoted-printable", r"Content-Transfer-Encoding: quoted-printable", 60),
        ("base64 text", r"Content-Type: text/plain[^\n]*\n[^\n]*base64", 3),
        ("encoded words", r"^Subject: =\?", 15),
        ("flowed text", r"format=flowed", 10),
        ("text and HTML", r"multipart/alternative", 30),
        ("pictures in the text", r"^Content-ID: <", 5),
        ("attached pictures", r"^Content-Type: image/jpeg", 8),
        ("a name in RFC 2231", r"filename\*=UTF-8''", 1),
        ("a calendar entry", r"^Content-Type: text/calendar", 1),
        ("a table", r"^Content-Type: text/csv", 1),
        ("a mail in a mail", r"^Content-Type: message/rfc822", 1),
        ("a bounce", r"^Content-Type: message/delivery-status", 1),
        ("a mailing list", r"^List-Post: ", 1),
        ("out of office", r"^Auto-Submitted: auto-replied", 3),
        ("mail clients", r"^(?:User-Agent|X-Mailer): ", 30),
        ("the way it came", r"^Received: from", 100),
    ],
)
def test_the_samples_show(feature: str, pattern: str, at_least: int) -> None:
    found = sum(
        bool(re.search(pattern, text, re.M))
        for text in ((FOLDER / s.name).read_text().replace("\r", "") for s in samples())
    )
    assert found >= at_least, feature


def test_remote_pictures_and_instructions_to_the_machine_are_there_to_be_held_off() -> None:
    pages = ["\n".join(sample.texts("text/html")) for sample in samples()]
    assert sum(bool(re.search(r'<img src="https://[^>]*width="1"', page)) for page in pages) >= 5
    texts = ["\n".join(sample.texts("text/plain", "text/html")) for sample in samples()]
    ordering = re.compile(r"(ignore|disregard) (all|the above|your previous)", re.I)
    assert sum(bool(ordering.search(text)) for text in texts) == 3


def test_one_mail_has_no_message_id_and_none_is_used_twice() -> None:
    ids = Counter(sample.mail["Message-ID"] for sample in samples())
    assert [name for name, count in ids.items() if count > 1] == []
    assert [sample.slug for sample in samples() if not sample.mail["Message-ID"]] == [
        "no-message-id"
    ]


def test_five_pdfs_and_three_files_carry_a_structured_invoice() -> None:
    hybrid = {name: xml for name, xml in invoices().items() if name.endswith(".pdf")}
    levels = Counter(facturx.get_level(etree.fromstring(xml)) for xml in hybrid.values())
    assert levels == {"basic": 1, "en16931": 2, "extended": 2}
    roots = Counter(
        etree.QName(etree.fromstring(xml)).localname
        for name, xml in invoices().items()
        if name.endswith(".xml")
    )
    assert roots == {"Invoice": 1, "CreditNote": 1, "CrossIndustryInvoice": 1}


def test_five_more_papers_are_pdfs_without_data() -> None:
    plain = {
        name
        for sample in samples()
        for name, content_type, _ in sample.attachments()
        if content_type == "application/pdf" and name not in invoices()
    }
    assert plain == {
        "invoice-2026-118.pdf",
        "FA004471.pdf",
        "Zahlungserinnerung_260987.pdf",
        "Lieferschein_LS-1207.pdf",
        "PO SB-2026-118.pdf",
    }


def test_all_invoices_but_glaswerk_renners_add_up() -> None:
    wrong = set()
    for name, xml in invoices().items():
        lines, stated = _sums(xml)
        if lines != stated:
            wrong.add((name, lines, stated))
    assert wrong == {("RE-2026-3391.pdf", Decimal("1216.00"), Decimal("1264.00"))}


def _sums(xml: bytes) -> tuple[Decimal, Decimal]:
    """Net of the lines added up, and as the document states it (BT-131 and BT-106)."""
    figures = amounts(xml, "LineTotalAmount", "LineExtensionAmount")
    is_ubl = b"urn:oasis" in xml
    stated = figures[0] if is_ubl else figures[-1]
    return sum(figures[1:] if is_ubl else figures[:-1], Decimal(0)), stated


def test_net_and_tax_make_the_gross_total_on_every_invoice() -> None:
    for name, xml in invoices().items():
        (net,) = amounts(xml, "TaxBasisTotalAmount", "TaxExclusiveAmount")
        tax = amounts(xml, "TaxTotalAmount", "TaxAmount")[0]
        (gross,) = amounts(xml, "GrandTotalAmount", "TaxInclusiveAmount")
        assert net + tax == gross, name


def test_numbers_on_invoices_have_valid_check_digits() -> None:
    for name, xml in invoices().items():
        text = xml.decode()
        vat_ids = re.findall(r">((?:DE|FR|IE)[0-9]{7,11}[A-Z]?)<", text)
        accounts = re.findall(r">([A-Z]{2}[0-9]{2}[A-Z0-9]{14,26})<", text)
        assert len(vat_ids) == 2, name
        assert all(map(vat.is_valid, vat_ids)), name
        assert len(accounts) == 1, name
        assert all(map(iban.is_valid, accounts)), name


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 4_000_000
