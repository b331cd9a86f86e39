"""Replies of the kinds zapier/email-reply-parser is tested with.

The corpus ships texts without results. The table was set by reading each text: how many lines
that are not blank belong to the own words, the history and the signature.
"""

import pytest

from tests.mail.corpora import corpus
from triage.mail import split_reply

FOLDER = corpus("replies-zapier")
# name, lines of own words, of history, of signature
TABLE = """
correct_sig 1 0 2
email_1_1 4 0 5
email_1_2 24 8 4
email_1_3 2 43 5
email_1_4 1 2 0
email_1_5 12 0 0
email_1_6 1 10 1
email_1_7 1 9 0
email_1_8 15 13 2
email_2_1 1 13 0
email_2_2 1 7 0
email_2_3 1 14 0
email_BlackBerry 1 0 1
email_bullets 5 3 2
email_gmail 1 7 0
email_headers_no_delimiter 1 10 0
email_iPhone 1 0 1
email_multi_word_sent_from_my_mobile_device 1 0 1
email_one_is_not_on 3 3 0
email_partial_quote_header 4 5 0
email_sent_from_my_not_signature 2 0 0
email_sig_delimiter_in_middle_of_line 4 0 0
greedy_on 4 8 0
pathological 2 17 0
"""
ROWS = [row.split() for row in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_reply_is_split_where_a_reader_would(row: list[str]) -> None:
    name, *expected = row
    reply = split_reply((FOLDER / f"{name}.txt").read_text(encoding="utf-8"))
    strands = (reply.visible, reply.quoted, reply.signature)
    assert [written(strand) for strand in strands] == [int(each) for each in expected]


def test_every_text_is_in_the_table() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {row[0] for row in ROWS}


def written(strand: str) -> int:
    return sum(bool(line.strip()) for line in strand.splitlines())
