"""Planning, as a dispatcher does it: stops, files, suggestions, and one delivery by hand."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app import create_app
from app.models import Agent, Customer, Delivery, Tenant
from app.runtime import Runtime
from tests import factories
from tests.web import page_side

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(
    hour=0, minute=0, second=0, microsecond=0
)
DAY = TOMORROW.date().isoformat()
HEADER = "reference,customer_name,phone,address,scheduled_time,time_zone\n"


@pytest.fixture
def company(settings) -> Tenant:
    return Tenant(
        tenant_id="default", name="Harbour Parcels", callback_number="+14155550100"
    ).save()


@pytest.fixture
def dispatcher(client, company):
    return page_side.browser(client, page_side.person("dispatcher"))


def at(hours: float, who: str = "Casey Customer", **fields) -> Delivery:
    """A delivery of tomorrow."""
    when = TOMORROW + timedelta(hours=hours)
    customer = factories.customer(name=who)
    return factories.delivery(scheduled_time=when, customer=customer, **fields)


def driver(name: str, **fields) -> Agent:
    return factories.agent(name=name, **fields)


def sent(browser, page: str, to: str, **fields):
    """Fill in a form of the page and send it."""
    token = page_side.token_of(browser.get(page))
    return browser.post(to, data={"csrf_token": token, **fields})


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def row(number: int, **but: str) -> str:
    cells = {
        "reference": f"R-{number}", "customer_name": f"Customer {number}",
        "phone": f"+1415555{number:04}", "address": "12 Mill Lane",
        "scheduled_time": (TOMORROW + timedelta(hours=12)).isoformat(),
        "time_zone": "America/Los_Angeles", **but,
    }  # fmt: skip
    return ",".join(cells[name] for name in HEADER.strip().split(",")) + "\n"


# Who may, and where the pages are


@pytest.mark.parametrize("path", ["/plan", "/plan/map"])
def test_who_looks_on_sees_the_plan_and_changes_nothing(client, company, path) -> None:
    driver("Dana")
    at(9)
    shown = text_of(page_side.browser(client, page_side.person("viewer")).get(f"{path}?day={DAY}"))
    assert 'href="/plan"' in shown
    assert "/plan/import" not in shown
    assert "Assign" not in shown.replace("Assigned", "")


@pytest.mark.parametrize(
    "path", ["/plan", "/plan/map", "/plan/import", "/plan/new", "/plan/suggestion"]
)
def test_drivers_do_not_see_the_plan_of_the_company(client, company, path) -> None:
    assert page_side.browser(client, page_side.person("agent")).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/plan/import", "/plan/new", "/plan/suggestion"])
def test_who_looks_on_does_not_plan(client, company, path) -> None:
    assert page_side.browser(client, page_side.person("viewer")).get(path).status_code == 403


# The day's stops


def test_the_stops_of_a_day_are_listed_by_driver_in_the_order_of_the_round(dispatcher) -> None:
    dana = driver("Dana")
    mine = {"agent_id": dana.pk, "status": "assigned"}
    at(9, "Second", route={"sequence": 4}, **mine)
    at(11, "First", route={"sequence": 2}, **mine)
    at(8, "Unnumbered", **mine)
    at(10, "Nobodys")
    shown = text_of(dispatcher.get(f"/plan/map?day={DAY}"))
    names = re.findall(r"<strong><a [^>]*><bdi>(.*?)</bdi>", shown)
    assert names == ["Nobodys", "Unnumbered", "First", "Second"]
    # The numbers that the board and the driver's round name; no number where these name none.
    pin = r'<span class="pin[^>]*>(?:<span class="unseen">Stop </span>)?(\w*)</span> <div'
    assert re.findall(pin, shown) == ["", "A", "A2", "A4"]
    drawn = json.loads(re.search(r'id="data">(.*?)</script>', shown, re.DOTALL)[1])
    numbers = [[stop["number"] for stop in each["stops"]] for each in drawn["rounds"]]
    assert numbers == [[None], [None, 2, 4]]


def test_the_list_holds_the_day_of_the_companys_zone(dispatcher, company) -> None:
    company.calling.time_zone = "America/New_York"
    company.save()
    at(3, "Late the day before")
    before = (TOMORROW - timedelta(days=1)).date().isoformat()
    assert "Late the day before" in text_of(dispatcher.get(f"/plan/map?day={before}"))
    assert "Late the day before" not in text_of(dispatcher.get(f"/plan/map?day={DAY}"))
    assert dispatcher.get("/plan/map?day=never").status_code == 200
    assert dispatcher.get("/plan/map?day=9999-12-31").status_code == 200


def test_the_stops_tell_the_time_at_the_door_and_where_that_is(dispatcher) -> None:
    at(12, "Tokyo Taro", time_zone="Asia/Tokyo")
    shown = text_of(dispatcher.get(f"/plan/map?day={DAY}"))
    assert re.search(r"21:00.{0,20} \(Tokyo\)", shown)


def test_the_list_is_narrowed_to_a_driver_or_to_nobody(dispatcher) -> None:
    dana = driver("Dana")
    at(9, "Hers", agent_id=dana.pk, status="assigned")
    at(9, "Nobodys")
    hers = text_of(dispatcher.get(f"/plan/map?day={DAY}&agent={dana.pk}"))
    assert "Hers" in hers
    assert "Nobodys" not in hers
    free = text_of(dispatcher.get(f"/plan/map?day={DAY}&agent=nobody"))
    assert "Nobodys" in free
    assert "Hers" not in free


def test_chosen_stops_are_given_to_a_driver_and_what_cannot_be_is_told(dispatcher) -> None:
    dana = driver("Dana")
    first, second, over = at(9), at(10), at(11, status="cancelled")
    chosen = [str(each.pk) for each in (first, second, over)]
    answer = sent(
        dispatcher,
        f"/plan/map?day={DAY}",
        "/plan/assign",
        stop=chosen,
        driver=str(dana.pk),
        day=DAY,
    )
    assert answer.status_code == 303
    told = text_of(dispatcher.get(answer.location))
    assert "2 stops assigned." in told
    assert "1 stop stays as it was: it is cancelled, and cannot be assigned" in told
    assert Delivery.of("default", agent_id=dana.pk, status="assigned").count() == 2


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose at least one stop."),
        ({"stop": ["a" * 24]}, "Choose a driver."),
        ({"stop": ["a" * 24], "driver": "b" * 24}, "1 stop stays as it was"),
        ({"stop": ["nonsense"], "driver": "b" * 24}, "Choose at least one stop."),
    ],
)
def test_an_unfinished_choice_is_told(dispatcher, fields, says) -> None:
    answer = sent(dispatcher, "/plan/map", "/plan/assign", day=DAY, **fields)
    assert says in text_of(dispatcher.get(answer.location))


def test_the_map_asks_no_other_origin_unless_tiles_are_set(settings, client, dispatcher) -> None:
    at(9)
    assert "img-src" not in dispatcher.get("/plan/map").headers["Content-Security-Policy"]
    tiled = settings.model_copy(
        update={"map_tiles_url": "https://tiles.example/{z}/{x}/{y}.png", "map_attribution": "© T"}
    )
    other = page_side.browser(
        create_app(tiled, Runtime(tiled)).test_client(), page_side.person("dispatcher")
    )
    answer = other.get(f"/plan/map?day={DAY}")
    assert "img-src 'self' https://tiles.example" in answer.headers["Content-Security-Policy"]
    assert "tiles.example" not in other.get("/plan").headers["Content-Security-Policy"]


# Suggestions


def test_a_suggestion_is_looked_at_first_and_taken_as_far_as_it_is_ticked(dispatcher) -> None:
    dana, erin = driver("Dana"), driver("Erin")
    at(8, agent_id=dana.pk, status="assigned", coordinates=[-0.1, 51.5])
    at(8, agent_id=erin.pk, status="assigned", coordinates=[-0.3, 51.6])
    near, far = at(9, "Near", coordinates=[-0.1, 51.51]), at(9, "Far", coordinates=[-0.3, 51.61])
    at(10, "Somewhere", coordinates=None)
    shown = text_of(dispatcher.get(f"/plan/suggestion?day={DAY}"))
    assert "2 stops would get a driver" in shown
    assert "Nobody knows where it is" in shown
    assert "Somewhere" in shown
    matches = re.findall(r'name="match" value="([^"]+)" checked', shown)
    assert sorted(matches) == sorted([f"{near.pk}:{dana.pk}", f"{far.pk}:{erin.pk}"])
    assert Delivery.of("default", status="scheduled").count() == 3
    taken = [f"{near.pk}:{dana.pk}", "nonsense"]
    answer = sent(
        dispatcher, f"/plan/suggestion?day={DAY}", "/plan/suggestion/take", day=DAY, match=taken
    )
    assert "1 stop assigned." in text_of(dispatcher.get(answer.location))
    assert Delivery.of("default", pk=near.pk).get().agent_id == dana.pk
    assert Delivery.of("default", pk=far.pk).get().agent_id is None


def test_where_everybody_is_given_there_is_nothing_to_fill_in_and_a_way_back(dispatcher) -> None:
    at(9, agent_id=driver("Dana").pk, status="assigned")
    shown = text_of(dispatcher.get(f"/plan/suggestion?day={DAY}"))
    assert "Every stop of this day has a driver." in shown
    assert "Suggest again" not in shown
    assert f'href="/plan/map?day={DAY}">← Stops of this day' in shown


def test_what_somebody_took_meanwhile_stays_theirs(dispatcher) -> None:
    dana, erin = driver("Dana"), driver("Erin")
    taken = at(9, agent_id=erin.pk, status="assigned")
    match = [f"{taken.pk}:{dana.pk}"]
    answer = sent(dispatcher, "/plan/map", "/plan/suggestion/take", day=DAY, match=match)
    assert "somebody else drives it already" in text_of(dispatcher.get(answer.location))
    assert Delivery.of("default", pk=taken.pk).get().agent_id == erin.pk


def test_a_suggestion_keeps_to_chosen_stops_drivers_and_room(dispatcher) -> None:
    driver("Dana")
    erin = driver("Erin")
    first, second = at(9), at(9.5)
    at(10)
    shown = text_of(
        sent(
            dispatcher, f"/plan/map?day={DAY}", "/plan/suggestion", day=DAY, asked="1", room="1",
            driver=[str(erin.pk)], stop=[str(first.pk), str(second.pk)],
        )
    )  # fmt: skip
    (match,) = re.findall(r'name="match" value="([^"]+)"', shown)
    assert match.endswith(str(erin.pk))
    assert "Every driver has as many stops as they can have." in shown
    nobody = sent(dispatcher, f"/plan/map?day={DAY}", "/plan/suggestion", day=DAY, asked="1")
    assert "No driver was chosen." in text_of(nobody)


# Files


def tried(browser, text: str | bytes, **fields):
    token = page_side.token_of(browser.get("/plan/import"))
    raw = text if isinstance(text, bytes) else text.encode()
    return browser.post(
        "/plan/import/given",
        data={
            "csrf_token": token, "step": "try", "file": (io.BytesIO(raw), "day.csv"), "zone": "UTC",
            **fields,
        },
    )  # fmt: skip


def hidden(answer, name: str) -> str:
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', answer.get_data(as_text=True))[1])


def textarea(answer) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.get_data(as_text=True), re.DOTALL)
    return unescape(found[1]).removeprefix("\n")


def again(browser, answer, address: str = "/plan/import/given", **but):
    """Press another button of the form that was shown."""
    fields = {name: hidden(answer, name) for name in ("csrf_token", "tried", "key", "why")}
    return browser.post(address, data={**fields, "text": textarea(answer), "zone": "UTC", **but})


def test_a_file_is_tried_then_planned_as_far_as_it_is_right(dispatcher) -> None:
    text = HEADER + row(1) + row(2, phone="abc") + row(3, scheduled_time="tomorrow") + row(4)
    shown = tried(dispatcher, text)
    told = text_of(shown)
    assert Delivery.of("default").count() == Customer.of("default").count() == 0
    assert "Import 2 right rows" in told
    assert "phone must be a telephone number with its country, as +14155550123" in told
    assert "scheduled_time must be like" in told
    assert told.index("Wrong rows") < told.index("Right rows")
    done = again(dispatcher, shown, step="import")
    assert "2 deliveries planned" in text_of(done)
    assert Delivery.of("default").count() == 2
    # What is to be mended is at hand, what is planned is not.
    left = textarea(done)
    assert "R-2" in left
    assert "R-3" in left
    assert "R-1" not in left
    mended = dispatcher.post(
        "/plan/import/given",
        data={
            "csrf_token": hidden(done, "csrf_token"), "step": "try", "zone": "UTC",
            "text": left.replace("abc", "+14155550199"),
        },
    )  # fmt: skip
    assert "Import 1 right row" in text_of(mended)


def test_a_file_that_is_sent_twice_is_planned_once(dispatcher) -> None:
    shown = tried(dispatcher, HEADER + row(1, reference="") + row(2, reference=""))
    for _press in range(2):
        assert "2 deliveries planned" in text_of(again(dispatcher, shown, step="import"))
    assert Delivery.of("default").count() == 2


def test_what_was_changed_after_it_was_tried_is_tried_again(dispatcher) -> None:
    shown = tried(dispatcher, HEADER + row(1))
    other = again(dispatcher, shown, step="import", text=HEADER + row(1) + row(2))
    assert "The text was changed after it was tried" in text_of(other)
    assert Delivery.of("default").count() == 0


def test_the_wrong_rows_come_as_a_file_with_reasons_and_no_formulas(dispatcher) -> None:
    text = HEADER + row(1) + row(2, phone="abc", customer_name='"=HYPERLINK(""evil"")"')
    shown = tried(dispatcher, text + row(3, scheduled_time="tomorrow"))
    answer = again(dispatcher, shown, "/plan/import/wrong")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    raw = answer.get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw)))
    assert [each["reference"] for each in rows] == ["R-2", "R-3"]
    assert rows[0]["customer_name"] == '\'=HYPERLINK("evil")'
    assert rows[1]["phone"] == "'+14155550003"
    assert "scheduled_time must be like" in rows[1]["reasons"]
    # Mended in a spreadsheet it comes back: without our column and our apostrophes.
    soon = (TOMORROW + timedelta(hours=9)).isoformat()
    back = tried(dispatcher, raw.replace("tomorrow", soon).replace("abc", "+14155550002"))
    assert "Import 2 right rows" in text_of(back)
    assert "Nothing is read from these columns" not in text_of(back)
    assert '=HYPERLINK("evil")' in textarea(back).replace('""', '"')


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode("utf-16"),
        lambda text: ("sep=;\n" + text.replace(",", ";")).encode("utf-8-sig"),
        lambda text: text.replace("customer_name", "Customer name").encode(),
        lambda text: (text + ",,,,,\n\n").encode(),
    ],
)
def test_files_are_read_as_spreadsheets_write_them(dispatcher, written) -> None:
    shown = text_of(tried(dispatcher, written(HEADER + row(1) + row(2))))
    assert "Import 2 right rows" in shown
    assert "<b>0</b> rows are wrong" in shown


def test_times_without_an_offset_are_shown_with_their_zone_before_they_count(
    dispatcher, company
) -> None:
    company.calling.time_zone = "America/New_York"
    company.save()
    text = HEADER + row(1, scheduled_time=f"{DAY} 14:30", time_zone="") + row(2)
    shown = tried(dispatcher, text, zone="America/New_York")
    assert "taken by the clock of America/New_York." in text_of(shown)
    assert "America/New_York</span>" in shown.get_data(as_text=True)
    again(dispatcher, shown, step="import", zone="America/New_York")
    made = Delivery.of("default", reference="R-1").get()
    there = made.scheduled_time.astimezone(ZoneInfo("America/New_York"))
    assert f"{there:%Y-%m-%d %H:%M}" == f"{DAY} 14:30"
    assert "taken by the clock" not in text_of(tried(dispatcher, HEADER + row(3)))


def test_an_hour_that_the_clocks_skip_is_told_in_the_readers_language(client, company) -> None:
    paula = page_side.browser(client, page_side.person("dispatcher", language="de"))
    text = HEADER + row(1, scheduled_time="2030-03-31 02:30", time_zone="Europe/Berlin")
    shown = text_of(tried(paula, text))
    assert "gibt es in Europe/Berlin nicht" in shown
    assert "2030-03-31T03:30+02:00" in shown


def test_an_unknown_column_is_shown_with_the_one_that_may_be_meant(dispatcher) -> None:
    text = HEADER.replace("reference", "referense") + row(1)
    shown = tried(dispatcher, text)
    assert "referense (is reference meant?)" in re.sub(r"<[^>]+>", "", text_of(shown))


def test_rows_keep_the_numbers_of_the_spreadsheet(dispatcher) -> None:
    shown = tried(dispatcher, HEADER + "\n,,,,,\n" + row(1, phone="abc") + row(2))
    assert re.search(r'class="figure">4</th>', shown.get_data(as_text=True))
    fixed = tried(dispatcher, textarea(shown))
    assert re.search(r'class="figure">4</th>', fixed.get_data(as_text=True))


def test_a_file_of_windows_is_read_and_the_doubt_is_told(dispatcher) -> None:
    shown = tried(dispatcher, (HEADER + row(1, customer_name="Jürgen Weiß")).encode("cp1252"))
    assert "Jürgen Weiß" in textarea(shown)
    assert "The file is not UTF-8" in text_of(shown)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Choose a file, or paste its text."),
        ("a,b\n1,2\n", "the file lacks the columns customer_name"),
        (HEADER + "".join(row(n) for n in range(1001)), "has 1001 rows"),
        (b"\x00\x01\x02", "the file lacks the columns"),
    ],
)
def test_what_is_no_such_file_is_told_and_stays_at_hand(dispatcher, text, says) -> None:
    answer = tried(dispatcher, text)
    assert answer.status_code == 422
    assert says in text_of(answer)
    if isinstance(text, str):
        assert textarea(answer).strip() == text.strip()


def test_a_number_that_is_known_by_another_name_is_pointed_out_before_it_is_planned(
    dispatcher,
) -> None:
    again(dispatcher, tried(dispatcher, HEADER + row(1)), step="import")
    other = tried(dispatcher, HEADER + row(1, reference="R-9", customer_name="Robin Roe"))
    told = text_of(other)
    assert "1 row names a known number otherwise than before." in told
    assert "Rows: 2" in told
    assert "otherwise than before" not in text_of(tried(dispatcher, HEADER + row(2)))


def test_a_file_without_rows_is_told_apart_from_one_that_is_right(dispatcher) -> None:
    answer = tried(dispatcher, HEADER)
    assert answer.status_code == 422
    assert "The file has no rows below its header." in text_of(answer)


def test_nothing_is_read_from_who_sent_no_form_of_ours(dispatcher) -> None:
    answer = dispatcher.post("/plan/import/given", data={"text": HEADER + row(1), "step": "try"})
    assert answer.status_code == 400


def test_a_file_that_is_too_large_is_refused_and_not_cut(dispatcher) -> None:
    """Up to what the README tells a proxy to let through, the page says what to do."""
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    (limit,) = re.findall(r"bodies of up to (\d+) MiB\s+beneath `/i/`[^`]+`/plan/import`", readme)
    most = int(limit) * 1024 * 1024
    large = tried(dispatcher, HEADER + row(1) + row(2, address="x" * (most - 10_000)))
    assert large.status_code == 422
    assert "larger than 2 MB" in text_of(large)
    assert tried(dispatcher, b"x" * (most + 1)).status_code == 413


def test_reasons_are_told_in_the_readers_language(client, company) -> None:
    paula = page_side.browser(client, page_side.person("dispatcher", language="de"))
    shown = text_of(tried(paula, HEADER + row(1, phone="abc")))
    assert "phone must" not in shown
    assert "Telefonnummer" in shown


def test_the_file_to_begin_with_is_one_that_can_be_imported(dispatcher) -> None:
    template = dispatcher.get("/plan/import/template")
    assert template.headers["Content-Disposition"] == 'attachment; filename="deliveries.csv"'
    assert "Import 1 right row" in text_of(tried(dispatcher, template.get_data()))


# One by hand


def by_hand(**but: str) -> dict[str, str]:
    plain = {
        "customer_name": "Casey Jones", "phone": "+14155550123", "address": "12 Mill Lane",
        "day": DAY, "clock": "15:30", "until": "17:00", "consent": "yes", "key": "a" * 32,
        "parcel": "a chair", "fragile": "yes",
    }  # fmt: skip
    return {**plain, **but}


def test_a_delivery_is_planned_by_hand(dispatcher, company) -> None:
    company.calling.time_zone = "America/New_York"
    company.save()
    dana = driver("Dana", email="dana@example.com")
    fields = by_hand(agent_email=dana.email, latitude="40,74", longitude="-73.98")
    answer = sent(dispatcher, "/plan/new", "/plan/new/given", **fields)
    assert answer.status_code == 303, text_of(answer)
    made = Delivery.of("default").get()
    assert made.scheduled_time.hour in (19, 20)
    assert (made.window.end - made.window.start) == timedelta(minutes=90)
    assert (made.agent_id, made.status) == (dana.pk, "assigned")
    assert made.package_details.special_instructions == "a chair"
    assert made.package_details.fragile
    assert "Planned." in text_of(dispatcher.get(answer.location.split("#")[0]))
    sent(dispatcher, "/plan/new", "/plan/new/given", **fields)
    assert Delivery.of("default").count() == 1, "pressed twice"


@pytest.mark.parametrize(
    ("but", "field", "says"),
    [
        ({"customer_name": ""}, "customer_name", "Must be filled in."),
        ({"phone": "abc"}, "phone", "telephone number"),
        ({"clock": "25:00"}, "clock", "Give a day and a time."),
        ({"day": "2020-01-01"}, "clock", "scheduled_time must lie ahead"),
        ({"latitude": "north", "longitude": "1"}, "latitude", "Give decimal degrees"),
        ({"latitude": "51"}, "latitude", "Give both, or neither."),
        ({"agent_email": "nobody@example.com"}, "agent_email", "no active agent"),
        ({"reference": "R-1"}, "reference", "reference R-1 is planned already"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    dispatcher, but, field, says
) -> None:
    factories.delivery(reference="R-1")
    answer = sent(dispatcher, "/plan/new", "/plan/new/given", **by_hand(**but))
    assert answer.status_code in (409, 422)
    shown = text_of(answer)
    told = re.search(rf'id="{field}-fault">(.*?)</p>', shown)
    assert told, shown
    assert says in told[1]
    assert re.search(rf'name="{field}"[^>]* aria-invalid="true"', shown)
    assert 'value="12 Mill Lane"' in shown
    assert Delivery.of("default").count() == 1


@pytest.mark.parametrize("path", ["/plan/new", "/plan/import"])
def test_what_may_be_left_empty_says_so(dispatcher, path) -> None:
    shown = text_of(dispatcher.get(path))
    field = r'<label for="(\w+)">((?:(?!</label>).)*)</label>\s*<input ([^>]*)>'
    lines = [each for each in re.findall(field, shown) if "checkbox" not in each[2]]
    assert lines
    optional = {name for name, label, _kept in lines if "(optional)" in label}
    empty = {name for name, _label, kept in lines if 'value=""' in kept and "required" not in kept}
    # Both belong to the place on the map, which says it above them.
    assert empty - {"latitude", "longitude"} == optional
    assert "placeholder" not in " ".join(kept for _name, _label, kept in lines)


def test_who_is_not_called_is_said_at_once(dispatcher) -> None:
    fields = {name: value for name, value in by_hand().items() if name != "consent"}
    answer = sent(dispatcher, "/plan/new", "/plan/new/given", then="another", **fields)
    assert answer.location.startswith("/plan/new")
    assert "Nobody calls the customer" in text_of(dispatcher.get(answer.location))
