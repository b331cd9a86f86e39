"""Replies in twenty languages and programs, of crisp-oss/email-reply-parser.

The corpus ships texts without results. The table was set by reading each text: how many lines
that are not blank belong to the own words, the history and the signature.
"""

import pytest

from tests.mail.corpora import corpus
from triage.mail import split_reply

FOLDER = corpus("mail-crisp") / "fixtures"
# name, lines of own words, of history, of signature
TABLE = """
correct_sig 1 0 2
email_1 4 0 5
email_10 5 7 0
email_11 5 7 0
email_12 5 7 0
email_13 5 7 0
email_14 5 4 0
email_15 5 3 1
email_16 5 4 0
email_17 5 4 0
email_18 5 7 0
email_19 1 10 1
email_2 24 8 4
email_20 1 3 0
email_21 497 0 0
email_22 5 2 0
email_23 5 2 0
email_24 5 2 0
email_25 5 4 0
email_26 5 4 0
email_2_1 1 13 0
email_3 2 43 5
email_4 1 2 0
email_5 12 0 0
email_6 2 10 0
email_7 5 18 11
email_8 5 7 0
email_9 5 10 0
email_blackberry 1 0 1
email_bullets 5 3 2
email_custom_quote_header 1 11 3
email_customer_quote_header_2 1 4 0
email_customer_quote_header_3 3 6 0
email_danish_dash_separator 5 5 0
email_emoji 1 0 4
email_en_multiline_2 5 5 0
email_finnish 5 3 0
email_fr_multiline 5 5 0
email_french_2 5 3 0
email_french_dash_separator 5 4 0
email_german 5 2 0
email_german_2 5 5 0
email_german_3 5 1 1
email_german_outlook 5 6 0
email_gmail_split_line_from 5 6 0
email_ios_outlook 5 15 1
email_ios_outlook_fr 5 8 1
email_iphone 1 0 1
email_italian 5 2 0
email_msn 5 6 0
email_multi_word_sent_from_my_mobile_device 1 0 1
email_norwegian_gmail 5 17 0
email_not_a_signature 9 0 2
email_not_a_signature_2 7 0 0
email_one_is_not_on 3 3 0
email_original_message 5 4 0
email_original_message_2 5 4 0
email_outlook_split_line_from 5 18 0
email_portuguese 5 3 0
email_reply_header 6 14 2
email_russian 5 2 0
email_sent_from 1 3 1
email_sent_from_my_not_signature 2 0 0
email_thread 1 18 0
email_tricky_10_special_chars_in_name 5 2 0
email_tricky_11_double_signature 1 0 7
email_tricky_12_no_space_after_header 5 3 0
email_tricky_13_timestamp_variations 7 0 0
email_tricky_14_long_quote_header 5 2 0
email_tricky_15_original_message_variations 5 6 0
email_tricky_16_unicode_signatures 3 0 5
email_tricky_17_forward_header 1 6 0
email_tricky_18_inline_reply 7 0 0
email_tricky_19_quote_without_header 8 0 0
email_tricky_1_on_false_positive 4 0 0
email_tricky_20_html_entities 2 2 0
email_tricky_2_url_with_wrote 3 0 2
email_tricky_3_code_block 10 0 0
email_tricky_4_from_in_body 3 0 0
email_tricky_5_mixed_languages 5 8 0
email_tricky_6_regards_in_sentence 4 0 0
email_tricky_7_multiple_dashes 9 0 0
email_tricky_8_sent_from_in_content 3 0 0
email_tricky_9_nested_quotes 1 11 0
email_unquoted_reply 1 2 0
email_with_date_headers 3 0 0
email_with_from_headers 2 0 0
email_with_regards 3 0 3
email_zoho 2 2 0
sig_no_empty_line 1 0 2
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
