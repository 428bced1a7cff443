"""Talk: the customer is on the line; each step of the script is kept before it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import PermanentError
from app.models import CallLog, Delivery, KeyPress, Suppression, Tenant
from app.rules import call_script
from app.rules.call_script import Effect, Scene


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do on the line next."""

    name: str
    scene: Scene
    words: tuple[str, ...]


def press(call: CallLog, scene: str, digits: str, *, now: datetime) -> str:
    """Keep the keys pressed in a scene; returns the scene they lead to. A key proves a person."""
    call.modify(
        push__keys=KeyPress(step=scene, digits=digits[:16], at=now), set__answered_by="human"
    )
    return call_script.next_scene(scene, digits)


def enter(call: CallLog, scene: str, *, now: datetime) -> Turn:
    """Come to a scene: what it means is in the database before it is said.

    Raises PermanentError for a scene that the script does not have.
    """
    if scene not in call_script.SCENES:
        raise PermanentError("the call script has no such scene")
    if call.answered_by == "machine":
        scene = call_script.for_machine(scene)
    here = call_script.SCENES[scene]
    changes: dict[str, Any] = {}
    if here.effect:
        changes["add_to_set__effects"] = here.effect.value
    if here.effect is Effect.RECORDS:
        changes["set__record_asked_at"] = now
    if "notice" in here.say:
        changes |= {"set__notice_version": call_script.NOTICE_VERSION, "set__notice_at": now}
    if here.effect is Effect.OPT_OUT:
        suppress(call, source="key", now=now)
    if changes:
        call.modify(**changes)
    return Turn(scene, here, _words(call, scene, now))


def suppress(call: CallLog, *, source: str, now: datetime) -> None:
    """Never call this number again, from now on."""
    Suppression.of(call.tenant_id, phone=call.to_number, scope="calls").update_one(
        upsert=True,
        set_on_insert__source=source,
        set_on_insert__since=now,
        set_on_insert__evidence=call.pk,
        set_on_insert__created_at=now,
    )


def answered_by(call: CallLog, who: str, *, now: datetime) -> None:
    """Keep what answering-machine detection found; ``who`` in the network's words.

    A key that was pressed knows better.
    """
    plain = "machine" if who.startswith(("machine", "fax")) else who
    call.modify({"answered_by__ne": "human"}, set__answered_by=plain, set__updated_at=now)


def _words(call: CallLog, scene: str, now: datetime) -> tuple[str, ...]:
    delivery = Delivery.of(call.tenant_id, pk=call.delivery_id).get()
    tenant = Tenant.of(call.tenant_id).get()
    today = now.astimezone(ZoneInfo(delivery.time_zone)).date()
    end = delivery.window.end if delivery.window else None
    return call_script.words(
        scene,
        company=tenant.name,
        callback=_spoken(tenant.callback_number or call.from_number),
        when=call_script.said_when(delivery.scheduled_time, end, delivery.time_zone, today),
    )


def _spoken(number: str) -> str:
    """A number digit by digit, so that no voice reads it as millions."""
    return " ".join(number.removeprefix("+"))
