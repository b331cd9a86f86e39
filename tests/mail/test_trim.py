"""Replies in seven languages: own words, history, signature."""

import time

import pytest

from triage.mail import split_reply

OWN = "The lamp works again."
OLD = "Please try another bulb."
ATTRIBUTIONS = [
    "On Mon, 2 Nov 2026 at 09:15, Alice Arden <alice@alder-lamps.example.com> wrote:",
    "On 2 Nov 2026, at 09:15, Alice Arden wrote:",
    "On Mon, Nov 2, 2026 at 9:15 AM Alice Arden <\nalice@alder-lamps.example.com> wrote:",
    "Le lun. 2 nov. 2026 à 09:15, Alice Arden <alice@alder-lamps.example.com>\na écrit :",
    "Le 02/11/2026 à 09:15, Alice Arden a écrit :",
    "Am 02.11.2026 um 09:15 schrieb Alice Arden:",
    "Am Mo., 2. Nov. 2026 um 09:15 Uhr schrieb Alice <\nalice@alder-lamps.example.com>:",
    "El lun, 2 nov 2026 a las 9:15, Alice Arden (<alice@alder-lamps.example.com>)\nescribió:",
    ("Il giorno lun 2 nov 2026 alle ore 09:15 Alice Arden <\nalice@alder-lamps.example.com> "
    "ha scritto:"),
    "Op ma 2 nov 2026 om 09:15 schreef Alice Arden <alice@alder-lamps.example.com>:",
    "Em seg., 2 de nov. de 2026 às 09:15, Alice Arden <alice@alder-lamps.example.com>\nescreveu:",
    "02.11.2026, 09:15, \"Alice Arden\" <alice@alder-lamps.example.com>:",
    "пн, 2 нояб. 2026 г. в 09:15, Alice Arden <alice@alder-lamps.example.com>:",
]  # fmt: skip
HEADS = [
    (
        "From: Alice <alice@alder-lamps.test>\nSent: Monday, November 2, 2026 9:15 AM\n"
        "To: Farah Nadir\nSubject: Your lamp"
    ),
    (
        "De : Alice <alice@alder-lamps.test>\nEnvoyé : lundi 2 novembre 2026 09:15\n"
        "À : Farah Nadir\nObjet : Votre lampe"
    ),
    (
        "Von: Alice <alice@alder-lamps.test>\nGesendet: Montag, 2. November 2026 09:15\n"
        "An: Farah Nadir\nBetreff: Ihre Lampe"
    ),
    (
        "De: Alice <alice@alder-lamps.test>\nEnviado: lunes, 2 de noviembre de 2026 9:15\n"
        "Para: Farah Nadir\nAsunto: Su lámpara"
    ),
    (
        "Da: Alice <alice@alder-lamps.test>\nInviato: lunedì 2 novembre 2026 09:15\n"
        "A: Farah Nadir\nOggetto: La sua lampada"
    ),
    (
        "Van: Alice <alice@alder-lamps.test>\nVerzonden: maandag 2 november 2026 09:15\n"
        "Aan: Farah Nadir\nOnderwerp: Uw lamp"
    ),
    (
        "De: Alice <alice@alder-lamps.test>\nEnviada em: segunda-feira, 2 de novembro\n"
        "Para: Farah Nadir\nAssunto: Seu candeeiro"
    ),
    "*From:* Alice Arden\n*Sent:* Monday, November 2, 2026\n*To:* Farah\n*Subject:* Your lamp",
]
SEPARATORS = [
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "-------- Message d'origine --------",
    "-----Ursprüngliche Nachricht-----",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Oorspronkelijk bericht-----",
    "-----Mensagem original-----",
    "Begin forwarded message:",
    "Anfang der weitergeleiteten Nachricht:",
]
TELEPHONES = [
    "Sent from my iPhone",
    "Get Outlook for iOS<https://aka.test/o0ukef>",
    "Envoyé de mon iPhone",
    "Von meinem iPhone gesendet",
    "Gesendet von Outlook für Android",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Enviado do meu iPhone",
]
FAREWELLS = [
    "Best regards,",
    "Kind regards",
    "Bien cordialement,",
    "Mit freundlichen Grüßen",
    "Viele Grüße",
    "Un saludo,",
    "Cordiali saluti",
    "Met vriendelijke groet,",
    "Com os melhores cumprimentos,",
    "Atenciosamente,",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_the_mail_answered_is_history_quoted_or_not(attribution: str) -> None:
    plain = split_reply(f"{OWN}\n\n{attribution}\n\n{OLD}\n")
    assert (plain.visible, plain.quoted) == (OWN, f"{attribution}\n\n{OLD}")
    marked = split_reply(f"{OWN}\n{attribution}\n> {OLD}\n> Alice\n")
    assert (marked.visible, marked.quoted) == (OWN, f"{attribution}\n> {OLD}\n> Alice")


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("rule", ["", "________________________________\n", "---\n\n"])
def test_a_block_of_heads_opens_the_history(head: str, rule: str) -> None:
    reply = split_reply(f"{OWN}\n\n{rule}{head}\n\n{OLD}")
    assert (reply.visible, reply.quoted) == (OWN, f"{rule}{head}\n\n{OLD}")


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_named_line_opens_the_history(separator: str) -> None:
    reply = split_reply(f"{OWN}\n\n{separator}\n\n{OLD}")
    assert (reply.visible, reply.quoted) == (OWN, f"{separator}\n\n{OLD}")


@pytest.mark.parametrize("telephone", TELEPHONES)
def test_what_a_telephone_adds_is_signature(telephone: str) -> None:
    assert split_reply(f"{OWN}\n\n{telephone}\n").signature == telephone
    before = split_reply(f"{OWN}\n\n{telephone}\n\n{ATTRIBUTIONS[0]}\n> {OLD}")
    assert (before.visible, before.signature) == (OWN, telephone)
    # Some telephones quote without any mark, under their own line.
    bare = split_reply(f"{OWN}\n\n{telephone}\n\n{OLD}")
    assert (bare.visible, bare.quoted, bare.signature) == (OWN, OLD, telephone)


@pytest.mark.parametrize("farewell", FAREWELLS)
def test_a_farewell_opens_the_signature(farewell: str) -> None:
    reply = split_reply(f"{OWN}\n\n{farewell}\n\nFarah Nadir\nNadir & Co\n+49 30 5550100\n")
    assert reply.visible == OWN
    assert reply.signature.startswith(farewell)


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nFarah Nadir\nNadir & Co",
        "--\nFarah",
        "—\nFarah Nadir",
        "__\nLamp lovers list\nhttps://lists.test/lamps",
        "-Farah Nadir",
        "Farah Nadir\nfarah@example.org\n(030) 555-0100\nwww.nadir.test",
        "----------------\nFarah Nadir\nTel. 030 5550100",
        "Diese E-Mail enthält vertrauliche Informationen.\nBitte löschen Sie sie.",
    ],
)
def test_signatures_are_folded(signature: str) -> None:
    reply = split_reply(f"{OWN}\n\n{signature}\n")
    assert (reply.visible, reply.signature) == (OWN, signature)


