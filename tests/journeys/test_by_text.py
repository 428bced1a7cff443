"""Who no call reached gets one text message, answers by its link or by text, and is heard."""

from __future__ import annotations

import re
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from app.gateways import sound
from app.models import (
    DEFAULT_TENANT,
    Customer,
    Delivery,
    InboundMessage,
    Message,
    PushMessage,
    Recording,
    Reply,
    Suppression,
)
from app.pipeline.plan import NewDelivery, plan
from tests.browser import CHROMIUM, Watched, chromium
from tests.factories import ALL_DAY, ALWAYS
from tests.journeys.conftest import AUDIO, Product, until
from tests.journeys.test_in_a_browser import PHONE, shot


@pytest.fixture
def product(product: Product) -> Product:
    inbound = f"{product.url}/webhooks/twilio/inbound"
    product.carrier.answer_with(f"{inbound}/call", f"{inbound}/message")
    return product


def phone(delivery: Delivery) -> str:
    return Customer.of(DEFAULT_TENANT, pk=delivery.customer_id).get().phone


def asked(product: Product, retries: int = 0) -> tuple[Delivery, str]:
    """A delivery whose customer no call reached, and the link in the message they got."""
    delivery = product.deliver("never-answers")
    Delivery.of(DEFAULT_TENANT, pk=delivery.pk).update(set__max_retries=retries)
    number = phone(delivery)
    (text,) = until(lambda: product.carrier.messages(to=number), "a message", 60)
    return delivery, re.search(r"http\S+/i/\S+", text["body"])[0]


def told(delivery: Delivery, words: str) -> PushMessage:
    """The message by which the driver learns of something."""

    def there() -> PushMessage | None:
        found = PushMessage.of(DEFAULT_TENANT, delivery_id=delivery.pk)
        return next((each for each in found if words in (each.text or "")), None)

    return until(there, f"the driver reads: {words}", 60)


def state(delivery: Delivery) -> str:
    return Delivery.of(DEFAULT_TENANT, pk=delivery.pk).get().outreach.state


def send(link: str, **fields) -> requests.Response:
    form = {"key": "k" * 24, **fields}
    return requests.post(
        link, files={name: (None, each) for name, each in form.items()}, timeout=10
    )


def microphone(folder: Path, name: str) -> Path:
    """A recorded sentence, once, as a browser's pretended microphone can play it."""
    samples = sound.decode(AUDIO / f"{name}.wav")
    path = folder / f"{name}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
        file.writeframes(bytes(2 * sound.RATE * 20))
    return path


@contextmanager
def on_a_telephone(product: Product, hears: Path | None = None, **options) -> Iterator[Page]:
    """A browser like a telephone's, with a microphone that hears a file."""
    if not CHROMIUM:
        pytest.skip("there is no chromium on this machine: nobody spoke into the page")
    args = [
        "--no-sandbox",
        "--disable-gpu",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        *([f"--use-file-for-fake-audio-capture={hears}"] if hears else []),
    ]
    with chromium() as running:
        browser = running.browser_type.launch(executable_path=CHROMIUM, args=args)
        context = browser.new_context(viewport=PHONE, **options)
        watched = Watched(context, product.url)
        yield context.new_page()
        browser.close()
    assert watched.complaints == []


def test_a_pick_on_the_page_reaches_the_driver(product: Product) -> None:
    delivery, link = asked(product, retries=2)
    assert len(product.rung(phone(delivery))) == 3
    assert state(delivery) == "unreachable"
    assert requests.get(link, timeout=10).status_code == 200
    answer = send(link, choice="front_door", note="and the gate code is 4711")
    assert answer.status_code == 200
    assert "Your answer has arrived" in answer.text
    told(delivery, "Code 4711. Leave it at the front door.")
    delivery = product.settled(delivery, "instructed")
    assert delivery.outreach.channel == "link"
    assert "Leave it at the front door" in requests.get(answer.url, timeout=10).text
    (message,) = Message.of(DEFAULT_TENANT, delivery_id=delivery.pk)
    until(lambda: message.reload().status == "delivered", "the message is delivered")
    assert len(product.carrier.messages(to=phone(delivery))) == 1


def test_a_later_answer_replaces_the_first(product: Product) -> None:
    delivery, link = asked(product)
    send(link, choice="front_door")
    told(delivery, "Leave it at the front door.")
    send(link, note="actually put it behind the shed", key="another-key-1234567")
    told(delivery, "Leave it behind the shed.")
    delivery = Delivery.of(DEFAULT_TENANT, pk=delivery.pk).get()
    assert delivery.analysis.instructions == "Leave it behind the shed."
    assert [each.instructions for each in delivery.analysis_history] == [
        "Leave it at the front door."
    ]


