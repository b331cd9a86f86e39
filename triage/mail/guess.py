"""Which charset undeclared or wrongly declared bytes are in.

Western text in a one-byte charset has its high bytes one by one among ASCII letters; other
scripts have them in runs. For those, each candidate is measured by how many of the characters
it yields are among the commonest of its language: the right one yields about as many as real
text has, a wrong one far fewer.
"""

import codecs
import re
from dataclasses import dataclass

from triage.mail import limits

_KANA = "".join(map(chr, range(0x3041, 0x30FF)))
_HANZI = (
    "的一是不了在人有我他这個个们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於"
    "着著下自之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天"
    "分还還进進好小部其些主样樣理心她本前开開但因只从從想实實请請您谢謝发发票订單单付款邮件"
)
_HANGUL = "이다는에의하고가을지사로은기도를있어해한니습요드서리인나일자시대주합보그안세부수정문감"


@dataclass(frozen=True, slots=True)
class _Candidate:
    codec: str
    common: re.Pattern[str]
    # The share of characters beyond ASCII that are among the common ones in real text.
    share: float


def _candidate(codec: str, common: str, share: float) -> _Candidate:
    return _Candidate(codec, re.compile(f"[{common}]"), share)


_CYRILLIC = ("оеаинтсрвлкм", 0.70)
_GREEK = ("αοιετσνηυρπκςά", 0.72)
_HEBREW = ("יוהלאמרתבשנ", 0.72)
_CANDIDATES = (
    _candidate("gb18030", _HANZI, 0.35),
    _candidate("cp950", _HANZI, 0.35),
    _candidate("cp949", _HANGUL, 0.45),
    _candidate("cp932", _KANA, 0.45),
    _candidate("euc_jp", _KANA, 0.45),
    _candidate("cp1251", *_CYRILLIC),
    _candidate("koi8_u", *_CYRILLIC),
    _candidate("iso8859-5", *_CYRILLIC),
    _candidate("cp866", *_CYRILLIC),
    _candidate("cp1253", *_GREEK),
    _candidate("cp1255", *_HEBREW),
    _candidate("cp1256", "اليمنوترب", 0.65),
    _candidate("cp874", "านรอกเงมยลวด่", 0.60),
)
_ASCII = re.compile(r"[\x00-\x7f]+")
_MARK = re.compile(r"[\W\d_]")
_LEAP = re.compile(r"[а-яά-ώ][А-ЯΑ-Ω]")
_HIGH = re.compile(rb"[\x80-\xff]{2,}")
# Half of the share that real text has; wrong charsets stay under a third.
_GOOD = 0.5
# One French word may have two accents side by side.
_FEWEST = 4


def guess_charset(data: bytes, otherwise: str) -> str:
    """The codec that best explains `data`; `otherwise` when nothing explains it better."""
    sample = data[: limits.CHARSET_SAMPLE_BYTES]
    in_runs = sum(len(run) for run in _HIGH.findall(sample))
    high = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    if in_runs < _FEWEST or in_runs * 2 < high:
        return otherwise
    scores = [(_score(sample, candidate), -place) for place, candidate in enumerate(_CANDIDATES)]
    best, place = max(scores)
    return _CANDIDATES[-place].codec if best >= _GOOD else otherwise


def _score(sample: bytes, candidate: _Candidate) -> float:
    decoder = codecs.getincrementaldecoder(candidate.codec)()
    try:
        # The sample may end inside a character.
        text = decoder.decode(sample, final=False)
    except UnicodeDecodeError:
        return 0.0
    foreign = _ASCII.sub("", text)
    if not foreign:
        return 0.0
    common = len(candidate.common.findall(foreign))
    marks = len(_MARK.findall(foreign))
    # Nobody writes capitals after small letters; wrong charsets do.
    leaps = len(_LEAP.findall(foreign))
    return common / (len(foreign) - marks / 2 + leaps) / candidate.share
