"""Which of seven languages a text is in, by counting its small words."""

import re

_SMALL_WORDS = {
    "en": (
        "the and you for is are was with have this that your please not will from can we our "
        "been would of it my to be they has if any me thank hello"
    ),
    "fr": (
        "le la les des est vous nous une pour dans avec votre je pas que sur ce merci "
        "bonjour cordialement et du au aux notre mais avons qui ne suis être"
    ),
    "de": (
        "der die das und ist nicht ich sie wir mit für auf den ein eine von zu bitte haben "
        "wird unsere vielen dank guten mein dem im auch sehr grüßen"
    ),
    "es": (
        "el la los las que por para con una está usted su gracias hola saludos del y es en "
        "no lo pero me nuestro hemos favor se muy adjunto le"
    ),
    "it": (
        "il lo gli che per con una di è non sono grazie buongiorno saluti della del nel "
        "vostra nostra mi si ho ma questo anche le cordiali abbiamo alla"
    ),
    "nl": (
        "de het een en van is niet ik u je wij voor met op dat bedankt hallo graag groet ons "
        "onze deze aan er zijn kunt heb mijn te naar"
    ),
    "pt": (
        "o os que para com uma não você obrigado olá do da em por se é um mas nosso sua seu "
        "no na ao foi estou temos cumprimentos bom dia"
    ),
}
_LANGUAGES: dict[str, tuple[str, ...]] = {}
for _code, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _LANGUAGES[_word] = (*_LANGUAGES.get(_word, ()), _code)
_WORD = re.compile(r"[^\W\d_]+")
# A few sentences settle it; further down a mail quotes others, who may write another language.
_SAMPLE_CHARACTERS = 800
_FEWEST = 3
_LEAD = 1.3


def language_of(text: str) -> str:
    """The ISO 639-1 code of en, fr, de, es, it, nl or pt; "" when unsure."""
    scores = dict.fromkeys(_SMALL_WORDS, 0.0)
    for word in _WORD.findall(text[:_SAMPLE_CHARACTERS].lower()):
        owners = _LANGUAGES.get(word)
        if owners:
            for code in owners:
                scores[code] += 1 / len(owners)
    best, second = sorted(scores, key=lambda code: -scores[code])[:2]
    if scores[best] < _FEWEST or scores[best] < scores[second] * _LEAD:
        return ""
    return best
