"""How much of a mail is read. Beyond a limit the raw bytes still hold everything: staff are told.

Each figure is far above what people send and low enough that a hostile mail costs seconds and
megabytes, not a worker.
"""

# Gmail and Exchange Online take 25 to 150 MB, most others stop at 50 MB.
MAIL_BYTES = 50 * 1024 * 1024
# Real mail nests four or five deep (signed, mixed, related, alternative); a long chain of
# forwards as attachment reaches twenty. Collecting recurses, so this stays far under Python's
# own limit of 1,000 frames.
MIME_DEPTH = 100
# Digests of busy mailing lists carry a few hundred parts.
PARTS = 5_000
# Lines that begin with "--" and could be a boundary; each is remembered with its place.
DELIMITER_LINES = 200_000
# Wrong boundaries that are replaced by the one found in the body; each guess is a scan.
BOUNDARY_GUESSES = 5
# A mail through many relays and filters has about 100 fields.
HEADERS = 1_000
# Room for 1,000 recipients in one field.
HEADER_BYTES = 64 * 1024
HEADER_BLOCK_BYTES = 1024 * 1024
ADDRESSES = 1_000
# RFC 5322 wants one Message-ID per field; threads of years have a few hundred References.
MESSAGE_IDS = 500
# RFC 5322, 2.1.1: a line has at most 998 characters, and an id must fit one.
MESSAGE_ID_CHARACTERS = 998
SUBJECT_CHARACTERS = 2_000
# Larger than any novel; more is a log file pasted into the body.
TEXT_CHARACTERS = 1_000_000
# Newsletters reach 500 kB, mostly style.
HTML_CHARACTERS = 2_000_000
# A page of 100,000 elements takes a browser seconds, and every sanitizer behind us too.
HTML_TAGS = 200_000
ATTACHMENTS = 1_000
# Every common file system stores names of 255 bytes.
FILENAME_BYTES = 255
# A page of sentences; nobody reads more.
DEFECTS = 30
# Bytes looked at to tell an undeclared charset: enough letters, constant time.
CHARSET_SAMPLE_BYTES = 4_096
