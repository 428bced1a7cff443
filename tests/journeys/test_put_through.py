"""A driver is put through to a customer: both telephones of the network, the product between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
import requests
from playwright.sync_api import expect

from app.models import DEFAULT_TENANT, BridgedCall, CallLog, Delivery, Recording
from app.pipeline.stops import stop
from tests import factories
from tests.browser import PHONE, Watched, chromium
from tests.journeys.conftest import PASSWORD, Product, until

DRIVER = "+447700900999"
"""Of the product's agent."""
PICKS_UP = {"outcome": "answers", "rings": 1, "steps": [{"on": "gather", "press": "1"}]}
TALKS = {"outcome": "answers", "rings": 1, "talks": 65}


@cache
def token(url: str, email: str) -> str:
    given = {"email": email, "password": PASSWORD}
    answer = requests.post(f"{url}/api/v1/auth/token", json=given, timeout=10)
    assert answer.ok, answer.text
    return answer.json()["access_token"]


class Stop:
    """A stop of the driver's round, whose customer behaves like this, and so the driver."""

    def __init__(self, product: Product, customer: dict, driver: dict | None = None) -> None:
        self.product = product
        product.numbers += 1
        self.number = f"+4420795{product.numbers:05}"
        product.carrier.assign(self.number, [customer])
        product.carrier.assign(DRIVER, [driver or PICKS_UP])
        now = datetime.now(UTC)
        self.delivery: Delivery = factories.delivery(
            customer=factories.customer(phone=self.number),
            agent_id=product.agent.pk,
            status="in_transit",
            outreach={"state": "confirmed"},
            # The van is expected now, at whatever hour of the night the tests run.
            scheduled_time=now - timedelta(minutes=30),
            window={"start": now - timedelta(minutes=30), "end": now + timedelta(hours=1)},
        )

    def press(self, **headers: str) -> requests.Response:
        url = f"{self.product.url}/api/v1/deliveries/{self.delivery.pk}/call-customer"
        return requests.post(url, headers={**self.credentials, **headers}, timeout=10)

    @property
    def credentials(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {token(self.product.url, self.product.agent.email)}"}

    @property
    def call(self) -> BridgedCall:
        return BridgedCall.of(DEFAULT_TENANT, delivery_id=self.delivery.pk).get()

    def ends(self, phase: str) -> BridgedCall:
        """The call once both telephones are on the hook."""

        def over() -> BridgedCall | None:
            call = self.call
            legs = {call.status, call.customer_status or "completed"}
            return None if call.in_flight or not legs <= FINAL else call

        found = until(over, f"{phase} of {self.delivery.pk}")
        url = f"{self.product.url}/api/v1/bridged-calls/{found.pk}"
        shown = requests.get(url, headers=self.credentials, timeout=10).json()
        assert (shown["phase"], shown["over"]) == (phase, True)
        return found

    def rung(self, number: str) -> list[dict]:
        """What the network's books have of this stop: calls to a number since it was made."""
        calls = [self.call.call_sid, self.call.customer_sid]
        return [each for each in self.product.rung(number) if each["sid"] in calls]


FINAL = {"completed", "busy", "no-answer", "failed", "canceled"}


@pytest.fixture(autouse=True)
def nobody_rings(product: Product) -> Iterator[None]:
    yield
    until(lambda: not BridgedCall.of(DEFAULT_TENANT, in_flight=True).count(), "all are over")


def test_both_talk_and_neither_sees_the_others_number(product: Product) -> None:
    stop_ = Stop(product, TALKS)
    answer = stop_.press()
    assert answer.status_code == 202, answer.text
    assert answer.json()["phase"] == "dialling"
    call = stop_.ends("talked")
    assert call.talked == 65
    ours = product.settings.twilio_from_number
    (to_driver,), (to_customer,) = stop_.rung(DRIVER), stop_.rung(stop_.number)
    assert (to_driver["from"], to_customer["from"]) == (ours, ours)
    assert to_customer["parent_call_sid"] == to_driver["sid"] == call.call_sid
    # The driver pressed 1 before the customer rang; the network tells whole seconds.
    second = timedelta(seconds=1)
    assert call.start_time - second <= call.connecting_at <= call.talking_at + second
    assert call.talking_at <= call.end_time


def test_nothing_is_recorded_and_no_attempt_is_counted(product: Product) -> None:
    stop_ = Stop(product, TALKS)
    stop_.press()
    call = stop_.ends("talked")
    delivery = Delivery.of(DEFAULT_TENANT, pk=stop_.delivery.pk).get()
    assert (delivery.outreach.state, delivery.outreach.attempts) == ("confirmed", 0)
    assert CallLog.of(DEFAULT_TENANT, delivery_id=delivery.pk).count() == 0
    assert Recording.of(DEFAULT_TENANT, delivery_id=delivery.pk).count() == 0
    said = product.carrier.journal(call_sid=call.call_sid)
    assert "Record" not in {each["details"].get("verb") for each in said}


@pytest.mark.parametrize(
    ("customer", "phase"),
    [
        ({"outcome": "busy"}, "customer_busy"),
        ({"outcome": "no_answer"}, "customer_no_answer"),
        ({"outcome": "fails", "sip_code": 404}, "customer_failed"),
        ({"outcome": "voicemail", "rings": 2, "talks": 10}, "talked"),
    ],
)
def test_a_customer_who_is_not_there(product: Product, customer: dict, phase: str) -> None:
    stop_ = Stop(product, customer)
    stop_.press()
    stop_.ends(phase)


@pytest.mark.parametrize(
    ("driver", "phase"),
    [
        ({"outcome": "no_answer"}, "you_no_answer"),
        ({"outcome": "busy"}, "you_busy"),
        # A machine presses no key, nor does a pocket.
        ({"outcome": "voicemail", "rings": 1, "keeps_line": 60}, "no_key"),
        ({"outcome": "answers", "rings": 1, "steps": []}, "no_key"),
        ({"outcome": "answers", "steps": [{"on": "gather", "press": "5"}]}, "no_key"),
    ],
)
def test_the_customer_is_not_rung_where_the_driver_is_not_there(
    product: Product, driver: dict, phase: str
) -> None:
    stop_ = Stop(product, TALKS, driver)
    stop_.press()
    stop_.ends(phase)
    assert product.rung(stop_.number) == []


def test_a_driver_who_hangs_up_ends_it_for_both(product: Product) -> None:
    hangs_up = {
        "outcome": "answers",
        "steps": [{"on": "gather", "press": "1", "hang_up_after": 30}],
    }
    stop_ = Stop(product, {"outcome": "answers", "rings": 1, "talks": 600}, hangs_up)
    stop_.press()
    call = stop_.ends("talked")
    assert 0 < call.talked < 40


def test_pressing_again_while_it_rings_is_the_same_call(product: Product) -> None:
    stop_ = Stop(product, TALKS, {**PICKS_UP, "rings": 4})
    answers = {stop_.press().json()["id"] for _ in range(3)}
    assert len(answers) == 1
    stop_.ends("talked")
    assert len(stop_.rung(DRIVER)) == len(stop_.rung(stop_.number)) == 1


def test_who_says_never_again_while_the_driver_is_rung_is_not_rung(product: Product) -> None:
    stop_ = Stop(product, TALKS, {"outcome": "answers", "rings": 3, "steps": [
        {"on": "gather", "press": "1", "after": 4}]})  # fmt: skip
    stop_.press()
    stop(DEFAULT_TENANT, stop_.number, "calls", now=datetime.now(UTC))
    stop_.ends("refused")
    assert product.rung(stop_.number) == []


def test_a_wake_up_that_is_lost_delays_the_call_and_a_dead_worker_rings_nobody_twice(
    product: Product,
) -> None:
    stop_ = Stop(product, TALKS)
    calls = [each for each in product.stack.supervisor.running() if each.startswith("calls")]
    assert calls
    stop_.press()
    for name in calls:
        product.stack.supervisor.kill(name)
    stop_.ends("talked")
    assert len(stop_.rung(DRIVER)) == 1


def test_it_is_watched_on_the_drivers_page(product: Product) -> None:
    stop_ = Stop(product, {"outcome": "answers", "rings": 1, "talks": 190})
    with chromium() as browser:
        context = browser.new_context(viewport=PHONE, base_url=product.url)
        watched = Watched(context, product.url)
        page = context.new_page()
        page.goto("/agent")
        page.get_by_label("E-mail address").fill(product.agent.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        card = page.locator(f"#delivery-{stop_.delivery.pk}")
        button = card.get_by_role("button", name="Call the customer")
        button.click()
        line = card.locator(".calling")
        expect(line).to_have_text("You are talking to the customer", timeout=20_000)
        expect(button).to_be_disabled()
        expect(line).to_have_text("Call over · 3:10", timeout=20_000)
        expect(button).to_be_enabled()
        context.close()
    assert watched.complaints == []
