"""What must hold at the end of a day, judged by the carrier's books and by a second opinion."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.models import CallLog, Delivery, Message, PushMessage, Recording, Reply, Suppression
from app.rules.gate import Verdict, Weight
from app.states import CALL_ENDED, OUTREACH_SETTLED
from local.carrier.records import CallRecord
from tests.simulation import facts, oracle
from tests.simulation.books import Books, Wish, instant, since, wishes
from tests.simulation.network import attempt_in
from tests.simulation.people import DRIVER, SECOND_COMPANY, Customer
from tests.simulation.speech import words_in
from tests.simulation.world import World

WITHDRAWN_WITHIN = timedelta(seconds=20)
"""How long a call that waits at the carrier may outlive the customer's wish for none."""
_ANOTHER_TRY = 30.0
"""Seconds within which a caller who was asked to wait is answered."""
_LOOKS = 5.0
"""Seconds until workers that are back have done what waited for them."""
_TOLD = re.compile(r"told=([0-9a-f]{24})")
_MOST_A_DAY = _MOST_A_DELIVERY = 4


@dataclass
class Findings:
    """What was looked at, and what was wrong."""

    wrong: list[str] = field(default_factory=list)
    looked_at: Counter[str] = field(default_factory=Counter)

    def expect(self, what: str, holds: object, says: str) -> None:
        """Count a check; keep what it says where it does not hold."""
        self.looked_at[what] += 1
        if not holds:
            self.wrong.append(f"{what}: {says}")


@dataclass(frozen=True, slots=True)
class Case:
    """One day that is over."""

    world: World
    books: Books
    customers: dict[str, Customer]
    quiet_day: date | None
    stopped: dict[str, list[float]]
    """When the customer's page took a wish for no more contact, by number."""
    began: datetime


def judge_day(case: Case, findings: Findings) -> None:
    """Look at everything."""
    _one_call_an_attempt(case, findings)
    for call in case.books.outbound:
        _lawful(case, call, findings)
    _asked_within_the_gate(case, findings)
    _texts(case, findings)
    _reminded(case, findings)
    _answered(case, findings)
    _left_alone(case, findings)
    _often(case, findings)
    _closed(findings)
    _understood(case, findings)
    _told(findings)


def unfinished() -> Iterator[str]:
    """What is still to be done, if anything, by the ledger."""
    open_calls = {"$or": [{"status": {"$nin": sorted(CALL_ENDED)}}, {"settled_at": None}]}
    waits: tuple[tuple[str, type, dict[str, object]], ...] = (
        ("delivery", Delivery, {"outreach.state": {"$nin": sorted(OUTREACH_SETTLED)}}),
        ("news", Delivery, {"to_tell": True, "agent_id": {"$ne": None}}),
        ("text to be written", Delivery, {"outreach.to_text": True}),
        ("call", CallLog, open_calls),
        ("recording", Recording, {"stage": {"$ne": "understood"}}),
        ("text", Message, {"status": {"$in": ["intended", "unknown", "queued"]}}),
        ("reply", Reply, {"settled_at": None}),
    )
    for name, model, query in waits:
        for found in model._get_collection().find(query, {"_id": 1}).limit(3):
            yield f"{name} {found['_id']}"


def _one_call_an_attempt(case: Case, findings: Findings) -> None:
    made: Counter[str] = Counter()
    for call in case.books.outbound:
        url = call.request.target.url if call.request.target else ""
        made[attempt_in(url)] += 1
    for attempt, count in made.items():
        findings.expect("one call an attempt", attempt and count == 1, f"{attempt}: {count} calls")


def _lawful(case: Case, call: CallRecord, findings: Findings) -> None:
    """When it was asked for, and when it left the carrier's queue."""
    whom = case.customers[call.to_number]
    attempt = attempt_in(call.request.target.url if call.request.target else "")
    ours = facts.the_call(attempt)
    for name, at in (("asked for", call.created_at), ("dialled", call.start_at)):
        if at is None:
            continue
        moment = instant(at)
        why = oracle.against(whom, moment, case.quiet_day)
        alone = any(since <= at <= until + _LOOKS for since, until in case.world.away)
        if why and name == "dialled" and alone:
            # No worker was there who could have withdrawn it from the carrier's queue.
            findings.looked_at["dialled too late, and no worker was there"] += 1
            continue
        findings.expect(f"lawful when {name}", why is None, f"{call.sid} {attempt}: {why}")
        if ours is None:
            continue
        over = facts.over_by(ours, moment - WITHDRAWN_WITHIN)
        findings.expect(f"not over when {name}", not over, f"{attempt}: {over}")
        verdict = facts.verdict_then(ours, moment, case.world.product.runtime)
        bad = [] if verdict is None or verdict.allowed else _against(ours, moment, verdict)
        findings.expect(f"the gate, looking back to when {name}", not bad, f"{attempt}: {bad}")


