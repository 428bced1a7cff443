"""Many deliveries at once through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.models import Customer, Delivery, Tenant
from app.models.audit import AuditEntry
from app.web.api.delivery_batches import MOST
from tests import factories
from tests.web import api_side
from tests.web.api_side import Api

SOON = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
HEADER = "reference,customer_name,phone,address,scheduled_time,time_zone\n"


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def wish(number: int, **but: object) -> dict:
    plain = {
        "reference": f"R-{number}",
        "customer_name": f"Customer {number}",
        "phone": f"+1415555{number:04}",
        "address": "12 Mill Lane",
        "time_zone": "America/Los_Angeles",
        "scheduled_time": SOON,
    }
    return {**plain, **but}


def sent(api: Api, text: str, query: str = "", **headers: str):
    answer = api.ask(
        "POST", f"/deliveries/import{query}", data=text, content_type="text/csv", headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.json


def row(number: int, **but: str) -> str:
    cells = {**wish(number), **but}
    return ",".join(str(cells[name]) for name in HEADER.strip().split(",")) + "\n"


def test_each_of_a_batch_is_planned_or_refused_by_itself(api) -> None:
    items = [wish(1), wish(2, agent_email="nobody@example.com"), wish(1), wish(4, consent=False)]
    told = api.post("/deliveries/batch", {"items": items}).json
    assert [each["outcome"] for each in told["rows"]] == [
        "planned", "refused", "refused", "planned_without_a_call",
    ]  # fmt: skip
    assert "nobody@example.com" in told["rows"][1]["detail"]
    assert "R-1" in told["rows"][2]["detail"]
    assert [each["columns"] for each in told["rows"]] == [[], ["agent_email"], ["reference"], []]
    assert (told["planned"], told["without_a_call"], told["refused"]) == (2, 1, 2)
    assert Delivery.of("default").count() == Customer.of("default").count() == 2
    assert AuditEntry.of("default", action="delivery.created").count() == 2


def test_nothing_of_a_batch_is_planned_where_the_form_of_one_is_wrong(api) -> None:
    answer = api.post("/deliveries/batch", {"items": [wish(1), wish(2, phone=5)]})
    assert answer.status_code == 400
    assert answer.json["errors"][0]["pointer"] == "/items/1/phone"
    assert Delivery.of("default").count() == 0


def test_a_batch_that_is_sent_again_plans_what_was_not_planned(api) -> None:
    headers = {"Idempotency-Key": "k"}
    items = [wish(1), wish(2, agent_email="dana@example.com")]
    first = api.post("/deliveries/batch", {"items": items}, headers=headers).json
    factories.agent(email="dana@example.com")
    again = api.post("/deliveries/batch", {"items": items}, headers=headers).json
    assert again["rows"][0] == first["rows"][0]
    assert [each["outcome"] for each in again["rows"]] == ["planned", "planned"]
    assert Delivery.of("default").count() == 2


def test_a_thousand_are_taken_and_one_more_is_not(api) -> None:
    many = [wish(number) for number in range(MOST + 1)]
    assert api.post("/deliveries/batch", {"items": many}).status_code == 400
    assert api.post("/deliveries/batch", {"items": []}).status_code == 400


def test_a_file_is_tried_before_it_counts(api) -> None:
    text = HEADER + row(1) + row(2, phone="abc") + row(1) + row(4, scheduled_time="tomorrow")
    tried = sent(api, text, "?dry_run=true")
    assert tried["dry_run"] is True
    outcomes = [each["outcome"] for each in tried["rows"]]
    assert outcomes == ["planned", "refused", "refused", "refused"]
    assert [each["row"] for each in tried["rows"]] == [2, 3, 4, 5]
    assert all(each["delivery_id"] is None for each in tried["rows"])
    assert Delivery.of("default").count() == Customer.of("default").count() == 0
    assert AuditEntry.of("default", action="delivery.created").count() == 0
    real = sent(api, text)
    assert [each["outcome"] for each in real["rows"]] == outcomes
    assert str(Delivery.of("default").get().pk) == real["rows"][0]["delivery_id"]


@pytest.mark.parametrize(
    ("but", "columns"),
    [
        ({"agent_email": "nobody@example.com"}, ["agent_email"]),
        ({"address": "a\tb"}, ["address"]),
        ({"customer_name": " ", "phone": "5"}, ["customer_name"]),
        ({"longitude": "4.9"}, ["longitude", "latitude"]),
        ({"time_zone": "Mars/Base"}, ["time_zone"]),
        ({"phone": "by bicycle", "window_end": "2031-01-01T10:00Z"}, ["phone", "window_end"]),
    ],
)
def test_a_row_names_the_columns_it_is_refused_for_and_no_others(api, but, columns) -> None:
    names = [*HEADER.strip().split(","), *(each for each in but if each not in HEADER)]
    cells = {**wish(1), **but}
    text = ",".join(names) + "\n" + ",".join(str(cells[name]) for name in names) + "\n"
    (refused,) = sent(api, text)["rows"]
    assert (refused["outcome"], refused["columns"]) == ("refused", columns), refused["detail"]
    if columns == ["address"]:
        assert refused["detail"].startswith("address must be of at most")


def test_a_file_sent_twice_with_one_key_is_planned_once(api) -> None:
    text = HEADER + row(1, reference="") + row(2, reference="")
    first = sent(api, text, **{"Idempotency-Key": "k"})
    assert sent(api, text, **{"Idempotency-Key": "k"}) == first
    assert Delivery.of("default").count() == 2


@pytest.mark.parametrize(
    "text",
    ["", "name;phone\n", "a,b\n1,2\n", HEADER[:-1] + '\n"', "\x00", HEADER + row(1) * (MOST + 1)],
)  # fmt: skip
def test_what_is_no_such_file_is_told(api, text) -> None:
    answer = api.ask("POST", "/deliveries/import", data=text, content_type="text/csv")
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert answer.json["planned"] == 0
    else:
        assert answer.json["errors"][0]["detail"]


def test_a_row_that_cannot_be_read_is_known_by_its_reference(api) -> None:
    text = HEADER + row(1, address="") + row(2, scheduled_time="noon") + "R-3,Casey Jones\n"
    told = sent(api, text + "R-4,Jones, Casey,+14155550123,1 Quay,2026-11-20T10:00Z,UTC\n")
    known = [(each["outcome"], each["reference"]) for each in told["rows"]]
    assert known[:3] == [("refused", "R-1"), ("refused", "R-2"), ("refused", "R-3")]
    assert known[3] == ("refused", None)


def test_a_quote_that_is_never_closed_is_told_and_swallows_nothing(api) -> None:
    text = HEADER + row(1) + row(2, customer_name='"Casey') + row(3)
    answer = api.ask("POST", "/deliveries/import", data=text, content_type="text/csv")
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert "the quote that opens in row 3 is never closed" in error["detail"]
    assert Delivery.of("default").count() == 0


def test_a_quote_that_is_closed_in_another_row_is_told(api) -> None:
    text = HEADER + row(1, customer_name='"Casey') + row(2, customer_name='"Dana"')
    told = sent(api, text + row(3))
    assert [each["outcome"] for each in told["rows"]] == ["refused", "planned"]
    assert "customer_name goes over several lines" in told["rows"][0]["detail"]


def test_a_comma_that_is_not_quoted_cuts_nothing_off_before_empty_cells(api) -> None:
    header = "customer_name,phone,scheduled_time,address,parcel,language\n"
    told = sent(api, header + f"Casey,+14155550123,{SOON},12 Mill Lane, Springfield,,\n")
    assert "more cells than the header" in told["rows"][0]["detail"]
    assert Delivery.of("default").count() == 0


def test_columns_that_nobody_reads_are_named(api) -> None:
    told = sent(api, HEADER.strip() + ",colour\n" + row(1).strip() + ",red\n")
    assert told["unknown_columns"] == ["colour"]


def test_a_column_that_is_like_one_of_ours_is_named_with_it(api) -> None:
    header = HEADER.strip().replace("reference", "order reference")
    told = sent(api, header + ",colour,Parsel\n" + row(1).strip() + ",red,a chair\n")
    assert told["unknown_columns"] == ["order reference", "colour", "Parsel"]
    assert told["columns_meant"] == {"order reference": "reference", "Parsel": "parcel"}
    text = HEADER.replace("phone", "phone number") + row(1)
    answer = api.ask("POST", "/deliveries/import", data=text, content_type="text/csv")
    (fault,) = answer.json["errors"]
    assert fault["detail"] == (
        "the file lacks the columns phone; the column 'phone number' may be meant for phone: "
        "call it so"
    )


def test_a_column_that_is_there_twice_is_refused(api) -> None:
    text = HEADER.replace("time_zone", "Phone") + row(1)
    answer = api.ask("POST", "/deliveries/import", data=text, content_type="text/csv")
    assert "phone more than once" in answer.json["errors"][0]["detail"]


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: ("sep=;\r\n" + text.replace(",", ";").replace("\n", "\r\n")).encode(),
        lambda text: text.replace("customer_name", "Customer Name").encode(),
        lambda text: (text + "\n,,,,,\n\n").encode(),
    ],
)
def test_a_file_is_read_as_spreadsheets_write_it(api, written) -> None:
    told = sent(api, written(HEADER + row(1) + row(2, customer_name="Jürgen\u2028Weiß")))
    assert [each["outcome"] for each in told["rows"]][:1] == ["planned"]
    assert (told["unknown_columns"], len(told["rows"])) == ([], 2)


def test_rows_have_the_numbers_that_a_spreadsheet_shows(api) -> None:
    two_lines = row(2, address='"12 Mill Lane\nSpringfield"')
    told = sent(api, HEADER + row(1) + "\n,,,,,\n" + two_lines + row(3))
    assert [(each["row"], each["outcome"]) for each in told["rows"]] == [
        (2, "planned"), (5, "refused"), (6, "planned"),
    ]  # fmt: skip
    assert "on one line" in told["rows"][1]["detail"]


PLACED = "customer_name;phone;address;scheduled_time;longitude;latitude\n"


def test_places_may_have_a_decimal_comma(api) -> None:
    sent(api, PLACED + f"Casey;+14155550123;12 Mill Lane;{SOON};-122,41;37,77\n")
    assert Delivery.of("default").get().coordinates["coordinates"] == [-122.41, 37.77]
    told = sent(api, PLACED + f"Casey;+14155550123;12 Mill Lane;{SOON};-122,4,1;37,77\n")
    assert told["rows"][0]["detail"] == "longitude and latitude must be decimal degrees"


LOCAL = "reference,customer_name,phone,address,scheduled_time,window_end,time_zone,date\n"
NEXT_JULY = f"{datetime.now(UTC).year + (datetime.now(UTC).month >= 7)}-07-01"


def local(number: int, start: str, end: str = "", zone: str = "", date: str = "") -> str:
    return f"L-{number},Casey,+1415555{number:04},12 Mill Lane,{start},{end},{zone},{date}\n"


def detail(told) -> str:
    (only,) = told["rows"]
    return only["detail"]


def test_times_without_an_offset_are_by_the_clock_of_row_request_or_company(api) -> None:
    Tenant.of("default").update_one(set__calling__time_zone="America/New_York")
    text = (
        LOCAL + local(1, f"{NEXT_JULY} 14:30")
        + local(2, f"{NEXT_JULY}T14:30", zone="America/Denver")
        + local(3, f"{NEXT_JULY}T14:30-07:00", zone="America/Denver")
    )  # fmt: skip
    told = sent(api, text, "?dry_run=true")
    clocks = [each["scheduled_time"][11:16] for each in told["rows"]]
    assert clocks == ["18:30", "20:30", "21:30"]
    assert [each["assumed_time_zone"] for each in told["rows"]] == [
        "America/New_York", "America/Denver", None,
    ]  # fmt: skip
    told = sent(api, text, "?time_zone=America/Chicago")
    assert [each["assumed_time_zone"] for each in told["rows"]] == [
        "America/Chicago", "America/Denver", None,
    ]  # fmt: skip
    made = Delivery.of("default", reference="L-1").get()
    assert (made.scheduled_time.hour, made.time_zone) == (19, "America/Chicago")


def test_a_time_of_day_is_one_on_the_rows_date(api) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    text = LOCAL + local(1, "14:30", "16:00", "Europe/London", str(tomorrow))
    sent(api, text + local(2, "9:15", "", "Europe/London", f"{tomorrow:%d.%m.%Y}"))
    made = {each.reference: each for each in Delivery.of("default")}
    assert made["L-1"].window.end - made["L-1"].window.start == timedelta(minutes=90)
    there = made["L-2"].scheduled_time.astimezone(ZoneInfo("Europe/London"))
    assert (there.date(), there.hour) == (tomorrow, 9)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (local(1, "14:30", zone="UTC"), "scheduled_time has no day"),
        (local(1, "14:30", zone="UTC", date="soon"), "date must be like 2026-11-24"),
        (local(1, "2030-01-01 14:30", zone="UTC", date="2030-01-02"), "name different days"),
        (local(1, "2030-01-01", zone="UTC"), "scheduled_time must be like 2026-11-24 14:30"),
        (local(1, "1/2/2030 14:30", zone="UTC"), "scheduled_time must be like"),
        (local(1, "2030-01-01 14:30"), "no time zone is set"),
        (local(1, "2030-01-01 14:30", "2030-01-01 15:30", "Mars/Base"), "time_zone 'Mars/Base'"),
        (local(1, "2030-03-31 01:30", zone="Europe/London"), "write 2030-03-31T02:30+01:00"),
        (local(1, "2030-10-27 01:30", zone="Europe/London"), "or 2030-10-27T01:30+00:00"),
    ],
)  # fmt: skip
def test_a_time_that_says_no_moment_is_refused_with_what_to_write(api, wrong, says) -> None:
    told = sent(api, LOCAL + wrong)
    assert says in detail(told)
    assert "; ".join(dict.fromkeys(detail(told).split("; "))) == detail(told)
    assert Delivery.of("default").count() == 0


def test_a_formula_in_a_cell_is_kept_as_text(api) -> None:
    sent(api, HEADER + row(1, customer_name="=HYPERLINK(1)"))
    assert Customer.of("default").get().name == "=HYPERLINK(1)"


def test_a_row_that_gives_a_known_number_another_name_says_so(api) -> None:
    told = sent(api, HEADER + row(1) + row(2))
    assert [each["renames_customer"] for each in told["rows"]] == [False, False]
    again = HEADER + row(1, reference="A", customer_name="customer  1") + row(
        2, reference="B", customer_name="Robin Roe"
    ) + row(2, reference="C", customer_name="Sasha Lee")  # fmt: skip
    for query in ("?dry_run=true", ""):
        told = sent(api, again, query)
        assert [each["renames_customer"] for each in told["rows"]] == [False, True, True]
