"""The queue of questions: one person at each, answered with one key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from playwright.sync_api import Page, expect

from app.models import Delivery, Review
from app.pipeline.dispatch import acknowledge
from app.pipeline.reviews import NOBODY
from app.rules.analysis import Directive, Kind
from app.web.pages.delivery import wording
from tests import factories
from tests.browser import DESKTOP, PHONE, TABLET, comes_true, passes_axe, shot
from tests.web import page_side
from tests.web.pages.heard import fresh, heard, in_doubt, question, recording_of

BELL = Directive(Kind.AVOID, "don't ring the bell", 0.7, {"action": "ring_bell"})


@pytest.fixture
def dot(client):
    """The browser of a dispatcher."""
    factories.tenant()
    return page_side.browser(client, page_side.person("dispatcher", name="Dot Dispatcher"))


def held_by(review: Review) -> str | None:
    """Who has it, by name."""
    return Review.of("default", pk=review.pk).get().claimed_name


def unconfirmed(delivery: Delivery, minutes: int = 20) -> Review:
    """Its driver has not seen the instructions, and the van is nearly there."""
    due = datetime.now(UTC) + timedelta(minutes=minutes)
    return question(delivery, "unacknowledged", ObjectId(), due)


def shown(browser, path: str = "/reviews") -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_nothing_to_do_is_said(dot) -> None:
    assert "Nothing needs you now." in shown(dot)


def test_the_van_that_comes_first_is_asked_about_first(dot, runtime) -> None:
    late, soon = heard(runtime), heard(runtime)
    later, first = in_doubt(late, hours=5), in_doubt(soon, hours=1)
    page = shown(dot)
    assert page.index(f"item-{first.pk}") < page.index(f"item-{later.pk}")
    assert f'data-review="{first.pk}" data-delivery="{soon.pk}"' in page
    assert "Question 1 of 2" in page
    assert "Question 2 of 2" in shown(dot, f"/reviews?at={later.pk}")


def test_a_question_comes_with_its_words_and_its_answers(dot, runtime) -> None:
    in_doubt(heard(runtime), BELL)
    page = shown(dot)
    for told in (
        "Not sure what was meant", "Right as understood", "Also: Don&#39;t ring the bell.",
        "I have spoken with them", "Leave it as planned", 'data-n="5"', "Casey Customer",
    ):  # fmt: skip
        assert told in page, told


def test_what_a_driver_has_not_confirmed_is_asked_about_the_driver(dot, runtime) -> None:
    driver = factories.agent(name="Dana Driver", phone="+442079460958")
    review = unconfirmed(heard(runtime, agent_id=driver.pk, time_zone="UTC"))
    page = shown(dot)
    says = f"Dana Driver has not confirmed these instructions; the van is due at {review.due:%H:%M}"
    for told in (
        says, "Leave it behind the planter.", 'href="tel:+442079460958"', "+44 20 7946 0958",
        "I have told the driver", "Leave it as planned",
    ):  # fmt: skip
        assert told in page, told
    assert page.count("The driver has not confirmed") == 2  # on the card, and in the queue
    assert "unacknowledged" not in page
    assert "I have spoken with them" not in page
    assert "Have them called again" not in page
    assert "The driver has not confirmed" in shown(dot, f"/deliveries/{review.delivery_id}")


def test_a_van_that_was_due_and_a_driver_who_is_gone_are_told_as_they_are(dot, runtime) -> None:
    delivery = heard(runtime, time_zone="UTC")
    review = unconfirmed(delivery, minutes=-5)
    delivery.update(unset__agent_id=True)
    says = f"The driver has not confirmed these instructions; the van was due at {review.due:%H:%M}"
    assert says in shown(dot)


@pytest.mark.parametrize(
    ("language", "label", "told"),
    [
        ("es", "El conductor no ha confirmado", "He avisado al conductor"),
        ("fr", "Le livreur n’a pas confirmé", "J’ai prévenu le livreur"),
        ("de", "Nicht vom Fahrer bestätigt", "Ich habe es dem Fahrer gesagt"),
    ],
)
def test_it_is_asked_in_the_readers_language(client, runtime, language, label, told) -> None:
    factories.tenant()
    reader = page_side.browser(client, page_side.person("dispatcher", language=language))
    unconfirmed(heard(runtime))
    page = shown(reader)
    assert label in page
    assert told in page


def test_every_reason_has_words() -> None:
    assert set(wording.REVIEWS) == set(Review.reason.choices)


def test_what_a_colleague_has_is_told_and_not_offered(dot, client, runtime) -> None:
    review = in_doubt(heard(runtime))
    tom = page_side.browser(client, page_side.person("dispatcher", name="Tom Second"))
    done = tom.post(f"/api/v1/reviews/{review.pk}/claim", headers={"X-Delauto-Page": "1"})
    assert done.status_code == 200
    page = shown(dot)
    assert "Colleagues have all of them." in page
    page = shown(dot, f"/reviews?at={review.pk}")
    assert "Tom Second has it" in page
    assert page.count("disabled") >= 3


def test_a_message_that_nobody_read_is_shown(dot, settings) -> None:
    from app.models import InboundMessage

    delivery = factories.delivery(scheduled_time=datetime.now(UTC) + timedelta(hours=2))
    message = InboundMessage(
        tenant_id="default", message_sid=factories.sid("SM"), from_number="+14155550123",
        body="behind the shed, the code is 4519", received_at=datetime.now(UTC),
    ).save()  # fmt: skip
    question(delivery, "unread", message.pk, delivery.scheduled_time)
    page = shown(dot)
    assert "behind the shed" in page
    assert "4519" not in page


def test_a_question_that_was_settled_is_told_and_no_other_is_shown_for_it(
    dot, client, runtime
) -> None:
    settled, other = in_doubt(heard(runtime), hours=1), in_doubt(heard(runtime), hours=2)
    tom = page_side.browser(client, page_side.person("dispatcher", name="Tom Second"))
    done = tom.post(
        f"/api/v1/reviews/{settled.pk}/close",
        json={"resolution": "done"},
        headers={"X-Delauto-Page": "1"},
    )
    assert done.status_code == 200
    for path in (f"/reviews?at={settled.pk}", f"/reviews/now?at={settled.pk}"):
        page = shown(dot, path)
        assert "Settled meanwhile by Tom Second." in page
        assert "Next question" in page
        assert "data-answer" not in page
    page = shown(dot, f"/reviews/now?at={ObjectId()}")
    assert "This question is not there any more." in page
    assert "data-answer" not in page
    assert f'data-review="{other.pk}" data-delivery' in shown(dot)


def test_a_question_whose_delivery_is_gone_stops_nobody(dot, settings) -> None:
    now = datetime.now(UTC)
    delivery = factories.delivery(scheduled_time=now + timedelta(hours=2), deleted_at=now)
    question(delivery, "unclear", delivery.pk, now)
    assert "Its delivery was deleted." in shown(dot)


def test_drivers_have_no_questions(client, settings) -> None:
    factories.tenant()
    driver = page_side.browser(client, page_side.person("agent"))
    assert driver.get("/reviews").status_code == 403


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture
def also(settings) -> tuple[str, ...]:
    """Where the sound comes from."""
    return (settings.s3_endpoint_url.split("//")[1],)


def ready(page: Page) -> None:
    """Its script has begun."""
    expect(page.locator("html.js")).to_be_attached(timeout=20_000)


def settles(page: Page, name: str) -> None:
    ready(page)
    # Longer than what was just shown answers nothing.
    page.wait_for_timeout(500)
    page.get_by_role("button", name=name).click()


def test_two_dispatchers_never_work_on_the_same_one(site, runtime, open_page) -> None:
    first, second = heard(runtime), heard(runtime)
    soon, later = in_doubt(first, hours=1), in_doubt(second, hours=2)
    dot = site.person("dispatcher", name="Dot Dispatcher")
    tom = site.person("dispatcher", name="Tom Second")
    mine = open_page(dot, "/reviews")
    expect(mine.locator(f".question[data-review='{soon.pk}']")).to_be_visible()
    ready(mine)
    for _ in range(50):
        if held_by(soon):
            break
        mine.wait_for_timeout(100)
    assert held_by(soon) == "Dot Dispatcher"
    theirs = open_page(tom, f"/reviews?at={soon.pk}")
    expect(theirs.locator(".held")).to_contain_text("Dot Dispatcher has it")
    expect(theirs.locator("[data-answer]").first).to_be_disabled()
    settles(mine, "Right as understood")
    expect(mine.locator(f".question[data-review='{later.pk}']")).to_be_visible()
    assert Review.of("default", pk=soon.pk).get().answer == "accept"
    assert not fresh(first).analysis.needs_review
    # The other sees by itself that it is gone, and who has the next.
    expect(theirs.locator(f"#item-{soon.pk}")).to_have_count(0, timeout=25_000)
    expect(theirs.locator(f"#item-{later.pk}")).to_contain_text(
        "Dot Dispatcher has it", timeout=25_000
    )


def stays_settled(page: Page, review: Review, says: str) -> None:
    """Its card is where it was and says so, and nothing on it can be pressed."""
    card = page.locator(f".question[data-review='{review.pk}']")
    expect(card.locator(".gone")).to_contain_text(says, timeout=25_000)
    expect(card.locator("[data-answer]:not([disabled])")).to_have_count(0)


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_a_question_that_its_driver_settles_stays_until_its_reader_goes_on(
    site, runtime, open_page, size, scheme
) -> None:
    driver = factories.agent(name="Dana Driver")
    mine = unconfirmed(heard(runtime, agent_id=driver.pk))
    other = in_doubt(heard(runtime), hours=2)
    page = open_page("dispatcher", "/reviews", size=size, scheme=scheme)
    ready(page)
    expect(page.locator(".matter")).to_contain_text("Dana Driver has not confirmed")
    comes_true(page, lambda: held_by(mine) is not None)
    passes_axe(page)
    shot(page, f"reviews-unconfirmed-{size['width']}-{scheme}")
    acknowledge(Delivery.of("default", pk=mine.delivery_id).get(), driver.pk, now=datetime.now(UTC))
    stays_settled(page, mine, "Settled meanwhile: Dana Driver has confirmed the instructions.")
    expect(page.locator(f"#item-{mine.pk}")).to_have_count(0)
    passes_axe(page)
    shot(page, f"reviews-settled-meanwhile-{size['width']}-{scheme}")
    page.wait_for_timeout(500)
    page.keyboard.press("1")
    page.wait_for_timeout(1000)
    assert Review.of("default", pk=other.pk).get().closed_at is None
    assert Review.of("default", pk=mine.pk).get().answer is None
    stays_settled(page, mine, "Dana Driver has confirmed")
    page.keyboard.press("Enter")
    expect(page.locator(f".question[data-review='{other.pk}']")).to_be_visible()
    comes_true(page, lambda: held_by(other) is not None)
    page.wait_for_timeout(500)
    page.keyboard.press("1")
    expect(page.locator("#work")).to_contain_text("Nothing needs you now.")
    assert Review.of("default", pk=other.pk).get().answer == "accept"


def test_what_a_colleague_settles_stays_and_says_by_whom(site, runtime, open_page) -> None:
    mine, other = in_doubt(heard(runtime), hours=1), in_doubt(heard(runtime), hours=2)
    tom = site.person("dispatcher", name="Tom Second")
    # Not held by who looks: as it is where the page was asleep for long.
    page = open_page("dispatcher", "/reviews")
    ready(page)
    comes_true(page, lambda: held_by(mine) is not None)
    mine.update(set__claimed_at=datetime.now(UTC) - timedelta(minutes=5))
    theirs = open_page(tom, f"/reviews?at={mine.pk}")
    settles(theirs, "I have spoken with them")
    expect(theirs.locator("#toasts")).to_contain_text(
        "Casey Customer: settled with “I have spoken with them”"
    )
    stays_settled(page, mine, "Settled meanwhile by Tom Second.")
    page.keyboard.press("2")
    expect(theirs.locator(f".question[data-review='{other.pk}']")).to_be_visible()
    comes_true(page, lambda: held_by(other) == "Tom Second")
    page.wait_for_timeout(500)
    page.get_by_role("link", name="Next question").click()
    expect(page.locator("#work")).to_contain_text("Colleagues have all of them.")
    assert Review.of("default", pk=other.pk).get().closed_at is None


def test_what_was_settled_unheard_is_told_where_it_is_answered(site, runtime, open_page) -> None:
    mine, other = in_doubt(heard(runtime), hours=1), in_doubt(heard(runtime), hours=2)
    page = open_page("dispatcher", "/password")
    page.route("**/deliveries/live*", lambda route: route.abort())
    page.goto("/reviews")
    ready(page)
    comes_true(page, lambda: held_by(mine) is not None)
    mine.update(set__closed_at=datetime.now(UTC), set__resolution="not_needed", **NOBODY)
    page.keyboard.press("1")
    stays_settled(page, mine, "Settled meanwhile.")
    expect(page.locator("#toasts .problem")).to_contain_text("closed since")
    page.wait_for_timeout(500)
    page.keyboard.press("1")
    page.get_by_role("link", name="Next question").press("Enter")
    expect(page.locator(f".question[data-review='{other.pk}']")).to_be_visible()
    assert Review.of("default", pk=mine.pk).get().answer is None
    assert Review.of("default", pk=other.pk).get().closed_at is None


def test_a_key_pressed_twice_answers_one_question(site, runtime, open_page) -> None:
    soon, later = in_doubt(heard(runtime), hours=1), in_doubt(heard(runtime), hours=2)
    page = open_page("dispatcher", "/reviews")
    ready(page)
    # It is pressed again and again, from the moment in which the next question is there.
    page.evaluate(
        """(next) => new MutationObserver((_, watching) => {
          if (!document.querySelector(`.question[data-review='${next}']`)) return;
          watching.disconnect();
          const since = performance.now();
          const pressing = setInterval(() => {
            if (performance.now() - since < 350) {
              const press = new KeyboardEvent("keydown", { key: "1", bubbles: true });
              document.body.dispatchEvent(press);
            } else {
              clearInterval(pressing);
              window.pressed = true;
            }
          }, 10);
        }).observe(document.getElementById("desk"), { childList: true, subtree: true })""",
        str(later.pk),
    )
    page.keyboard.press("1")
    page.wait_for_function("() => window.pressed")
    page.wait_for_timeout(1500)
    assert Review.of("default", pk=soon.pk).get().answer == "accept"
    assert Review.of("default", pk=later.pk).get().closed_at is None
    page.keyboard.press("1")
    expect(page.locator("#work")).to_contain_text("Nothing needs you now.")
    assert Review.of("default", pk=later.pk).get().answer == "accept"


def test_an_answer_is_taken_back_while_its_toast_stands(site, runtime, open_page) -> None:
    delivery = heard(runtime)
    review = in_doubt(delivery, BELL)
    page = open_page("dispatcher", "/reviews")
    settles(page, "Rather: Don't ring the bell.")
    expect(page.locator("#work")).to_contain_text("Nothing needs you now.")
    assert [each.kind.value for each in fresh(delivery).analysis.directives] == ["avoid"]
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(f".question[data-review='{review.pk}']")).to_be_visible()
    assert [each.kind.value for each in fresh(delivery).analysis.directives] == ["leave_at"]


def test_the_keyboard_does_it_all(site, runtime, open_page, also) -> None:
    first, second = heard(runtime), heard(runtime)
    soon, later = in_doubt(first, hours=1), in_doubt(second, hours=2)
    page = open_page("dispatcher", "/reviews", also=also)
    ready(page)
    expect(page.locator(f".question[data-review='{soon.pk}']")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(f".question[data-review='{later.pk}']")).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator(f".question[data-review='{soon.pk}']")).to_be_visible()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    page.keyboard.press("Space")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("play, pause")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    # Longer than what was just shown answers nothing.
    page.wait_for_timeout(500)
    page.keyboard.press("1")
    expect(page.locator(f".question[data-review='{later.pk}']")).to_be_visible()
    assert Review.of("default", pk=soon.pk).get().answer == "accept"
    assert recording_of(first).access_count == 1
    comes_true(page, lambda: held_by(later) is not None)


def test_what_cannot_be_taken_back_is_confirmed(site, runtime, open_page) -> None:
    delivery = heard(runtime, "please cancel my order")
    page = open_page("dispatcher", "/reviews")
    settles(page, "Cancel the delivery")
    page.get_by_role("dialog").get_by_role("button", name="Leave it").click()
    assert fresh(delivery).status == "assigned"
    settles(page, "Cancel the delivery")
    page.get_by_role("dialog").get_by_role("button", name="Yes, do it").click()
    expect(page.locator("#work")).to_contain_text("Nothing needs you now.")
    assert fresh(delivery).status == "cancelled"


def test_who_leaves_the_page_leaves_the_question(site, runtime, open_page) -> None:
    review = in_doubt(heard(runtime))
    page = open_page("dispatcher", "/reviews")
    comes_true(page, lambda: held_by(review) is not None)
    page.goto("/password")
    comes_true(page, lambda: held_by(review) is None)


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_queue_is_fit_for_everybody(site, runtime, open_page, size, scheme) -> None:
    in_doubt(heard(runtime, unsure=("planter",)), BELL)
    in_doubt(heard(runtime), hours=2)
    language = {"light": "en", "dark": "fr"}[scheme]
    page = open_page("dispatcher", "/reviews", size=size, scheme=scheme, language=language)
    expect(page.locator(".wave > div")).to_be_attached()
    page.locator("[data-line='0']").hover()
    passes_axe(page)
    shot(page, f"reviews-{size['width']}-{scheme}")
