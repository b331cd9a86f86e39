"""Address fields of orderly and of careless programs."""

import pytest

from triage.mail import limits
from triage.mail.addresses import read_addresses
from triage.mail.values import Address

FARAH = Address("Farah Nadir", "farah@example.org")


@pytest.mark.parametrize(
    "text",
    [
        "Farah Nadir <farah@example.org>",
        '"Farah Nadir" <farah@example.org>',
        "farah@example.org (Farah Nadir)",
        "Farah Nadir<farah@EXAMPLE.ORG>",
        "'Farah Nadir' <farah@example.org>",
        "\"'Farah Nadir'\" <farah@example.org>",
        "=?utf-8?Q?Farah_Nadir?= <farah@example.org>",
        '"=?utf-8?Q?Farah_Nadir?=" <farah@example.org>',
        "Farah Nadir <<farah@example.org>>",
        "Farah Nadir <farah@example.org",
        "Farah Nadir farah@example.org",
        "Farah Nadir <mailto:farah@example.org>",
        "Farah Nadir <@relay.test:farah@example.org>",
        "Farah (of Nadir & Co) Nadir <farah@example.org>",
        "Farah Nadir <farah@example.org.>",
        "=?utf-8?Q?Farah_Nadir_=3Cfarah=40example.org=3E?=",
    ],
)
def test_one_mailbox_is_read_however_it_is_written(text: str) -> None:
    assert read_addresses(text) == (FARAH,)


def test_the_local_part_stays_as_written_and_the_domain_is_lower_cased() -> None:
    assert read_addresses("Farah.N@Example.ORG") == (Address("", "Farah.N@example.org"),)


def test_commas_in_quotes_and_encoded_words_do_not_separate() -> None:
    found = read_addresses(
        '"Nadir, Farah" <farah@example.org>, =?utf-8?Q?Okoye,_Obi?= <obi@example.com>'
    )
    assert found == (
        Address("Nadir, Farah", "farah@example.org"),
        Address("Okoye, Obi", "obi@example.com"),
    )


def test_groups_dissolve_into_their_members() -> None:
    found = read_addresses("Buyers: Farah Nadir <farah@example.org>, obi@example.com;")
    assert found == (FARAH, Address("", "obi@example.com"))
    assert read_addresses("undisclosed-recipients:;") == ()


def test_semicolons_separate_as_in_outlook() -> None:
    assert len(read_addresses("farah@example.org; obi@example.com")) == 2


def test_a_quoted_local_part_keeps_its_quotes() -> None:
    assert read_addresses('"farah n"@example.org') == (Address("", '"farah n"@example.org'),)


def test_what_is_no_address_keeps_its_words_as_the_name() -> None:
    assert read_addresses("The lamp people") == (Address("The lamp people", ""),)
    assert read_addresses("") == ()


def test_an_address_given_only_as_the_name_is_found() -> None:
    assert read_addresses('"farah@example.org" <>')[0].address == "farah@example.org"


def test_a_name_that_pretends_to_be_another_address_stays_the_name() -> None:
    found = read_addresses('"ceo@alder-lamps.example.com" <thief@example.org>')
    assert found == (Address("ceo@alder-lamps.example.com", "thief@example.org"),)


def test_a_field_with_very_many_recipients_is_cut() -> None:
    many = ", ".join(f"buyer{n}@example.org" for n in range(limits.ADDRESSES + 50))
    assert len(read_addresses(many)) == limits.ADDRESSES
