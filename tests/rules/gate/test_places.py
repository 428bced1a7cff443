"""Where a customer may be: never fewer places than are possible."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import tzfpy
from phonenumbers.geodata import GEOCODE_DATA

from app.rules.gate.area_codes import STATES
from app.rules.gate.place import find, likely_zone, zones_at, zones_of_number
from app.rules.gate.us_states import states_at, zones_of
from app.rules.postal import states_in

NAMES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "Washington D.C.",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington State", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip


def test_the_area_codes_are_those_of_the_library() -> None:
    by_name = {name: code for code, name in NAMES.items()}
    said = {}
    for prefix, names in GEOCODE_DATA.items():
        if len(prefix) == 4 and prefix.startswith("1"):
            name = names.get("en", "")
            code = by_name.get(name) or name.rpartition(", ")[2]
            if code in NAMES:
                said[prefix[1:]] = code
    assert len(said) > 300
    assert said == STATES


@pytest.mark.parametrize(
    ("place", "there"),
    [
        ((-80.19, 25.76), {"FL"}),
        ((-73.98, 40.75), {"NJ", "NY"}),
        ((-84.51, 39.10), {"KY", "OH"}),
        ((-77.04, 38.90), {"DC", "VA"}),
        ((-157.86, 21.31), {"HI"}),
        ((-149.90, 61.22), {"AK"}),
        ((170.0, 45.0), set()),
        ((-0.13, 51.51), set()),
    ],
)
def test_a_door_is_in_every_state_that_is_near(place, there) -> None:
    assert set(states_at(place)) == there


def test_every_door_in_the_country_is_in_some_state_whose_clock_it_shows() -> None:
    # A grid over the forty-eight states; the zone's map is the time-zone library's.
    winter = datetime(2026, 1, 15, 12, tzinfo=UTC)
    summer = datetime(2026, 7, 15, 12, tzinfo=UTC)
    american, alone = 0, 0
    for x in range(-1245, -670, 2):
        for y in range(250, 490, 2):
            door = (x / 10, y / 10)
            states = states_at(door)
            zone = tzfpy.get_tz(*door)
            here = find("+883510012345", door, None, ()).regions
            american += "US" in here
            if len(states) != 1 or "US" not in here or {"MX", "CA"} & set(here):
                continue
            alone += 1
            clocks = {
                tuple(moment.astimezone(ZoneInfo(name)).utcoffset() for moment in (winter, summer))
                for name in zones_of(states[0])
            }
            shown = tuple(
                moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in (winter, summer)
            )
            assert shown in clocks, (door, states, zone)
    assert alone > 12_000
    assert american >= alone


def test_every_state_has_a_zone() -> None:
    assert all(zones_of(state) for state in NAMES)


def test_the_zone_at_the_door_comes_first() -> None:
    assert zones_at((-86.51, 41.60))[0] == "America/Chicago"
    assert "America/Indiana/Indianapolis" in zones_at((-86.51, 41.60))
    assert zones_at((-30.0, 45.0)) == ()
    assert zones_at((500.0, 45.0)) == ()


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        ("+12125550123", "America/New_York"),
        ("+447400123456", "Europe/London"),
        ("+447700900123", "Europe/London"),
        ("+4915112345678", "Europe/Berlin"),
        ("+61491570156", None),
        ("+15555550123", None),
        ("+883510012345", None),
        ("nonsense", None),
    ],
)
def test_a_number_tells_a_zone_only_where_it_can_be_one_alone(phone, zone) -> None:
    assert likely_zone(phone, datetime(2026, 3, 10, tzinfo=UTC)) == zone


def test_nonsense_is_a_number_of_nowhere() -> None:
    assert zones_of_number("nonsense") == ()
    assert find("nonsense", None, None, ()).regions == frozenset()
    assert find("nonsense", None, "../etc/passwd", ()).zones == ()


@pytest.mark.parametrize(
    ("address", "states"),
    [
        ("12 Palm Road, Miami, FL 33101", ("US-FL",)),
        ("12 Palm Road, Miami FL, 33101-1234", ("US-FL",)),
        ("12 Mill Lane, London", ()),
        ("ZZ 12345", ()),
        ("FL 123456", ()),
    ],
)
def test_the_postal_address_names_the_state(address, states) -> None:
    assert states_in(address) == states
