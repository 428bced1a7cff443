"""How many segments a text message takes, and how to keep it in the cheap alphabet.

The alphabet is GSM 03.38's default one with its extension table (3GPP TS 23.038, section 6.2.1);
any other character turns the whole message into UCS-2, with 70 characters a segment.
"""

from __future__ import annotations

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_INSTEAD = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "ç": "c",
        "\u00a0": " ",
        "\u202f": " ",
        "\t": " ",
    }
)


def plain(text: str) -> str:
    """The text in the cheap alphabet as far as that can be read: accents go where they must.

    Letters of other scripts and emoji stay as they are.
    """
    return "".join(_folded(letter) for letter in text.translate(_INSTEAD))


def _folded(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    base = unicodedata.normalize("NFKD", letter)
    folded = "".join(each for each in base if not unicodedata.combining(each))
    return folded if folded and all(each in _BASIC for each in folded) else letter


def segments(text: str) -> int:
    """Segments the message is sent and paid in; 0 for an empty one."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        units, alone, joined = sum(2 if c in _EXTENDED else 1 for c in text), 160, 153
    else:
        units, alone, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    if units <= alone:
        return 1 if units else 0
    return -(-units // joined)
