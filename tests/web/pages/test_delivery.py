"""The page of one delivery: all that happened, what was said, and how it is put right."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from app.models import AuditEntry, Correction
from app.web import words
from tests import factories
from tests.browser import DESKTOP, PHONE, TABLET, passes_axe, shot
from tests.web import page_side
from tests.web.pages.heard import fresh, heard, recording_of

CODE = ("the gate code is four five one nine hash", "gate-code")


@pytest.fixture
def dot(client):
    """The browser of a dispatcher."""
    factories.tenant()
    return page_side.browser(client, page_side.person("dispatcher", name="Dot Dispatcher"))


def page_of(browser, delivery) -> str:
    answer = browser.get(f"/deliveries/{delivery.pk}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_the_page_tells_all_that_happened(dot, runtime) -> None:
    shown = page_of(dot, heard(runtime))
    for told in (
        "Casey Customer", "12 Mill Lane", "Leave it behind the planter.",
        "The customer gave instructions", "What was said was written down", "The driver was told",
        "Planned", "· a person · 30 s",
    ):  # fmt: skip
        assert told in shown, told


def test_what_happened_stands_under_its_day_and_begins_with_the_planning(dot, runtime) -> None:
    delivery = heard(runtime)
    shown = page_of(dot, delivery)
    story = shown[shown.index('class="timeline"') :]
    assert story.count('class="day"') >= 1
    understood, written = "What was said was understood", "What was said was written down"
    assert story.index(understood) < story.index(written)
    assert story.rindex("Planned") > story.rindex(understood)
    assert "planned with an agent" not in story


def test_times_are_those_of_where_it_is_delivered_and_its_place_is_told_where_it_differs(
    dot,
) -> None:
    noon = (datetime.now(UTC) + timedelta(days=2)).replace(hour=12, minute=0)
    there = factories.delivery(scheduled_time=noon, time_zone="Asia/Tokyo")
    shown = page_of(dot, there)
    assert "21:00" in shown
    assert "12:00" not in shown
    assert "(Tokyo)" in shown
    here = page_of(dot, factories.delivery(scheduled_time=noon, time_zone="Africa/Abidjan"))
    assert "12:00" in here
    assert "(Abidjan)" not in here, "its clocks show what the company's do"


def test_a_number_and_an_amount_read_as_people_write_them(client) -> None:
    with client.application.test_request_context():
        assert words.telephone("+442079460958") == "+44 20 7946 0958"
        assert words.telephone("+1415•••0123") == "+1415•••0123", "what is hidden stays so"
        assert words.money(0.014, "USD") == "US$0.014"
        assert words.money(0.014, "") == "0.014"
        with words.speaking("de"):
            assert words.money(0.014, "EUR") == "0,014\xa0€"


def test_who_changed_what_is_in_the_timeline(dot, runtime) -> None:
    delivery = heard(runtime)
    done = dot.post(
        f"/api/v1/deliveries/{delivery.pk}/cancel",
        json={"reason": "ordered twice"},
        headers={"X-Delauto-Page": "1"},
    )
    assert done.status_code == 200, done.text
    shown = " ".join(page_of(dot, delivery).split())
    assert "Cancelled · <bdi>Dot Dispatcher</bdi>" in shown
    assert shown.count("ordered twice") == 1


def test_the_timeline_tells_from_when_to_when_by_the_clock_of_the_place(dot) -> None:
    noon = (datetime.now(UTC) + timedelta(days=2)).replace(hour=12, minute=0, second=0)
    delivery = factories.delivery(scheduled_time=noon, time_zone="Asia/Tokyo")
    for hours in (1, 24):
        moved = dot.post(
            f"/api/v1/deliveries/{delivery.pk}/reschedule",
            json={"scheduled_time": (noon + timedelta(hours=hours)).isoformat()},
            headers={"X-Delauto-Page": "1"},
        )
        assert moved.status_code == 200, moved.text
    story = " ".join(page_of(dot, delivery).split())
    assert "Moved to another time: 21:00 → 22:00" in story
    assert re.search(r"Moved to another time: [^<]+, 22:00 \(Tokyo\) → [^<]+, 21:00", story)


def test_the_words_are_told_with_their_times_and_their_doubts(dot, runtime) -> None:
    shown = page_of(dot, heard(runtime, unsure=("planter",)))
    assert re.search(r'data-n="5" data-start="[\d.]+" data-end="[\d.]+" class="unsure"', shown)
    assert shown.count('class="unsure"') == 1


def test_a_directive_names_the_words_that_it_was_read_from(dot, runtime) -> None:
    delivery = heard(runtime)
    shown = page_of(dot, delivery)
    line = re.search(r"<li data-line=\"0\"[^>]*>", shown)
    assert line
    assert 'data-last="5"' in line[0]
    assert f'data-recording="{recording_of(delivery).pk}"' in line[0]


def test_looking_at_the_page_is_not_listening(dot, runtime) -> None:
    delivery = heard(runtime)
    page_of(dot, delivery)
    recording = recording_of(delivery)
    answer = dot.get(f"/api/v1/recordings/{recording.pk}/waveform", headers={"X-Delauto-Page": "1"})
    assert max(answer.json["peaks"]) == 100
    assert len(answer.json["peaks"]) == 240
    assert recording_of(delivery).access_count == 0
    assert AuditEntry.of("default", action="recording.listened").count() == 0


def test_codes_are_hidden_until_somebody_asks(dot, runtime) -> None:
    shown = page_of(dot, heard(runtime, *CODE))
    assert "451" not in shown
    assert "four" not in shown
    assert "••••" in shown
    assert "Show what is hidden" in shown


def test_why_nobody_is_called_is_told_in_plain_words(dot, runtime) -> None:
    shown = page_of(dot, heard(runtime))
    assert "No call any more." in shown
    assert "The customer was heard already." in shown
    waiting = factories.delivery()
    assert "1 call of at most" not in page_of(dot, waiting)


def test_who_may_only_look_gets_no_buttons(client, runtime) -> None:
    delivery = heard(runtime)
    shown = page_of(page_side.browser(client, page_side.person("viewer")), delivery)
    assert "planter" in shown
    for deed in ("Cancel the delivery", "Call now", "Wrong: remove", "data-play"):
        assert deed not in shown


def test_a_drivers_own_delivery_is_all_that_they_see(client, runtime) -> None:
    delivery, other = heard(runtime), heard(runtime)
    driver = page_side.person("agent")
    delivery.modify(set__agent_id=driver.pk)
    browser = page_side.browser(client, driver)
    assert "planter" in page_of(browser, delivery)
    assert browser.get(f"/deliveries/{other.pk}").status_code == 404


@pytest.mark.parametrize("name", ["a" * 24, "nothing"])
def test_a_delivery_that_is_not_there_is_told(dot, name) -> None:
    assert dot.get(f"/deliveries/{name}", headers={"Accept": "text/html"}).status_code == 404


def test_another_companys_delivery_is_not_there(dot, runtime) -> None:
    factories.tenant("other")
    delivery = factories.delivery("other")
    assert dot.get(f"/deliveries/{delivery.pk}").status_code == 404


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture
def also(settings) -> tuple[str, ...]:
    """Where the sound comes from."""
    return (settings.s3_endpoint_url.split("//")[1],)


def test_a_word_that_is_clicked_is_heard_and_counted_once(site, runtime, open_page, also) -> None:
    delivery = heard(runtime)
    page = open_page("dispatcher", f"/deliveries/{delivery.pk}", also=also)
    expect(page.locator(".wave > div")).to_be_attached()
    word = page.locator(".transcript [data-n='4']")
    start = float(word.get_attribute("data-start"))
    word.click()
    page.wait_for_function(
        "start => document.querySelector('audio').currentTime > start", arg=start, timeout=20_000
    )
    expect(page.locator(".transcript .now")).to_be_visible()
    page.locator("[data-play]").click()
    expect(page.locator(".hearing")).not_to_have_attribute("data-playing", "")
    page.get_by_role("group", name="What was said").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "start => document.querySelector('audio').currentTime < start", arg=start
    )
    assert recording_of(delivery).access_count == 1
    assert AuditEntry.of("default", action="recording.listened").count() == 1


def test_a_directive_shows_its_words_and_is_corrected_in_two_clicks(
    site, runtime, open_page
) -> None:
    delivery = heard(runtime)
    page = open_page("dispatcher", f"/deliveries/{delivery.pk}")
    line = page.locator("[data-line='0']")
    line.hover()
    expect(page.locator(".transcript .evidence").last).to_have_text("planter")
    line.locator("summary").click()
    page.get_by_role("button", name="Leave it with planter.").click()
    expect(page.locator("[data-line='0'] .sentence-one")).to_contain_text("Leave it with")
    after = fresh(delivery)
    assert [each.kind.value for each in after.analysis.directives] == ["leave_with"]
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("[data-line='0'] .sentence-one")).to_contain_text("behind the planter")
    assert fresh(delivery).analysis_version == after.analysis_version + 1
    assert Correction.of("default").count() == 2


def test_a_code_stays_where_something_beside_it_is_corrected(site, runtime, open_page) -> None:
    delivery = heard(runtime, f"leave it behind the planter. {CODE[0]}", CODE[1])
    kinds = [each.kind.value for each in delivery.analysis.directives]
    assert kinds == ["leave_at", "access"]
    page = open_page("dispatcher", f"/deliveries/{delivery.pk}")
    page.locator("[data-line='0'] summary").click()
    page.locator("[data-line='0']").get_by_role("button", name="Wrong: remove it").click()
    expect(page.locator("[data-line]")).to_have_count(1)
    (code,) = fresh(delivery).analysis.directives
    assert code.slots["code"] == "4519#"
    assert AuditEntry.of("default", action="codes.read").count() == 0


def test_deeds_are_confirmed_and_refusals_told_in_the_dialog(site, runtime, open_page) -> None:
    delivery = heard(runtime)
    page = open_page("dispatcher", f"/deliveries/{delivery.pk}")
    page.get_by_role("button", name="Call now").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Call now").click()
    expect(dialog.get_by_role("alert")).to_contain_text("the customer was heard already")
    dialog.get_by_role("button", name="Leave it").click()
    page.get_by_role("button", name="Cancel the delivery").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why").fill("ordered twice")
    passes_axe(page, "the dialog")
    dialog.get_by_role("button", name="Cancel the delivery").click()
    expect(page.locator(".standing")).to_contain_text("Cancelled")
    assert fresh(delivery).status == "cancelled"


def test_the_page_changes_by_itself(site, runtime, open_page) -> None:
    delivery = heard(runtime)
    page = open_page("dispatcher", f"/deliveries/{delivery.pk}")
    expect(page.locator("#live")).to_have_attribute("data-connection", "live", timeout=20_000)
    page.evaluate("window.same = true")
    delivery.modify(set__address="14 Mill Lane")
    expect(page.locator(".facts")).to_contain_text("14 Mill Lane", timeout=15_000)
    assert page.evaluate("window.same")


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_fit_for_everybody(site, runtime, open_page, size, scheme) -> None:
    delivery = heard(runtime, unsure=("planter",), reference="R-1042")
    language = {"light": "en", "dark": "de"}[scheme]
    page = open_page(
        "dispatcher", f"/deliveries/{delivery.pk}", size=size, scheme=scheme, language=language
    )
    expect(page.locator(".wave > div")).to_be_attached()
    page.locator("#why-details summary").click()
    page.locator("[data-line='0']").hover()
    passes_axe(page)
    shot(page, f"delivery-{size['width']}-{scheme}")


def test_without_script_all_can_be_read_and_heard(site, runtime, open_page) -> None:
    delivery = heard(runtime)
    page = open_page("dispatcher", f"/deliveries/{delivery.pk}", java_script_enabled=False)
    expect(page.locator("audio")).to_be_visible()
    expect(page.locator(".transcript")).to_contain_text("behind the planter")
    expect(page.get_by_role("button", name="Cancel the delivery")).not_to_be_visible()
