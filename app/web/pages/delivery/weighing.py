"""Why a customer is, or is not, called: in a sentence, and rule by rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.web.api.call_shapes import VerdictOut, WhyOut
from app.web.pages.delivery.wording import OUTREACH, said
from app.web.words import gettext, marked, moment_of, ngettext

_RULES: Mapping[str, str] = {
    "suppression": marked("The customer asked not to be contacted."),
    "heard": marked("The customer was heard already."),
    "delivery-over": marked("The delivery is over."),
    "deadline": marked("The delivery comes before a call would be allowed."),
    "no-opening": marked("No hour in the next weeks suits every rule."),
    "basis": marked("No rule allows this contact."),
    "consent": marked("Only with the customer’s consent."),
    "package-notification": marked("One notification about each parcel needs no consent."),
    "quiet-days": marked("Not on the company’s quiet days."),
    "installation-hours": marked("Only in the hours of this installation."),
    "company-hours": marked("Only in the company’s hours."),
    "us-hours": marked("Only in the lawful hours where the customer is."),
    "other-countries-hours": marked("Only in the lawful hours where the customer is."),
    "days-ahead": marked("Not too many days before the van."),
    "calls-a-day": marked("Not too many calls to a number on one day."),
    "calls-a-delivery": marked("Not too many calls about one delivery."),
    "most-calls-a-day": marked("Not too many calls to a number on one day."),
    "most-calls-a-delivery": marked("Not too many calls about one delivery."),
}
"""The rules that most installations have; others tell what they say in English alone."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One rule: what it wants, what it says of this case (English), and what follows."""

    plain: str
    says: str
    source: str
    weight: str


@dataclass(frozen=True, slots=True)
class Why:
    """The answer, and how it came about."""

    sentence: str
    standing: str
    attempts: str
    weighed: tuple[Weighed, ...]


def why_in_words(why: WhyOut) -> Why:
    """The explanation, for people; its times are those of where the customer is."""
    reasons = why.verdict.reasons if why.verdict else []
    order = {"forbids": 0, "delays": 1, "allows": 2}
    return Why(
        sentence=_sentence(why),
        standing=said(OUTREACH, why.state),
        attempts=ngettext(
            "%(num)d call of at most %(most)d was made.",
            "%(num)d calls of at most %(most)d were made.",
            why.attempts,
            most=why.most_attempts,
        ),
        weighed=tuple(
            Weighed(
                plain=gettext(_RULES[each.rule]) if each.rule in _RULES else "",
                says=each.says,
                source=each.source,
                weight=each.weight,
            )
            for each in sorted(reasons, key=lambda each: order[each.weight])
        ),
    )


def _sentence(why: WhyOut) -> str:
    verdict = why.verdict
    if verdict is None:
        return gettext("Nobody can be called: the customer is gone.")
    if why.state == "calling":
        return gettext("A call is under way.")
    if why.stopped:
        return gettext("Nobody at all is called at the moment: calls are held back.")
    if verdict.allowed:
        return _allowed(why, verdict)
    if verdict.not_before is None:
        return gettext("No call any more.")
    return gettext(
        "Not now: a call is allowed from %(when)s.",
        when=moment_of(verdict.not_before, why.time_zone),
    )


def _allowed(why: WhyOut, verdict: VerdictOut) -> str:
    if why.next_attempt_at is not None:
        return gettext(
            "The next call is planned for %(when)s.",
            when=moment_of(why.next_attempt_at, why.time_zone),
        )
    if verdict.not_after is not None:
        return gettext(
            "A call is allowed now, until %(when)s; none is planned.",
            when=moment_of(verdict.not_after, why.time_zone),
        )
    return gettext("A call is allowed now; none is planned.")
