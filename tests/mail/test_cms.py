"""S/MIME wrappers: opaque signatures are opened, encrypted mail is said to be encrypted."""

from base64 import encodebytes

from tests.mail.letters import HEAD, letter
from triage.mail import parse
from triage.mail.cms import Cms, read_cms

DATA, SIGNED, ENVELOPED = (bytes.fromhex(f"2a864886f70d0107{n:02x}") for n in (1, 2, 3))
INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nThe lamp flickers.\r\n" + b"x" * 300
MIME = (
    b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"',
    b"Content-Transfer-Encoding: base64",
)


def der(tag: int, *content: bytes) -> bytes:
    inside = b"".join(content)
    size = len(inside)
    if size < 0x80:
        return bytes([tag, size]) + inside
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | width]) + size.to_bytes(width, "big") + inside


def endless(tag: int, *content: bytes) -> bytes:
    """The same without its length, as programs write that stream."""
    return bytes([tag, 0x80]) + b"".join(content) + b"\0\0"


def signed(content: bytes | None) -> bytes:
    holder = [] if content is None else [der(0xA0, der(0x04, content))]
    body = der(0x30, der(0x02, b"\1"), der(0x31), der(0x30, der(0x06, DATA), *holder), der(0x31))
    return der(0x30, der(0x06, SIGNED), der(0xA0, body))


def streamed(content: bytes) -> bytes:
    pieces = [der(0x04, content[at : at + 100]) for at in range(0, len(content), 100)]
    holder = endless(0xA0, endless(0x24, *pieces))
    body = endless(
        0x30, der(0x02, b"\1"), der(0x31), endless(0x30, der(0x06, DATA), holder), der(0x31)
    )
    return endless(0x30, der(0x06, SIGNED), endless(0xA0, body))


def test_a_mail_inside_a_signature_is_read_and_its_signature_said_to_be_unchecked() -> None:
    for wrapped in (signed(INNER), streamed(INNER)):
        mail = parse(letter(encodebytes(wrapped), *MIME))
        assert mail.text.startswith("The lamp flickers.")
        assert mail.attachments == ()
        assert mail.defects == (
            "The mail was inside an S/MIME signature; the signature was not checked.",
        )


def test_an_encrypted_mail_is_kept_as_a_file_and_said() -> None:
    sealed = der(0x30, der(0x06, ENVELOPED), der(0xA0, der(0x30)))
    mail = parse(letter(encodebytes(sealed), *MIME))
    assert [each.filename for each in mail.attachments] == ["smime.p7m"]
    assert mail.attachments[0].content == sealed
    assert mail.defects == (
        "The mail is encrypted (S/MIME); the encrypted content is kept as a file.",
    )


def test_a_signature_without_content_stays_a_file() -> None:
    assert read_cms(signed(None)) == Cms(encrypted=False, content=None)
    assert len(parse(letter(encodebytes(signed(None)), *MIME)).attachments) == 1


def test_a_signed_file_that_is_no_mail_stays_a_file() -> None:
    invoice = signed(b"<?xml version='1.0'?>\n<FatturaElettronica/>")
    mail = parse(letter(encodebytes(invoice), *MIME))
    assert [each.content for each in mail.attachments] == [invoice]
    assert (mail.text, mail.defects) == ("", ())


def test_damage_never_raises() -> None:
    for whole in (signed(INNER[:80]), streamed(INNER[:80])):
        for end in range(len(whole)):
            read_cms(whole[:end])
        for at in range(len(whole)):
            read_cms(whole[:at] + b"\x80" + whole[at + 1 :])
    assert read_cms(b"") is None
    assert read_cms(b"\x30\x80" * 5_000) is None


def test_a_signature_in_a_signature_in_a_signature_ends() -> None:
    inner = INNER
    for _ in range(30):
        inner = b"\r\n".join(MIME) + b"\r\n\r\n" + encodebytes(signed(inner))
    assert parse(HEAD + inner).subject == "The reading lamp flickers"
