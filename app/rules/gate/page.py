"""The book of rules as a page for operators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.rules.gate.book import Basis, Cap, Closed, Hours, Lead, Rule, RuleBook
from app.rules.gate.calendar import clock

_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_KINDS = {"call": "calls", "sms": "texts"}

_HEAD = """\
# When whom may be called

This is not legal advice. It is what DelAuto keeps to unless you change it. Laws change, and most of
these were written for sales calls: read the current text of each source, and let a lawyer say
whether it is enough where you call. Where no law is known, the source says "this product's own
choice".

The rules are data: `app/rules/gate/rules.toml`, of which this page is made (`delauto rules`). For
your own, copy that file, change it, give every changed rule a higher version, check it with
`delauto rules YOURS`, and set `CALLING_RULES` to its path. What an operator changes for one company
alone is `delauto tenant set`; `CALLING_HOURS` narrows the hours for the whole installation. Neither
can widen what stands here.

`delauto why DELIVERY --at TIME` says what all of it means for one delivery at one time, and why
each call that was made was allowed: that record is kept with the call and never changed.

## How a customer is judged

- **All rules that may hold have to agree.** The narrowest hours win, every cap counts, and every
  Sunday or holiday ban closes the day.
- **The time is the customer's**, from the coordinates of the door. Near a border of time zones both
  sides count. Without coordinates every zone counts that the number may be in, every zone of its
  area code's state, the postal address's state, and the zone stated with the delivery: it must be
  allowed in all of them.
- **The state** is that of the door, near a border both; that of the postal address; and that of the
  area code, which presumes residence. Where a number of the United States tells no state and no
  door is known, the rules of every state hold. Where nobody knows even the country, every rule in
  this book holds.
- **Not too early**: what a customer says weeks ahead is out of date when the van comes, so a call
  waits until a few days before it. Where no hour within those days is open, twice as many days are
  looked at, and so on: better early than never.
- **Clocks that change** are followed: an hour that the wall shows twice is open twice, one that it
  leaves out is not open at all.
- **Never**, whatever the hour: a number that asked not to be called (scope all or calls; all or sms
  for texts); a customer who was heard about this delivery already, so who declined is not called
  again; a delivery that is over, or whose van is there; and without a basis (below).
- **What counts as contact**: every call that was placed, whoever answered, voicemail too; every
  text that was sent. Not: calls that the network never placed, calls that customers make to you,
  and receipts for what they sent.
- **Asked three times**: when a delivery is planned, in the transaction that claims the call, and
  again just before the call is placed. A call that still waits at the network when its hours end is
  cancelled.
"""


def page(book: RuleBook) -> str:
    """The whole page, in Markdown."""
    parts = [_HEAD, f"The rules below are version {book.version}.\n"]
    parts += _section("Hours", "Local times", book.hours)
    parts += _section("Days on which nobody is disturbed", "Days", book.closed)
    parts += _section("How early at most", "Before the van", book.leads)
    parts += _section("How often at most", "Counted", book.caps)
    parts += _section("On what basis", "Basis", book.bases)
    return "\n".join(parts)


def _section(title: str, what: str, rules: Sequence[Rule]) -> Iterator[str]:
    if not rules:
        return
    rows = [
        f"| `{rule.id}` {rule.version} | {_where(rule)} | {_what(rule)} | {_cell(rule.says)} "
        f"| {_cell(rule.source)} |"
        for rule in rules
    ]
    yield f"## {title}\n"
    yield "\n".join([f"| rule | where | {what.lower()} | in words | source |", "|" + " --- |" * 5])
    yield "\n".join(rows) + "\n"


def _where(rule: Rule) -> str:
    places = "everywhere" if rule.where == ("*",) else ", ".join(rule.where)
    but = f" but {', '.join(rule.but)}" if rule.but else ""
    only = f", {_KINDS[rule.channels[0]]}" if len(rule.channels) == 1 else ""
    return f"{places}{but}{only}"


def _what(rule: Rule) -> str:
    match rule:
        case Hours():
            days = "" if len(rule.days) == 7 else f", {_days(rule.days)}"
            return f"{clock(rule.since)} to {clock(rule.until)}{days}"
        case Closed():
            holidays = ["public holidays"] if rule.holidays else []
            return ", ".join([_days(rule.weekdays), *holidays] if rule.weekdays else holidays)
        case Lead():
            return _length(rule.hours)
        case Cap():
            return _cap(rule)
        case Basis():
            needs = "with consent" if rule.needs_consent else "without consent"
            most = f", {rule.most} a delivery" if rule.most else ""
            return f"{rule.mode}: {needs}{most}"
    return ""


def _cap(rule: Cap) -> str:
    what = " and ".join(_KINDS[channel] for channel in rule.counts)
    over = "a delivery" if rule.per == "delivery" else "a number"
    if rule.hours is not None:
        over += f" in {_length(rule.hours)}"
    elif rule.local_day:
        over += " on one local day"
    without = ", without consent" if rule.without_consent else ""
    return f"{rule.most} {what} to {over}{without}".replace("to a delivery", "about a delivery")


def _length(hours: int) -> str:
    return f"{hours // 24} days" if hours >= 48 and not hours % 24 else f"{hours} hours"


def _days(days: Sequence[int]) -> str:
    return ", ".join(_WEEKDAYS[day] for day in days)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
