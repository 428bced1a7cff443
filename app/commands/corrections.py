"""Commands of corrections: what is understood, what it ought to be, and all as labelled lines."""

from __future__ import annotations

import hmac
import json
from collections import Counter
from datetime import UTC, datetime
from typing import IO, Any

import click
from bson import ObjectId

from app import queues
from app.commands.surroundings import database, delivery_named, noted, operator, plainly
from app.errors import PermanentError
from app.models import DEFAULT_TENANT, Agent, Delivery
from app.pipeline.audit import audited, record
from app.pipeline.correct import Corrected, Wish, correct
from app.pipeline.labelled import LeftOut, labelled, words_of
from app.rules.analysis import BESIDE, Priority, Sentiment
from app.rules.permissions import MAY, Permission, Role
from app.rules.pseudonyms import Pseudonyms
from app.runtime import Runtime


@click.group()
def corrections() -> None:
    """What dispatchers put right."""


@corrections.command("show")
@click.argument("delivery")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def show(delivery: str, tenant_id: str) -> None:
    """What is understood of DELIVERY (its id or reference), as JSON to edit for `make`."""
    with database(tenant_id):
        known = delivery_named(delivery, tenant_id)
        found = known.analysis.as_dict() if known.analysis else {"directives": []}
        told = {
            "version": known.analysis_version,
            "said": _said(known),
            "instructions": found.get("instructions", ""),
            "needs_review": found.get("needs_review", False),
            "directives": [
                {name: value for name, value in each.items() if name not in _NOT_EDITED}
                for each in found["directives"]
            ],
        }
        noted("analysis.read", "delivery", known.pk, tenant_id)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


_NOT_EDITED = frozenset(BESIDE) - {"kind", "text"}


def _said(delivery: Delivery) -> list[str]:
    if delivery.analysis is None:
        return []
    words = words_of(delivery.tenant_id, delivery.analysis, datetime.now(UTC))
    return list(words.texts) if words else []


@corrections.command("make")
@click.argument("delivery")
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@click.option(
    "--by", "email", required=True, help="E-mail of the dispatcher whose judgement it is."
)
@click.option("--why", "reason", default="", help="For whoever reads it later.")
@click.option("--sentiment", type=click.Choice(list(Sentiment)))
@click.option("--priority", type=click.Choice(list(Priority)))
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def make(
    delivery: str,
    file: IO[str],
    email: str,
    reason: str,
    sentiment: str | None,
    priority: str | None,
    tenant_id: str,
) -> None:
    """Let the directives in FILE be what is understood of DELIVERY, and tell the driver.

    FILE holds what `show` printed, with the directives as they ought to be; `version` says what
    you looked at, so that nothing newer is overwritten.
    """
    asked = _asked(file)
    with database(tenant_id) as found:
        known = delivery_named(delivery, tenant_id)
        now = datetime.now(UTC)
        wish = Wish(
            directives=asked["directives"],
            seen=asked["version"],
            by=_person(email, tenant_id),
            why=reason,
            sentiment=Sentiment(sentiment) if sentiment else None,
            priority=Priority(priority) if priority else None,
        )

        def both() -> Corrected:
            made = correct(tenant_id, known.pk, wish, now=now)
            detail = {"judged_by": str(wish.by)}
            record(tenant_id, operator(), "analysis.corrected", "delivery", known.pk, now=now,
                   detail=detail)  # fmt: skip
            return made

        done = audited(tenant_id, both)
        enqueuer = Runtime(found).enqueuer
        for job, names in ((queues.TELL, done.tell), (queues.WITHDRAW, done.withdraw)):
            for name in names:
                enqueuer.enqueue(job, name, correlation_id=str(done.correction_id))
        known.reload()
        click.echo(f"version {done.version}: {known.analysis.instructions or 'nothing to do'}")
    if done.same_answer:
        others = ", ".join(str(each) for each in done.same_answer)
        click.echo(f"the same call was about {others}: correct those as well if need be", err=True)


def _asked(file: IO[str]) -> dict[str, Any]:
    try:
        asked = json.load(file)
    except ValueError as error:
        raise PermanentError(f"this is not JSON: {error}") from None
    right = isinstance(asked, dict) and isinstance(asked.get("directives"), list)
    if not right or type(asked.get("version")) is not int:
        raise PermanentError(
            "FILE must hold a version and a list of directives, as `delauto corrections show` "
            "prints them"
        )
    known: dict[str, Any] = asked
    return known


def _person(email: str, tenant_id: str) -> ObjectId:
    person = Agent.of(tenant_id, email__iexact=email.strip()).first()
    if person is None:
        raise PermanentError("nobody of this company has that e-mail address")
    if not person.is_active or Permission.ANALYSES_WRITE not in MAY[Role(person.role)]:
        raise PermanentError("only an active dispatcher or administrator may correct")
    found: ObjectId = person.pk
    return found


@corrections.command("export")
@click.option("--since", help="Corrections made from then on, as 2026-11-20 or 2026-11-20T09:30.")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@click.option(
    "--pseudonyms/--as-said",
    "disguised",
    default=True,
    show_default=True,
    help="Replace codes, telephone numbers and names, the same by the same.",
)
@plainly
def export(since: str | None, tenant_id: str, disguised: bool) -> None:
    """Corrected answers as labelled lines (JSON) for `make eval`.

    Leaves out what retention has wiped, and says on standard error what it left out. Even with
    pseudonyms, places, addresses and times are as the customer said them: keep the file
    accordingly.
    """
    moment = _moment(since) if since else None
    missing: Counter[str] = Counter()
    written = 0
    with database(tenant_id) as found:
        secret = found.secret_key.get_secret_value().encode()
        key = hmac.digest(secret, b"pseudonyms of exported corrections", "sha256")
        pseudonyms = Pseudonyms(key) if disguised else None
        for each in labelled(tenant_id, since=moment, pseudonyms=pseudonyms):
            if isinstance(each, LeftOut):
                missing[each.why] += 1
            else:
                written += 1
                click.echo(json.dumps(each.as_dict(), ensure_ascii=False))
        noted("data.exported", "corrections", "all", tenant_id, detail={"as_said": not disguised})
    left_out = "".join(f", {count} left out: {why}" for why, count in sorted(missing.items()))
    click.echo(f"{written} exported{left_out}", err=True)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PermanentError(
            "--since must be a time like 2026-11-20 or 2026-11-20T09:30 (UTC)"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