@pytest.mark.parametrize(
    "text",
    [
        "On the whole, the lamp is fine.\n\nOn Thursday I will order another.",
        "Sent from my desk, which is nicer than the telephone.",
        "The parcel was sent from Berlin.",
        "My list:\n\n- a lamp\n- another lamp",
        "Prices:\n----\n20 EUR\n----\nAll of them with tax.",
        "With regards to the lamp, it flickers.",
        "Travel:\nFrom: Berlin\nTo: Paris\nDate: 3 May",
        "They write: the lamp is old.",
        "Thanks,\nFarah",
        "See https://lamps.test/a\nand https://lamps.test/b",
        (
            "Cordialement\n\nque dire de plus ? La lampe que vous m'avez vendue ne marche pas "
            "et je ne sais plus quoi faire."
        ),
    ],
)
def test_own_words_stay_visible(text: str) -> None:
    assert split_reply(text) == split_reply(text + "\n\n")
    assert split_reply(text).visible == text


def test_answers_between_quotations_keep_their_questions() -> None:
    text = "> Is it the bulb?\n\nNo.\n\n> Is it the switch?\n\nYes."
    assert split_reply(text).visible == text


def test_the_history_after_the_last_answer_is_folded_all_the_same() -> None:
    reply = split_reply("> Is it the bulb?\nNo.\n> Is it the switch?\nYes.\n> Alice\n> Alder Lamps")
    assert reply.visible == "> Is it the bulb?\nNo.\n> Is it the switch?\nYes."
    assert reply.quoted == "> Alice\n> Alder Lamps"


def test_an_answer_below_the_history_is_visible() -> None:
    reply = split_reply(f"{ATTRIBUTIONS[0]}\n> {OLD}\n\n{OWN}\n\n-- \nFarah")
    assert (reply.visible, reply.signature) == (OWN, "-- \nFarah")
    assert reply.quoted == f"{ATTRIBUTIONS[0]}\n> {OLD}"


def test_a_quoted_line_broken_by_a_program_is_still_quoted() -> None:
    long = "> The lamp you bought in October has a bulb that can be changed by"
    reply = split_reply(f"{OWN}\n\n{long}\nhand.\n> Alice")
    assert (reply.visible, reply.quoted) == (OWN, f"{long}\nhand.\n> Alice")


def test_a_mail_of_history_alone_shows_nothing_of_its_own() -> None:
    assert split_reply(f"> {OLD}\n> Alice").visible == ""


@pytest.mark.parametrize("opening", [*SEPARATORS, *HEADS, f"{SEPARATORS[1]}\n{HEADS[0]}"])
def test_a_forward_without_a_word_shows_what_it_forwards(opening: str) -> None:
    reply = split_reply(f"\n{opening}\n\n{OLD}\n\n{ATTRIBUTIONS[0]}\n> older\n")
    assert reply.visible == f"{opening}\n\n{OLD}"
    assert reply.quoted == f"{ATTRIBUTIONS[0]}\n> older"


def test_a_mail_that_is_only_a_signature_is_visible() -> None:
    assert split_reply("Best regards,\nFarah").visible == "Best regards,\nFarah"


def test_nothing_is_deleted() -> None:
    text = f"{OWN}\n\nBest regards,\nFarah\n\n{HEADS[0]}\n\n{OLD}"
    reply = split_reply(text)
    kept = "\n".join((reply.visible, reply.signature, reply.quoted)).split()
    assert sorted(kept) == sorted(text.split())


@pytest.mark.parametrize(
    "text",
    ["a:\n" * 100_000, "x wrote:\n> y\n" * 30_000, "From: x\n" * 40_000, "*" * 300_000,
     ("*" * 299 + "\n") * 1_000, "On 1 " + "a 1@" * 75_000 + " wrote:", "--\n" * 100_000,
     "Sent from x\n\n" * 25_000, "> a\nb\n" * 50_000, "x" + " " * 300_000],
)  # fmt: skip
def test_hostile_text_costs_no_time(text: str) -> None:
    began = time.process_time()
    split_reply(text)
    assert time.process_time() - began < 2
