"""What the benchmark of pages opens: a full day, a delivery that was heard, a driver's round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page, ViewportSize

from app.models import DEFAULT_TENANT, Agent, Delivery, Recording, Review
from app.runtime import Runtime
from benchmarks.signed_in import cookie_of

AUDIO = Path(__file__).parents[1] / "local" / "carrier" / "audio" / "leave-behind-planter.wav"
PHONE: ViewportSize = {"width": 360, "height": 740}
_OPEN_QUESTIONS = 40


@dataclass(frozen=True)
class Sight:
    """A page, and when it can be used: selectors of what must be there."""

    name: str
    path: str
    cookie: tuple[str, str]
    listed: str
    """The main list has begun."""
    act: Callable[[Page], None]
    """A key that somebody presses, or a click. It may come too early."""
    answered: str
    """Is there once that was answered."""
    complete: str
    """Is there at the end."""
    all_of: tuple[str, int]
    """Then there are so many of these, or the page is wrong."""
    size: ViewportSize = field(default_factory=lambda: {"width": 1440, "height": 900})


def sights(flask: Flask, runtime: Runtime, deliveries: int, stops: int) -> list[Sight]:
    """The pages, over a ledger that is there already; the first is an empty one of the frame."""
    dispatcher = Agent(
        tenant_id=DEFAULT_TENANT, name="Dot Dispatcher", email="dot@example.com",
        phone="+15570000999", role="dispatcher",
        password="none",  # noqa: S106 - nobody logs in by it
    ).save()  # fmt: skip
    desk = cookie_of(flask, dispatcher)
    driver = _round(stops)
    heard = _heard(runtime)
    questions = _questions()
    return [
        Sight("empty", f"/deliveries/{'a' * 24}", desk, "main h2, main p",
              press("Tab"), ".skip:focus, a:focus", "main", ("main", 1)),
        Sight("board", "/", desk, ".row", press("4"), "[data-show=heard][aria-current]",
              '#lanes[data-more=""]', (".row", deliveries)),
        Sight("delivery", f"/deliveries/{heard.pk}", desk, ".transcript [data-n]",
              click("[data-opens=move]"), "#move[open]", ".wave > div", (".transcript", 1)),
        Sight("round", "/agent", cookie_of(flask, driver), "#cards > li",
              click("[data-do=complete]:visible"), "#complete[open]",
              f"#cards > li:nth-child({stops})", ("#cards > li", stops), PHONE),
        Sight("questions", "/reviews", desk, ".question[data-review]",
              press("?"), "#help[open]", "[id^=item-]", ("[id^=item-]", questions)),
        Sight("calendar", "/plan", desk, ".fc-event", click(".fc-timeGridDay-button"),
              ".fc-timeGridDay-view", ".fc-event", (".fc-timeGridDay-view", 1)),
    ]  # fmt: skip


def press(key: str) -> Callable[[Page], None]:
    """Press a key."""
    return lambda page: page.keyboard.press(key)


def click(selector: str) -> Callable[[Page], None]:
    """Click the first of these."""
    return lambda page: page.locator(selector).first.click(timeout=30_000)


def _heard(runtime: Runtime) -> Delivery:
    """A delivery that may still be moved, whose customer was recorded; the sound is there."""
    about = {"status__in": ["scheduled", "assigned"], "recording_id__ne": None}
    found: Delivery = Delivery.of(DEFAULT_TENANT, **about).order_by("id").first()
    recording = Recording.of(DEFAULT_TENANT, pk=found.recording_id).get()
    runtime.storage.put(recording.storage_key, AUDIO.read_bytes(), "audio/wav")
    return found


def _round(stops: int) -> Agent:
    """A driver with so many stops, on the way to the first."""
    driver: Agent = Agent.of(DEFAULT_TENANT, role="agent").order_by("id").first()
    Delivery.of(DEFAULT_TENANT, agent_id=driver.pk).update(unset__agent_id=True)
    soon = datetime.now(UTC)
    chosen = Delivery.of(DEFAULT_TENANT, analysis__ne=None).order_by("id").limit(stops)
    for number, each in enumerate(chosen, start=1):
        each.update(
            set__agent_id=driver.pk,
            set__status="assigned" if number > 1 else "in_transit",
            set__route={"sequence": number},
            set__scheduled_time=soon + timedelta(minutes=15 * number),
        )
    return driver


def _questions() -> int:
    """Open questions about answers of today; returns how many there are."""
    chosen = Review.of(DEFAULT_TENANT).order_by("id").limit(_OPEN_QUESTIONS).scalar("id")
    Review.of(DEFAULT_TENANT, pk__in=list(chosen)).update(
        unset__closed_at=True, set__due=datetime.now(UTC) + timedelta(hours=1)
    )
    return int(Review.of(DEFAULT_TENANT, closed_at=None).count())
