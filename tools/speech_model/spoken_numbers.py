"""Numbers as people say them, in plain lower-case words: codes, telephone numbers, hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def cardinal(number: int) -> str:
    """0..999 in words: "two hundred and six"."""
    if number < 10:
        return DIGITS[number]
    if number < 20:
        return TEENS[number - 10]
    if number < 100:
        return _joined(TENS[number // 10 - 2], "", number % 10)
    return _joined(f"{DIGITS[number // 100]} hundred", "and ", number % 100)


def _joined(first: str, between: str, rest: int) -> str:
    return f"{first} {between}{cardinal(rest)}" if rest else first


def digits(r: Random, length: int) -> str:
    """That many digits one after the other; now and then "oh", "double seven" or "triple one"."""
    said: list[str] = []
    while length:
        run = min(length, r.choices((1, 2, 3), (90, 8, 2))[0])
        digit = "oh" if r.random() < 0.05 else r.choice(DIGITS)
        said.append(("", "double ", "triple ")[run - 1] + digit)
        length -= run
    return " ".join(said)


def clock(r: Random) -> str:
    """A time of day: "half past ten", "two o'clock", "seven forty five p m"."""
    hour = cardinal(r.randint(1, 12))
    half = r.choice(("morning", "afternoon", "evening"))
    minutes = r.choice(("ten", "fifteen", "twenty", "thirty", "forty", "forty five", "fifty"))
    quarter = r.choice(("past", "to"))
    ways = (
        hour,
        hour,
        f"{hour} o'clock",
        f"{hour} {minutes}",
        f"half past {hour}",
        f"half {hour}",
        f"quarter {quarter} {hour}",
        f"a quarter {quarter} {hour}",
        f"{r.choice(('five', 'ten', 'twenty'))} {quarter} {hour}",
        f"{hour} {r.choice(('a m', 'p m'))}",
        f"{hour} {minutes} {r.choice(('a m', 'p m'))}",
        f"{hour} in the {half}",
        "noon",
        "midday",
    )
    return r.choice(ways)


def _code(r: Random) -> str:
    length = r.choice((3, 4, 4, 4, 5, 6, 8))
    if length == 4 and r.random() < 0.15:
        return f"{cardinal(r.randint(10, 99))} {cardinal(r.randint(10, 99))}"
    return digits(r, length)


def _phone(r: Random) -> str:
    return r.choice((digits(r, 7), digits(r, 10), f"{digits(r, 3)}, {digits(r, 4)}"))


def _double(r: Random) -> str:
    """A house number said in two halves: "fourteen twenty two"."""
    return f"{cardinal(r.randint(10, 99))} {cardinal(r.randint(10, 99))}"


NUMBERS: Mapping[str, Callable[[Random], str]] = {
    "small": lambda r: cardinal(r.randint(1, 99)),
    "large": lambda r: cardinal(r.randint(100, 999)),
    "double": _double,
    "digits": _code,
    "phone": _phone,
    "clock": clock,
    "minutes": lambda r: f"{r.choice(('five', 'ten', 'fifteen', 'twenty', 'thirty'))} minutes",
}
"""What the grammar's ``<name>`` may stand for beside its own phrases."""

_BETWEEN = """
a p m to in the hundred and oh double triple half past quarter o'clock noon midday minutes morning
afternoon evening
"""
NUMBER_WORDS = frozenset((*DIGITS, *TEENS, *TENS, *_BETWEEN.split()))
"""Every word that these can hold."""
