"""What the API says is wrong, in the reader's language.

The API speaks English. What it says often is known here word by word, or by a pattern; the rest is
shown as it stands, for an English sentence says more than none.
"""

from __future__ import annotations

import re

from app.web.words import gettext, marked

_WHOLE = (
    marked("belongs to somebody of this company already"),
    marked("must be like +14155550100"),
    marked("must not be empty"),
    marked("must not lie in the future"),
    marked("must lie after since"),
    marked("must be given once"),
    marked("field required"),
    marked("must be a telephone number: with its country as +14155550123, or with its region"),
    marked("must be two times of day, the earlier first, like 09:00-20:00"),
    marked("must be dates like 2026-12-24"),
    marked("must be one like Europe/London"),
    marked("the key would have expired already: give a later moment"),
    marked("each may be named once"),
    marked("This is not the present password."),
    marked("This is the present password: choose another."),
    marked("they are deactivated: activate them first"),
    marked("it was lifted already"),
    marked("it was withdrawn already"),
    marked("it must begin with https://"),
    marked("it must be an address like https://shop.example/delauto"),
    marked("it must be plain ASCII, without spaces or backslashes"),
    marked("it must hold no user name and no password"),
    marked("it must have a name, not a number, as its host"),
    marked("its host must be a name like hooks.shop.example"),
    marked("its host must be a name of the public internet"),
    marked("takes too long: narrow the list with filters"),
    marked("is looked up with its subject_kind: give that too"),
)
_EMPTY = marked("must not be empty")
_LAST = marked(
    "this is the last administrator who can log in: make somebody else one first, or nobody could"
)
_FORM = marked("does not have the form that is asked for")
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"must name (?P<names>\{.*\})"), marked("must name %(names)s")),
    (
        re.compile(r"knows no (?P<name>\{\w+\}); it may name (?P<names>.*)"),
        marked("knows no %(name)s; it may name %(names)s"),
    ),
    (
        re.compile(r"has a brace \{ or \} that is no placeholder"),
        marked("has a brace { or } that is no placeholder"),
    ),
    (
        re.compile(r"must be a text of 1 to (?P<most>\d+) letters.*"),
        marked("must be a text of 1 to %(most)s letters"),
    ),
    (
        re.compile(r"must say that what is said is recorded.*"),
        marked("must say that what is said is recorded: otherwise nobody may be recorded"),
    ),
    (
        re.compile(r".* lie outside what the rules allow in any country: nobody would be called.*"),
        marked("lie outside what the rules allow in any country: nobody would be called"),
    ),
    (
        re.compile(r".* never meet this installation's CALLING_HOURS.*"),
        marked("never meet this installation’s hours: nobody would be called"),
    ),
    (
        re.compile(r"(?P<voice>[\w.-]+) speaks (?P<spoken>\w\w), not (?P<code>\w\w)"),
        marked("%(voice)s speaks %(spoken)s, not %(code)s"),
    ),
    (re.compile(r"string should have at least 1 character"), _EMPTY),
    (re.compile(r"list should have at least 1 item.*"), marked("choose at least one")),
    (
        re.compile(r"string should have at least (?P<least>\d+) characters"),
        marked("must have at least %(least)s characters"),
    ),
    (
        re.compile(r"string should have at most (?P<most>\d+) characters?"),
        marked("may have at most %(most)s characters"),
    ),
    (
        re.compile(r"input should be greater than or equal to (?P<least>[\d.]+)"),
        marked("must be at least %(least)s"),
    ),
    (
        re.compile(r"input should be less than or equal to (?P<most>[\d.]+)"),
        marked("may be at most %(most)s"),
    ),
    (re.compile(r"input should be a valid (number|integer).*"), marked("must be a number")),
    (re.compile(r"string should match pattern .*"), _FORM),
    (re.compile(r"input should be .*"), _FORM),
    (re.compile(r"must be a time as RFC 3339 writes it.*"), marked("must be a day and a time")),
    (
        re.compile(r"it is noted already, as the consent \w+"),
        marked("it is noted already"),
    ),
    (
        re.compile(r"There were too many attempts\. Try again in (?P<seconds>\d+) seconds.*"),
        marked("There were too many attempts. Try again in %(seconds)s seconds."),
    ),
)


def said(english: str) -> str:
    """The same in the reader's language where it is known."""
    if english in _WHOLE or english == _LAST:
        return gettext(english)
    for pattern, says in _PATTERNS:
        if found := pattern.fullmatch(english):
            return gettext(says, **found.groupdict())
    return english
