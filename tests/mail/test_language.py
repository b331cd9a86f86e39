"""The language of a mail, by its small words."""

import pytest

from triage.mail.language import language_of

LETTERS = {
    "en": "Hello, the lamp I ordered from you has not arrived yet. Could you please check this?",
    "fr": "Bonjour, je n'ai pas reçu la lampe que j'ai commandée. Pouvez-vous vérifier, merci ?",
    "de": "Guten Tag, die bestellte Lampe ist noch nicht angekommen. Können Sie das bitte prüfen?",
    "es": "Hola, todavía no he recibido la lámpara que pedí. ¿Lo puede comprobar, por favor?",
    "it": "Buongiorno, non ho ancora ricevuto la lampada che ho ordinato. Può verificare, grazie?",
    "nl": "Hallo, ik heb de bestelde lamp nog niet ontvangen. Kunt u dit voor mij nakijken?",
    "pt": "Olá, ainda não recebi o candeeiro que encomendei. Pode verificar, por favor?",
}  # fmt: skip


@pytest.mark.parametrize("code", LETTERS)
def test_a_short_letter_shows_its_language(code: str) -> None:
    assert language_of(LETTERS[code]) == code


@pytest.mark.parametrize("text", ["", "ok", "4711", "LAMP-20 x 3", "Zapraszam do sklepu", "привет"])
def test_what_shows_none_of_the_seven_is_unsure(text: str) -> None:
    assert language_of(text) == ""


def test_half_one_language_and_half_another_is_unsure() -> None:
    assert language_of("die Lampe ist nicht da und the lamp is not here and") == ""
