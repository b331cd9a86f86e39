"""Text as PostgreSQL takes it. The raw bytes of a mail still hold what is lost here."""

# As many bytes as RFC 5322 allows characters; PostgreSQL's index entries end at 2,704 bytes.
MAX_ID_BYTES = 998


def storable(text: str) -> str:
    """The text without what no column of text or JSON holds: NUL and lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text.encode("utf-8", "replace").decode("utf-8")


def storable_id(message_id: str) -> str:
    """A Message-ID as it is kept and looked up: cut to what an index entry holds."""
    return storable(message_id).encode()[:MAX_ID_BYTES].decode("utf-8", "ignore")
