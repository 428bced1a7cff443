"""Planning in Chromium: dragging, its ways back, the map without tiles, files, suggestions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from app.models import Delivery, Tenant
from tests import factories
from tests.browser import DESKTOP, PHONE, TABLET, passes_axe, shot

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(
    hour=0, minute=0, second=0, microsecond=0
)
DAY = TOMORROW.date().isoformat()
WEEK = f"/plan#view=timeGridWeek&day={DAY}"
ONE_DAY = f"/plan#view=timeGridDay&day={DAY}"
HEADER = "reference,customer_name,phone,address,scheduled_time,time_zone\n"


def at(hours: float, who: str, **fields) -> Delivery:
    when = TOMORROW + timedelta(hours=hours)
    end = {"window": {"start": when, "end": when + timedelta(hours=2)}}
    customer = factories.customer(name=who)
    return factories.delivery(scheduled_time=when, customer=customer, **{**end, **fields})


def a_day(site) -> None:
    """A day of several drivers and states."""
    now = datetime.now(UTC)
    people = [
        factories.agent(name=name, shift_since=now, located_at=now, current_location=[x, 51.52])
        for name, x in (("Dana Driver", -0.12), ("Erin Express", -0.05))
    ]
    for number in range(6):
        who = people[number % 2]
        at(8 + number, f"Customer {number}", agent_id=who.pk, route={"sequence": number + 1},
           status=("assigned", "in_transit", "completed")[number % 3],
           coordinates=[-0.13 + 0.02 * number, 51.5 + 0.01 * (number % 3)])  # fmt: skip
    at(9.5, "Failed Fred", status="failed", coordinates=[-0.1, 51.54])
    at(15, "Cancelled Carl", status="cancelled", coordinates=[-0.08, 51.54])
    for number in range(4):
        at(10 + number, f"Free {number}", coordinates=[-0.14 + 0.03 * number, 51.53])
    at(16, "Nowhere Nell", coordinates=None)


def event(page: Page, who: str) -> Locator:
    return page.locator(".fc-event", has_text=who)


def to_hour(page: Page, shown: Locator, hour: str) -> None:
    """Drag an event to the row of an hour, as a hand does: in several small moves."""
    shown.scroll_into_view_if_needed()
    target = page.locator(f'.fc-timegrid-slot-lane[data-time="{hour}"]')
    here, there = shown.bounding_box(), target.bounding_box()
    assert here
    assert there
    x, y = here["x"] + here["width"] / 2, here["y"] + 3
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x, y + (there["y"] + 3 - y) * step / 8)
        page.wait_for_timeout(30)
    page.mouse.up()


def hour_of(delivery: Delivery) -> int:
    found: Delivery = Delivery.of("default", pk=delivery.pk).get()
    assert found.scheduled_time.date() == TOMORROW.date()
    return found.scheduled_time.hour


def test_a_delivery_is_dragged_to_another_hour_and_back_by_undo(site, open_page) -> None:
    delivery = at(9, "Casey Jones")
    page = open_page("dispatcher", ONE_DAY)
    expect(page.locator("#standing")).to_have_text("Deliveries: 1")
    expect(page.locator("#how")).to_contain_text("Drag a delivery to another time")
    to_hour(page, event(page, "Casey"), "12:00:00")
    expect(page.locator(".toast")).to_contain_text("Casey Jones: moved to")
    expect(event(page, "Casey")).to_contain_text("12:00")
    assert hour_of(delivery) == 12
    moved = Delivery.of("default", pk=delivery.pk).get()
    assert moved.window.end - moved.window.start == timedelta(hours=2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("back at")
    assert hour_of(delivery) == 9
    expect(event(page, "Casey")).to_contain_text("09:00")


def test_what_somebody_else_moved_meanwhile_is_put_back_and_shown_anew(site, open_page) -> None:
    delivery = at(9, "Casey Jones")
    page = open_page("dispatcher", ONE_DAY)
    expect(event(page, "Casey")).to_contain_text("09:00")
    delivery.modify(set__scheduled_time=TOMORROW + timedelta(hours=7))
    to_hour(page, event(page, "Casey"), "12:00:00")
    expect(page.locator(".toast.problem")).to_contain_text("Somebody else has changed it")
    expect(event(page, "Casey")).to_contain_text("07:00")
    assert hour_of(delivery) == 7


def test_what_is_refused_goes_back_and_the_reason_is_told(site, open_page) -> None:
    delivery = at(9, "Casey Jones", status="assigned", agent_id=factories.agent().pk)
    page = open_page("dispatcher", ONE_DAY)
    expect(event(page, "Casey")).to_contain_text("09:00")
    Delivery.of("default", pk=delivery.pk).update_one(set__status="completed")
    to_hour(page, event(page, "Casey"), "12:00:00")
    expect(page.locator(".toast.problem")).to_contain_text("stays at")
    expect(event(page, "Casey")).to_contain_text("09:00")
    assert hour_of(delivery) == 9


def test_without_a_network_nothing_is_moved_and_that_is_said(site, open_page) -> None:
    delivery = at(9, "Casey Jones")
    page = open_page("dispatcher", ONE_DAY)
    expect(event(page, "Casey")).to_be_visible()
    page.context.set_offline(True)
    to_hour(page, event(page, "Casey"), "12:00:00")
    expect(page.locator(".toast.problem")).to_contain_text("The server cannot be reached")
    expect(event(page, "Casey")).to_contain_text("09:00")
    page.context.set_offline(False)
    assert hour_of(delivery) == 9


def test_by_keyboard_a_delivery_is_moved_in_a_dialog(site, open_page) -> None:
    delivery = at(9, "Casey Jones")
    page = open_page("dispatcher", ONE_DAY)
    event(page, "Casey").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    passes_axe(page, "the dialog")
    dialog.get_by_label("Day").fill("2020-01-01")
    dialog.get_by_role("button", name="Move").press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("The time must lie ahead.")
    dialog.get_by_label("Day").fill(DAY)
    dialog.get_by_label("From").fill("14:15")
    dialog.get_by_label("Until").fill("15:00")
    dialog.get_by_role("button", name="Move").press("Enter")
    expect(dialog).to_be_hidden()
    expect(event(page, "Casey")).to_contain_text("14:15")
    found = Delivery.of("default", pk=delivery.pk).get()
    assert (found.scheduled_time.hour, found.scheduled_time.minute) == (14, 15)
    assert found.window.end - found.window.start == timedelta(minutes=45)


def test_many_deliveries_are_numbers_until_few_are_chosen(site, open_page) -> None:
    dana = factories.agent(name="Dana Driver")
    customer = factories.customer()
    for number in range(310):
        when = TOMORROW + timedelta(hours=8, minutes=number)
        factories.delivery(scheduled_time=when, customer=customer)
    at(9, "Casey Jones", agent_id=dana.pk, status="assigned")
    page = open_page("dispatcher", f"/plan#view=dayGridMonth&day={DAY}")
    expect(page.locator("#standing")).to_contain_text("311 deliveries: shown as numbers")
    number = page.locator(".fc-event.counted", has_text="310")
    assert (number.get_attribute("aria-label") or "").startswith("310 No driver yet, ")
    passes_axe(page)
    number.click()
    expect(page.locator(".fc-timeGridDay-view")).to_be_visible()
    page.locator(".fc-event.counted").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_contain_text("60 deliveries from")
    expect(dialog.locator("li")).to_have_count(60)
    dialog.locator("li button").first.click()
    expect(page.locator("#stop")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#driver").select_option("Dana Driver")
    expect(event(page, "Casey Jones")).to_be_visible()
    page.get_by_role("button", name="Assigned", exact=True).click()
    expect(page.locator("#standing")).to_have_text("No deliveries in this time.")


def test_a_full_hour_is_told_as_one_and_opens_as_a_list(site, open_page) -> None:
    for number in range(5):
        at(9.5 + number / 10, f"Customer {number}")
    at(14, "Lonely Lou")
    page = open_page("dispatcher", WEEK)
    expect(page.locator(".fc-event")).to_have_count(2)
    expect(event(page, "Lonely Lou")).to_contain_text("14:00")
    full = event(page, "5 deliveries")
    expect(full).to_contain_text("09:30–09:54")
    # What stands together cannot be dragged.
    expect(page.locator("#how")).to_contain_text("To move a delivery, open it")
    passes_axe(page)
    full.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_contain_text("5 deliveries from")
    expect(dialog.get_by_role("heading")).to_contain_text("09:30")
    dialog.get_by_role("button", name="Customer 3").click()
    expect(page.locator("#stop")).to_contain_text("Customer 3")


@pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["desktop", "tablet"])
def test_in_a_week_nothing_pushes_a_full_hour_aside(site, open_page, size) -> None:
    at(8, "Long Lou")
    for number in range(3):
        at(9, f"Customer {number}")
    page = open_page("dispatcher", WEEK, size=size)
    expect(page.locator(".fc-event")).to_have_count(2)
    column = page.locator(f'.fc-timegrid-col[data-date="{DAY}"]').bounding_box()["width"]
    widths = [each.bounding_box()["width"] for each in page.locator(".fc-event").all()]
    assert min(widths) > column * 0.8


def test_the_hours_without_deliveries_are_shown_when_asked_for(site, open_page) -> None:
    at(6, "Early Erin")
    page = open_page("dispatcher", ONE_DAY)
    expect(page.locator('.fc-timegrid-slot-lane[data-time="05:00:00"]')).to_be_visible()
    expect(page.locator('.fc-timegrid-slot-lane[data-time="04:00:00"]')).to_have_count(0)
    page.get_by_role("button", name="All hours").click()
    expect(page.locator('.fc-timegrid-slot-lane[data-time="23:00:00"]')).to_have_count(1)
    expect(event(page, "Early Erin")).to_be_visible()


@pytest.mark.parametrize("view", ["dayGridMonth", "timeGridWeek", "timeGridDay"])
def test_today_is_marked_without_a_ground_under_its_deliveries(site, open_page, view) -> None:
    page = open_page("dispatcher", f"/plan#view={view}", scheme="dark")
    today = page.locator("[aria-current=date]")
    marked = datetime.now(UTC).date().isoformat()
    expect(today.first).to_have_attribute("data-date", marked)
    grounds = today.evaluate_all("all => all.map(each => getComputedStyle(each).backgroundColor)")
    assert set(grounds) == {"rgba(0, 0, 0, 0)"}
    passes_axe(page)
    shot(page, f"today_{view}")


def test_a_telephone_lists_the_day(site, open_page) -> None:
    for number in range(5):
        at(9, f"Customer {number}")
    at(23, "Night Nell", agent_id=factories.agent(name="Dana Driver").pk, status="assigned")
    page = open_page("dispatcher", ONE_DAY, size=PHONE)
    expect(page.locator(".fc-event")).to_have_count(6)
    for number in range(5):
        expect(event(page, f"Customer {number}")).to_contain_text("09:00–11:00")
    expect(event(page, "Night Nell")).to_contain_text("23:00–01:00")
    expect(event(page, "Night Nell")).to_contain_text("Dana Driver")
    right = "all => all.map(each => getComputedStyle(each).borderRightWidth)"
    assert set(page.locator(".fc-event").evaluate_all(right)) == {"1px"}
    expect(page.locator("#how")).to_contain_text("To move a delivery, open it")
    event(page, "Customer 2").click()
    expect(page.locator("#stop")).to_contain_text("Customer 2")


def test_times_are_the_companys_wherever_the_browser_is(site, open_page) -> None:
    Tenant.of("default").update_one(set__calling__time_zone="Asia/Kolkata")
    delivery = at(5.5, "Casey Jones")
    page = open_page("dispatcher", ONE_DAY, timezone_id="America/Los_Angeles")
    expect(event(page, "Casey")).to_contain_text("11:00")
    to_hour(page, event(page, "Casey"), "12:00:00")
    expect(page.locator(".toast")).to_contain_text("12:00")
    found = Delivery.of("default", pk=delivery.pk).get()
    assert (found.scheduled_time.hour, found.scheduled_time.minute) == (6, 30)


def test_the_map_shows_stops_and_rounds_without_any_tiles(site, open_page) -> None:
    a_day(site)
    page = open_page("dispatcher", f"/plan/map?day={DAY}")
    expect(page.locator(".leaflet-marker-icon.pin")).to_have_count(12)
    expect(page.locator(".leaflet-marker-icon.van")).to_have_count(2)
    for bar in page.locator(".leaflet-control-scale-line").all():
        assert bar.evaluate("each => each.scrollWidth <= each.clientWidth"), bar.inner_text()
    note = page.locator("#map-note").bounding_box()
    assert note["y"] + note["height"] <= DESKTOP["height"], "below the edge of the window"
    expect(page.locator(".leaflet-tile")).to_have_count(0)
    page.get_by_role("button", name="On the map Free 2").click()
    expect(page.locator(".leaflet-popup-content")).to_contain_text("Free 2")
    passes_axe(page)
    # From the list, several at once.
    page.get_by_role("button", name="Choose all").first.click()
    expect(page.locator("#chosen")).to_have_text("5 chosen")
    page.locator("#give-to").select_option("Erin Express")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("5 stops assigned.")
    assert Delivery.of("default", status="scheduled").count() == 0


def test_one_driver_is_shown_alone_and_only_then_their_way(site, open_page) -> None:
    a_day(site)
    page = open_page("dispatcher", f"/plan/map?day={DAY}")
    pins = page.locator(".leaflet-marker-icon.pin")
    expect(pins).to_have_count(12)
    expect(page.locator("#map-note")).to_contain_text("No street map is set up")
    ways, key = page.locator("#map canvas"), page.locator("#legend li")
    expect(ways).to_have_count(0)
    expect(key).to_have_text(["No driver yet 7", "A Dana Driver 3", "B Erin Express 3"])
    page.locator("#agent").select_option("A · Dana Driver")
    expect(pins).to_have_text(["A1", "A3", "A5"])
    expect(page.locator(".leaflet-marker-icon.van")).to_have_text(["A"])
    expect(page.get_by_text("Deliveries: 3")).to_be_visible()
    expect(page.locator("#assign .round")).to_have_count(1)
    expect(ways).to_have_count(1)
    expect(key.first).to_be_hidden()
    page.locator("#agent").select_option("Everybody")
    expect(pins).to_have_count(12)


def test_pins_of_one_house_stand_beside_each_other(site, open_page) -> None:
    for number in range(4):
        at(10 + number, f"Neighbour {number}", coordinates=[-0.1, 51.5])
    at(9, "Far Fay", coordinates=[-0.2, 51.6])
    page = open_page("dispatcher", f"/plan/map?day={DAY}")
    pins = page.locator(".leaflet-marker-icon.pin")
    expect(pins).to_have_count(5)
    boxes = [each.bounding_box() for each in pins.all()]
    apart = [
        abs(a["x"] - b["x"]) >= 24 or abs(a["y"] - b["y"]) >= 24
        for index, a in enumerate(boxes)
        for b in boxes[index + 1 :]
    ]
    assert all(apart), boxes


def test_a_telephone_shows_the_map_or_the_list(site, open_page) -> None:
    a_day(site)
    page = open_page("dispatcher", f"/plan/map?day={DAY}", size=PHONE)
    expect(page.locator("#map")).to_be_visible()
    expect(page.locator("#assign")).to_be_hidden()
    expect(page.locator(".leaflet-marker-icon.pin")).to_have_count(12)
    page.get_by_role("button", name="List", exact=True).click()
    expect(page.locator("#map")).to_be_hidden()
    # Who narrows the list goes on reading it.
    page.locator("#agent").select_option("No driver yet")
    expect(page.locator("#assign .round")).to_have_count(1)
    expect(page.locator("#map")).to_be_hidden()
    give = page.get_by_role("button", name="Assign", exact=True)
    expect(give).to_be_disabled()
    page.get_by_label("Choose Free 1").check()
    expect(give).to_be_enabled()
    page.get_by_role("button", name="On the map Free 2").click()
    expect(page.locator(".leaflet-popup-content")).to_contain_text("Free 2")
    passes_axe(page)


def test_a_suggestion_is_looked_at_and_applied(site, open_page) -> None:
    a_day(site)
    page = open_page("dispatcher", f"/plan/map?day={DAY}")
    page.get_by_role("button", name="Suggest drivers").click()
    expect(page.get_by_role("heading", name="4 stops would get a driver")).to_be_visible()
    expect(page.get_by_text("Nobody knows where it is")).to_be_visible()
    passes_axe(page)
    shot(page, "suggestion")
    page.get_by_role("button", name="Assign what is ticked").click()
    expect(page.get_by_role("status").first).to_have_text("4 stops assigned.")
    assert Delivery.of("default", status="scheduled").count() == 1


def test_a_file_with_wrong_rows_is_mended_and_imported(site, open_page, tmp_path) -> None:
    soon = (TOMORROW + timedelta(hours=20)).isoformat()
    file = tmp_path / "day.csv"
    file.write_text(
        HEADER
        + f"R-1,Casey Jones,+14155550123,12 Mill Lane,{soon},America/New_York\n"
        + f"R-2,Robin Roe,abc,13 Mill Lane,{soon},America/New_York\n"
        + f"R-3,Sasha Lee,+14155550125,14 Mill Lane,{DAY} 23:30,Pacific/Honolulu\n"
    )
    page = open_page("dispatcher", "/plan/import")
    page.get_by_label("Choose a file").set_input_files(file)
    page.get_by_role("button", name="Try the file").click()
    expect(page.get_by_role("heading", name="What would come of it")).to_be_visible()
    expect(page.locator("td.wrong")).to_have_text("abc")
    expect(page.locator("#zones")).to_contain_text("the clock of Pacific/Honolulu")
    passes_axe(page)
    shot(page, "import")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the wrong rows").click()
    assert "R-2" in download.value.path().read_text("utf-8-sig")
    # Who goes away and comes back finds it again.
    page.goto("/plan")
    page.goto("/plan/import")
    expect(page.get_by_label("Text of the file")).to_have_value(file.read_text())
    page.get_by_role("button", name="Try the file").click()
    page.get_by_role("button", name="Import 2 right rows").click()
    expect(page.get_by_role("heading", name="2 deliveries planned")).to_be_visible()
    left = page.get_by_label("Text of the file")
    left.fill(left.input_value().replace("abc", "+14155550124"))
    page.get_by_role("button", name="Try it once more").click()
    page.get_by_role("button", name="Import 1 right row").click()
    expect(page.get_by_role("heading", name="1 delivery planned")).to_be_visible()
    assert Delivery.of("default").count() == 3
    # A function: the page's policy forbids to evaluate a text again and again.
    page.wait_for_function("() => !sessionStorage.getItem('delauto.import')")
    page.goto("/plan/import")
    expect(page.locator("#text")).to_have_value("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
def test_every_page_of_planning_is_readable_everywhere(site, open_page, size, scheme) -> None:
    a_day(site)
    language = {"light": "en", "dark": "de"}[scheme]
    page = open_page("dispatcher", ONE_DAY, size=size, scheme=scheme, language=language)
    for name, path in (
        ("day", None), ("week", WEEK), ("month", f"/plan#view=dayGridMonth&day={DAY}"),
        ("map", f"/plan/map?day={DAY}"), ("empty", "/plan/map?day=2030-01-01"),
        ("suggested", f"/plan/suggestion?day={DAY}"), ("file", "/plan/import"),
        ("new", "/plan/new"),
    ):  # fmt: skip
        if path is not None:
            page.goto("about:blank")
            page.goto(path)
        if "/plan#" in page.url:
            expect(page.locator(".fc-event").first).to_be_visible()
        passes_axe(page, f"{name} {size['width']} {scheme}")
        shot(page, f"plan_{name}_{size['width']}_{scheme}")