def _against(call: CallLog, moment: datetime, verdict: Verdict) -> list[str]:
    """The rules against it, but for a wish that came while the call was on its way already."""
    rules = {each.rule for each in verdict.reasons if each.weight is not Weight.ALLOWS}
    if "suppression" in rules and call.dialing_at is not None and call.dialing_at < moment:
        latest = Suppression.of(call.tenant_id, phone=call.to_number).order_by("-since").first()
        if latest and moment - latest.since < WITHDRAWN_WITHIN:
            rules.discard("suppression")
    if call.dialing_at is not None and call.dialing_at < moment:
        rules.discard("answered")
    return sorted(rules)


def _asked_within_the_gate(case: Case, findings: Findings) -> None:
    for question in case.world.questions:
        name = f"the gate, when a {question.asked.kind} was asked for"
        verdict = question.verdict
        says = verdict.summary if verdict else "no such attempt, or none for it"
        findings.expect(name, verdict and verdict.allowed, f"{question.asked.attempt}: {says}")


def _texts(case: Case, findings: Findings) -> None:
    for text in case.books.texts:
        if text.direction == "outbound-api" and text.to_number != DRIVER:
            whom = case.customers[text.to_number]
            why = oracle.against(whom, instant(text.created_at), case.quiet_day)
            findings.expect("lawful when texted", why is None, f"{text.sid}: {why}")


def _reminded(case: Case, findings: Findings) -> None:
    """A driver is texted once about what was told them, and after it was."""
    about: Counter[str] = Counter()
    for text in case.books.texts:
        if text.to_number != DRIVER:
            continue
        found = _TOLD.search(text.body)
        told = PushMessage.across_tenants(pk=found[1]).first() if found else None
        about[found[1] if found else text.sid] += 1
        when = told and told.sent_at and told.sent_at <= instant(text.created_at)
        findings.expect("reminded of what was told", when, text.sid)
    for told_id, count in about.items():
        findings.expect("reminded once", count == 1, f"{told_id}: {count} texts")


def _answered(case: Case, findings: Findings) -> None:
    """The application, where it was reached and had its database, answered well and at once."""
    hindered = case.world.way.hindered
    for entry in case.books.journal:
        details, at = entry["details"], entry["at"]
        if entry["kind"] != "webhook" or details["status"] is None:
            continue
        if any(since <= at <= until + _ANOTHER_TRY for since, until in hindered):
            continue
        if details["status"] == 503 or "?try=" in details["url"]:
            # The application gives its database three seconds by the machine's own clock, and the
            # machine may be busy: what comes of that is judged by everything else.
            findings.looked_at["webhook answered late"] += 1
            continue
        good = details["status"] < 400
        says = f"{details['status']} for {details['purpose']} at {details['url'][-80:]}"
        findings.expect("webhook answered", good, says)


def _left_alone(case: Case, findings: Findings) -> None:
    """Nobody is dialled after they asked for that, nor later than they can be withdrawn from."""
    whole = since(case.world.carrier, 0, 0.0)
    asked = [
        wish for wish in wishes(whole, case.world.way.hindered) if _with_their_company(wish, case)
    ]
    for number, times in case.stopped.items():
        asked += [Wish(at, number, wants=True) for at in times]
    standing: dict[str, list[float]] = {}
    for wish in sorted(asked):
        if wish.wants:
            standing.setdefault(wish.number, []).append(wish.at)
        else:
            standing.pop(wish.number, None)
    grace = WITHDRAWN_WITHIN.total_seconds()
    for number, times in standing.items():
        first = min(times)
        calls = [call for call in whole.outbound if call.to_number == number]
        later = [call.sid for call in calls if call.created_at > first]
        late = [call.sid for call in calls if (call.start_at or 0) > first + grace]
        findings.expect("left alone", not later + late, f"{number[-4:]}: {later}, {late}")
        whom = case.customers.get(number)
        if whom is not None:
            kept = Suppression.of(whom.tenant_id, phone=number, lifted_at=None).first()
            findings.expect("wish kept", kept, f"{number[-4:]} asked at {instant(first)}")
    for recording in Recording.across_tenants(transcription__language__ne=None):
        if recording.transcription and recording.transcription.text == "please stop calling me":
            call = CallLog.across_tenants(pk=recording.call_log_id).first()
            kept = call and Suppression.of(call.tenant_id, phone=call.phone).first()
            findings.expect("spoken wish kept", kept or call is None, str(recording.pk))


