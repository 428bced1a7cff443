"""What does not change with the hour: whether this number may be asked at all."""

from __future__ import annotations

from collections.abc import Iterator

from app.rules.gate.book import Applying
from app.rules.gate.facts import Consented, Contact, Facts
from app.rules.gate.verdict import Reason, Weight

_SCOPES = {"call": ("all", "calls"), "sms": ("all", "sms")}
_CUSTOMER = "the customer's own word"
_PRODUCT = "how this product works"


def consent(facts: Facts) -> Consented | None:
    """The latest consent that holds at the moment in question."""
    held = [
        each
        for each in facts.consents
        if each.since <= facts.now and (each.withdrawn is None or each.withdrawn > facts.now)
    ]
    return max(held, key=lambda each: each.since, default=None)


def about(contact: Contact, facts: Facts) -> bool:
    """Was this contact about the delivery in question?"""
    return facts.delivery_id is not None and facts.delivery_id in contact.delivery_ids


def reasons(facts: Facts, rules: Applying) -> Iterator[Reason]:
    """Suppression, an answer already given, the delivery's end, and the basis."""
    for each in facts.suppressions:
        if each.scope in _SCOPES[facts.channel]:
            says = (
                f"the number asked not to be contacted ({each.scope}) on"
                f" {each.since:%Y-%m-%d}, known by {each.source}"
            )
            yield Reason("suppression", 1, _CUSTOMER, says, Weight.FORBIDS)
    if facts.heard:
        yield _never("heard", f"the customer was heard already: {facts.heard}")
    if facts.over:
        yield _never("delivery-over", "the delivery is over")
    if facts.deadline is not None and facts.now >= facts.deadline:
        yield _never("deadline", "the delivery is due already")
    yield from _basis(facts, rules)


def _never(rule: str, says: str) -> Reason:
    return Reason(rule, 1, _PRODUCT, says, Weight.FORBIDS)


def _basis(facts: Facts, rules: Applying) -> Iterator[Reason]:
    held = consent(facts)
    bases = [rule for rule in rules.bases if rule.mode == facts.mode]
    if not bases:
        yield _never("basis", f"no rule allows contact on the basis {facts.mode}")
    for rule in bases:
        says, weight = rule.says, Weight.ALLOWS
        if rule.needs_consent and held is None:
            says = f"{_lack(facts)}: {rule.says}"
            weight = Weight.FORBIDS
        elif rule.needs_consent and held is not None:
            says = f"{rule.says} ({held.basis} of {held.since:%Y-%m-%d})"
        elif facts.mode == "package_notification" and rule.most is not None:
            made = sum(about(contact, facts) for contact in facts.contacts)
            if made >= rule.most:
                says = f"{made} already made about this delivery: {rule.says}"
                weight = Weight.FORBIDS
        yield Reason(rule.id, rule.version, rule.source, says, weight)


def _lack(facts: Facts) -> str:
    over = any(each.withdrawn is not None for each in facts.consents)
    return "the customer withdrew the consent" if over else "no consent is known"