def test_what_is_said_into_the_page_is_heard_word_for_word(product: Product, tmp_path) -> None:
    delivery, link = asked(product)
    with on_a_telephone(product, microphone(tmp_path, "gate-code")) as page:
        page.goto(link)
        page.get_by_role("button", name="Start recording").click()
        page.wait_for_timeout(5000)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#speak audio")).to_be_visible()
        shot(page, "link-recorded")
        page.get_by_role("button", name="Send to the driver").click()
        page.wait_for_url("**/answer/**")
        expect(page.locator("#back")).to_contain_text("You said", timeout=60_000)
        expect(page.locator("#back")).to_contain_text("the gate code is four five one nine")
        shot(page, "link-thanks")
    recording = Recording.of(DEFAULT_TENANT, delivery_id=delivery.pk).get()
    assert (recording.stage, recording.format) == ("understood", "webm")
    assert recording.transcription.text.startswith("the gate code is four five one nine")
    assert recording.duration > 4
    delivery = product.settled(delivery, "instructed")
    assert delivery.analysis.source_id == recording.pk


def test_the_page_works_without_script_and_passes_the_checker(product: Product) -> None:
    from axe_playwright_python.sync_playwright import Axe

    _, link = asked(product)
    with on_a_telephone(product) as page:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for language in ("en", "es", "fr", "de"):
                page.goto(f"{link}?lang={language}")
                found = Axe().run(page).response["violations"]
                assert [each["id"] for each in found] == [], (language, scheme)
                assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            shot(page, f"link-{scheme}")
    with on_a_telephone(product, java_script_enabled=False) as plain:
        plain.goto(link)
        plain.get_by_label("Come on another day").check()
        plain.get_by_label("Which day?").select_option(index=1)
        plain.get_by_label("Choose a recording").set_input_files(AUDIO / "gate-code.wav")
        plain.get_by_role("button", name="Send to the driver").click()
        expect(plain.get_by_role("heading", level=1)).to_contain_text("Your answer has arrived")


def test_an_answer_by_text_reaches_the_driver(product: Product) -> None:
    delivery, _ = asked(product)
    number = phone(delivery)
    product.carrier.text(number, "Leave it with the neighbour at number 14")
    message = told(delivery, "Leave it with the neighbour at number 14")
    assert message.version > 1
    assert product.settled(delivery, "instructed").outreach.channel == "sms"
    answers = until(
        lambda: [m for m in product.carrier.messages(to=number) if "thank you" in m["body"]],
        "a short receipt",
    )
    assert len(answers) == 1


def test_stop_by_text_stops_the_calls(product: Product) -> None:
    delivery, _ = asked(product)
    number = phone(delivery)
    rung = len(product.rung(number))
    product.carrier.text(number, "Stop")
    product.settled(delivery, "declined")
    assert Suppression.of(DEFAULT_TENANT, phone=number, lifted_at=None).get().scope == "all"
    told(delivery, "does not want calls")
    now = datetime.now(UTC)
    wish = NewDelivery(
        reference=None,
        customer_name="Somebody",
        phone=number,
        address="12 Mill Lane",
        longitude=-0.1,
        latitude=51.5,
        scheduled_time=now + timedelta(hours=2),
        time_zone="Europe/London",
        agent_email=product.agent.email,
    )
    second = plan(DEFAULT_TENANT, wish, now=now, window=ALL_DAY, book=ALWAYS)
    until(lambda: state(second) in ("suppressed", "skipped"), "not to be called")
    assert len(product.rung(number)) == rung
    assert len(product.carrier.messages(to=number)) == 1
    assert InboundMessage.of(DEFAULT_TENANT, from_number=number, keyword="stop").count() == 1


def test_an_answer_before_the_next_try_ends_the_trying(product: Product) -> None:
    delivery = product.deliver([{"outcome": "busy"}])
    until(lambda: state(delivery) in ("waiting", "calling"), "the first try")
    product.carrier.text(phone(delivery), "leave it behind the planter")
    told(delivery, "Leave it behind the planter.")
    product.settled(delivery, "instructed")
    reply = Reply.of(DEFAULT_TENANT, delivery_id=delivery.pk).get()
    assert reply.channel == "sms"
    until(lambda: not any(c.in_flight for c in product.calls(delivery)), "no call in flight")
    rung = len(product.rung(phone(delivery)))
    time.sleep(3)
    assert len(product.rung(phone(delivery))) == rung, "three times the pause, and no other try"
    assert not any("/i/" in each["body"] for each in product.carrier.messages(to=phone(delivery)))
