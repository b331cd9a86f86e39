"""Header text: encoded-words (RFC 2047), raw 8-bit bytes, folding."""

import binascii
import re

from triage.mail.charsets import codec_for, decode

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([BbQq])\?([^?]*)\?=")
# Between two encoded-words white space is only there to separate them (RFC 2047, 6.2).
_RUN = re.compile(r"=\?[^?\s]{1,60}\?[BbQq]\?[^?]*\?=(?:\s*=\?[^?\s]{1,60}\?[BbQq]\?[^?]*\?=)*")
_SPACES = re.compile(r"[\r\n\t][\r\n\t ]*")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


def raw_text(value: bytes, label: str = "") -> str:
    """Bytes of a header field as one line; encoded-words stay as they are."""
    text = (
        value.decode("ascii")
        if value.isascii() and b"\x1b" not in value
        else decode(value, label)[0]
    )
    if "\n" in text or "\r" in text or "\t" in text:
        text = _SPACES.sub(" ", text)
    return _CONTROLS.sub("", text).strip() if not text.isprintable() else text.strip()


def decode_words(text: str) -> str:
    """Text with its encoded-words decoded; what does not decode stays as written."""
    return _RUN.sub(_decoded_run, text) if "=?" in text else text


def header_text(value: bytes) -> str:
    """An unstructured field as a person reads it."""
    text = raw_text(value)
    if "=?" not in text:
        return text
    return " ".join(_CONTROLS.sub("", decode_words(text)).splitlines()).strip()


def _decoded_run(run: re.Match[str]) -> str:
    # Senders cut words between the bytes of one character, so the bytes of neighbours in the
    # same charset are joined before they are decoded.
    pieces: list[tuple[str, bytes]] = []
    for charset, encoding, payload in _WORD.findall(run[0]):
        label = charset.partition("*")[0].lower()
        data = _base64(payload) if encoding in "bB" else _quoted(payload)
        if pieces and pieces[-1][0] == label and codec_for(label) not in ("hz", "utf-7"):
            pieces[-1] = (label, pieces[-1][1] + data)
        else:
            pieces.append((label, data))
    return "".join(decode(data, label)[0] for label, data in pieces)


def _base64(payload: str) -> bytes:
    clean = _NOT_BASE64.sub("", payload)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + "=" * (-len(clean) % 4))


def _quoted(payload: str) -> bytes:
    return binascii.a2b_qp(payload.encode("utf-8", "replace"), header=True)
