"""The style attributes of a mail: colours, type and boxes stay; what could load or cover goes."""

import re

# Nothing here places an element over another, moves it out of the page, or takes an address.
_NAMES = """
    color background background-color opacity visibility display float clear
    font font-family font-size font-style font-weight font-variant line-height letter-spacing
    text-align text-decoration text-indent text-transform text-shadow vertical-align
    white-space word-break word-wrap word-spacing overflow-wrap direction unicode-bidi
    width height min-width min-height max-width max-height box-sizing
    margin margin-top margin-right margin-bottom margin-left
    padding padding-top padding-right padding-bottom padding-left
    border border-top border-right border-bottom border-left border-color border-style
    border-width border-radius border-collapse border-spacing
    border-top-width border-right-width border-bottom-width border-left-width
    border-top-style border-right-style border-bottom-style border-left-style
    border-top-color border-right-color border-bottom-color border-left-color
    table-layout list-style list-style-type caption-side empty-cells
"""
_PROPERTIES = frozenset(_NAMES.split())
# A value is plain words, whole strings and sums of colours: url(), image-set(), var() and all else
# that is called by name has no way in, nor has an escape that could spell one.
_VALUE = re.compile(
    r"""(?:[^"'()\\;:{}@<>/*]|/(?!\*)|"[^"'()\\;<>]*"|'[^"'()\\;<>]*'"""
    r"""|(?<![\w-])(?:rgba?|hsla?)\([^"'()\\;]*\))*""",
    re.IGNORECASE,
)


def safe_style(style: str) -> str:
    """Those declarations of a style attribute that can neither load, run nor cover anything."""
    kept = (_declaration(text) for text in style.split(";"))
    return ";".join(text for text in kept if text)


def _declaration(text: str) -> str:
    name, _, value = text.partition(":")
    name, value = name.strip().lower(), value.strip()
    return f"{name}:{value}" if name in _PROPERTIES and _VALUE.fullmatch(value) else ""