def _with_their_company(wish: Wish, case: Case) -> bool:
    whom = case.customers.get(wish.number)
    if wish.call_sid is None or whom is None:
        return True
    call = CallLog.across_tenants(call_sid=wish.call_sid).only("tenant_id").first()
    return call is None or bool(call.tenant_id == whom.tenant_id)


def _often(case: Case, findings: Findings) -> None:
    """How often one number, and about one delivery, by the carrier's books alone."""
    by_number: dict[str, list[datetime]] = {}
    for call in case.books.outbound:
        if call.start_at is not None:
            by_number.setdefault(call.to_number, []).append(instant(call.start_at))
    for number, times in by_number.items():
        whom = case.customers[number]
        zone = ZoneInfo(whom.place.zone)
        most = max(Counter(each.astimezone(zone).date() for each in times).values())
        findings.expect("calls a day", most <= _MOST_A_DAY, f"{number[-4:]}: {most}")
        for law in whom.law:
            if law.most_in_24_hours is not None:
                day = timedelta(hours=24)
                busiest = max(sum(at - day < other <= at for other in times) for at in times)
                good = busiest <= law.most_in_24_hours
                findings.expect("calls in 24 hours", good, f"{number[-4:]}: {busiest}")
    about: Counter[str] = Counter()
    for call in case.books.outbound:
        ours = facts.the_call(attempt_in(call.request.target.url if call.request.target else ""))
        if ours is not None and call.start_at is not None:
            about.update(str(each) for each in ours.covers or [ours.delivery_id])
            consent = Delivery.of(ours.tenant_id, pk=ours.delivery_id).get()
            about[f"{ours.tenant_id} {consent.pk}"] += 1
    for delivery, count in about.items():
        most = 1 if delivery.startswith(SECOND_COMPANY) else _MOST_A_DELIVERY
        findings.expect("calls a delivery", count <= most, f"{delivery}: {count}")


def _closed(findings: Findings) -> None:
    left = list(unfinished())
    findings.expect("everything closed", not left, ", ".join(left))
    for delivery in Delivery.across_tenants().only("outreach.state"):
        state = delivery.outreach.state
        findings.expect("delivery in a final state", state in OUTREACH_SETTLED, state)


def _understood(case: Case, findings: Findings) -> None:
    """Every finished recording of the carrier is stored, heard word for word, and understood."""
    store = case.world.carrier.parts.store
    for recording in case.books.heard:
        ours = Recording.across_tenants(recording_sid=recording.sid).first()
        findings.expect("recording known", ours, recording.sid)
        if ours is None:
            continue
        good = ours.stage == "understood" and ours.storage_key and ours.sha256
        findings.expect("recording understood", good, f"{ours.pk} {ours.error_message}")
        said = words_in(store.media_file(recording.sid).read_bytes())
        heard = ours.transcription.text if ours.transcription else None
        findings.expect("recording word for word", heard == said, f"{ours.pk}: {heard!r}")


def _told(findings: Findings) -> None:
    """Each version of a delivery's news reached its driver, once, and the last one did."""
    told: Counter[tuple[object, int]] = Counter()
    for push in PushMessage.across_tenants().only("delivery_id", "version"):
        told[push.delivery_id, push.version] += 1
    for key, count in told.items():
        findings.expect("told once", count == 1, f"{key}: {count} times")
    for delivery in Delivery.across_tenants(agent_id__ne=None, analysis_version__gt=0):
        known = told[delivery.pk, delivery.analysis_version]
        findings.expect("last news told", known == 1, f"{delivery.pk}: {known}")
