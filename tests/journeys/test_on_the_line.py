"""The call script with customers of the telephone network: keys, words, machines, a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.callbacks import Callbacks
from app.gateways import CallRequest, Placed
from app.models import DEFAULT_TENANT, CallLog, Recording, Review, Suppression, Tenant
from app.rules.call_script import START
from app.rules.call_script.texts import language
from app.runtime import Runtime
from tests import factories
from tests.journeys.conftest import AUDIO, Product, until

PRESS, SAY, SPEAK = "press", "words", "speak"


def step(how: str, what: str, **more) -> dict:
    verb = "record" if how == SPEAK else "gather"
    return {"on": verb, how: str(AUDIO / what) if how == SPEAK else what, **more}


class Rung:
    """A customer who is called once, straight away, and what came of it."""

    def __init__(self, product: Product, *steps: dict, code: str = "en", **behaviour) -> None:
        customer = factories.customer(phone=f"+4420794{product.numbers:05}")
        product.numbers += 1
        outcome = {"outcome": "answers", "rings": 1, "steps": list(steps), **behaviour}
        product.carrier.assign(customer.phone, [outcome])
        delivery = factories.delivery(
            customer=customer,
            outreach={"state": "calling", "attempts": 1},
            scheduled_time=datetime.now(UTC) + timedelta(hours=4),
        )
        self.call = factories.call(delivery, language=code, dialing_at=datetime.now(UTC))
        addresses = Callbacks(product.url, str(self.call.pk))
        placed = Runtime(product.settings).voice.place_call(
            CallRequest(
                to_number=customer.phone,
                from_number=product.settings.twilio_from_number,
                script_url=addresses.script(START),
                status_url=addresses.status,
                answered_by_url=addresses.answered_by,
            )
        )
        assert isinstance(placed, Placed)
        until(lambda: self.now.status == "completed", "the call's end")

    @property
    def now(self) -> CallLog:
        return CallLog.of(DEFAULT_TENANT, pk=self.call.pk).get()

    @property
    def chosen(self) -> list[str]:
        return [each["kind"] for each in self.now.chosen]

    @property
    def never_again(self) -> bool:
        held = Suppression.of(DEFAULT_TENANT, phone=self.now.phone, lifted_at=None)
        return held.count() == 1


@pytest.mark.parametrize("code", ["en", "es", "fr", "de"])
def test_all_is_fine_in_every_language(product: Product, code) -> None:
    yes = language(code).speech["menu"]["1"][0]
    rung = Rung(product, step(SAY, yes), code=code)
    assert rung.chosen == ["confirm"]
    assert (rung.now.answered_by, rung.now.answered_by_proof) == ("human", "speech")
    assert rung.now.notice_version == language(code).notice_version


def test_keys_alone_are_enough(product: Product) -> None:
    rung = Rung(product, *[step(PRESS, key) for key in ("4", "2", "1", "5")])
    assert rung.chosen == ["leave_with", "contact"]
    assert rung.now.effects == []


def test_another_day_is_chosen_by_key_and_confirmed_by_word(product: Product) -> None:
    rung = Rung(product, step(PRESS, "3"), step(PRESS, "2"), step(SAY, "yes"))
    assert rung.chosen == ["reschedule"]


def test_who_just_talks_is_read_back_and_agrees(product: Product) -> None:
    rung = Rung(product, step(SAY, "leave it behind the planter"), step(PRESS, "1"))
    assert rung.now.said == "leave it behind the planter"
    assert rung.now.effects == []


def test_nine_during_the_recording_is_honoured_and_the_words_are_kept(product: Product) -> None:
    rung = Rung(product, step(PRESS, "2"), step(SPEAK, "gate-code.wav", press="9"))
    assert rung.never_again
    until(lambda: Recording.of(DEFAULT_TENANT, call_log_id=rung.call.pk).count(), "the recording")


def test_hanging_up_after_nine_is_enough(product: Product) -> None:
    rung = Rung(product, step(PRESS, "9"), {"on": "gather", "silent": True, "hang_up_after": 1})
    assert rung.never_again
    assert rung.chosen == ["opt_out"]


def test_a_mistaken_nine_is_taken_back(product: Product) -> None:
    rung = Rung(product, *[step(PRESS, key) for key in ("9", "1", "1")])
    assert not rung.never_again
    assert rung.chosen == ["confirm"]


def test_silence_all_the_way_ends_politely(product: Product) -> None:
    rung = Rung(product)
    assert rung.now.effects == ["records"]
    assert rung.chosen == []


def test_nonsense_all_the_way_ends_politely(product: Product) -> None:
    rung = Rung(product, *[step(SAY, "flibbertigibbet")] * 6)
    assert rung.now.effects == ["records"]
    assert rung.now.answered_by_proof == "detection"


def test_a_person_is_reached_or_a_call_back_promised(product: Product) -> None:
    rung = Rung(product, step(PRESS, "0"))
    assert Review.of(DEFAULT_TENANT, source_id=rung.call.pk, reason="speak_to_human").count() == 1
    tenant = Tenant.of(DEFAULT_TENANT)
    tenant.update(set__calling__transfer_number="+442079460999")
    try:
        # What the web process knows of a company is at most five seconds old.
        product.carrier.assign("+442079460999", [{"outcome": "answers", "rings": 1, "steps": []}])
        until(lambda: "transferred" in Rung(product, step(PRESS, "0")).now.effects, "put through")
    finally:
        tenant.update(unset__calling__transfer_number=True)


def test_a_machine_gets_the_message_and_a_customer_taken_for_one_goes_on(product: Product) -> None:
    machine = Rung(
        product,
        outcome="voicemail",
        greeting=str(AUDIO / "voicemail-greeting.wav"),
        keeps_line=90,
        steps=[],
    )
    assert machine.now.effects == ["voicemail"]
    assert machine.now.answered_by == "machine"
    person = Rung(
        product,
        step(PRESS, "2"),
        step(SPEAK, "gate-code.wav"),
        answered_by="machine_start",
    )
    assert person.now.answered_by == "human"
    until(lambda: Recording.of(DEFAULT_TENANT, call_log_id=person.call.pk).count(), "the recording")
