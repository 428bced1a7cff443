"""The demonstration's company, drivers, customers and deliveries. All of them are invented."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from app.models import DEFAULT_TENANT, Agent, Delivery, Tenant
from app.models.people import CallingChoices
from app.pipeline.plan import NewDelivery, plan
from app.pipeline.staff import NewPerson, add_person
from app.rules.gate import RuleBook
from app.rules.permissions import Role
from local.carrier.personas import SHIPPED
from local.demo.cities import City

COMPANY = "Harbour Parcels"
DISPATCHER = "dispatcher@example.com"
"""Who logs in to look at the page."""
ADMIN, VIEWER = "admin@example.com", "viewer@example.com"
"""Who looks after people, keys and settings, and who may only look."""
_DRIVERS = ("Amira Haddad", "Tom Brannigan", "Lucía Ferrer", "Kenji Mori")
DRIVERS = len(_DRIVERS)
DRIVER_PERSONA = "driver-picks-up"
"""How drivers behave on the telephone."""
_CUSTOMERS = (
    "Grace Adeyemi", "Peter Lindqvist", "Nadia Rahman", "Oliver Quayle", "Maya Feldman",
    "Samuel Okafor", "Ines Carvalho", "Harold Whitby", "Priya Natarajan", "Dylan Marsh",
    "Rosa Delgado", "Ewan McBride", "Hannah Stein", "Leo Fontaine", "Zainab Yusuf",
    "Martin Kovac", "Aoife Brennan", "Victor Salas", "Chloe Tan", "Ravi Menon",
    "Edith Harrow", "Jonas Weber", "Farah Siddiqui", "Callum Reid", "Sofia Marino",
    "Derek Olsen", "Mei Watanabe", "Tariq Aziz", "Beth Langley", "Noah Castillo",
    "Imogen Pryce", "Luka Horvat", "Anita Desai", "Gareth Bowen", "Elena Petrova",
    "Marcus Reed", "Yara Nasser", "Fergus Doyle", "Tessa Blom", "Carlos Vega",
    "Judith Kramer", "Owen Tate", "Leila Farouk", "Simon Achterberg", "Ada Nwosu",
    "Hugo Lindgren", "Wendy Park", "Ibrahim Sesay", "Colette Marchand", "Pavel Dvorak",
)  # fmt: skip
_PARCELS = (
    "shoe box", "crate of oranges", "mirror, 60 × 90 cm", "books", "coffee machine",
    "contact lenses", "bicycle helmet", "table lamp", "wine, six bottles", "winter coat",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer of the morning: the number, and how they behave on the telephone."""

    number: str
    persona: str
    delivery: Delivery


def personas() -> list[str]:
    """The names of the shipped personas, in the order of the file."""
    return [each["name"] for each in json.loads(SHIPPED.read_text())["personas"]]


def answers() -> set[str]:
    """The names of the personas who leave a recorded answer, which are those of their files."""
    listed = json.loads(SHIPPED.with_name("answers.json").read_text())
    return {Path(each["file"]).stem for each in listed}


def schedule(
    city: City, *, now: datetime, window: tuple[time, time], book: RuleBook, password: str
) -> list[Customer]:
    """Create the company, its people (all with this password) and a delivery for every persona."""
    Tenant(
        tenant_id=DEFAULT_TENANT,
        name=COMPANY,
        callback_number=city.number(199),
        calling=CallingChoices(time_zone=city.time_zone),
    ).save()
    _person("Dot Delaney", city.number(190), DISPATCHER, Role.DISPATCHER, password)
    _person("Ada Brooks", city.number(188), ADMIN, Role.ADMIN, password)
    _person("Vik Sandhu", city.number(189), VIEWER, Role.VIEWER, password)
    drivers = [
        _person(name, city.number(190 + index), driver_email(index), Role.AGENT, password)
        for index, name in enumerate(_DRIVERS, start=1)
    ]
    return [
        _delivery(index, persona, drivers[index % len(drivers)], city, now, window, book)
        for index, persona in enumerate(_mixed(personas()))
    ]


def _mixed(names: list[str]) -> list[str]:
    """The personas so that every fourth does something else than leave an answer.

    Those who take several calls come first: the morning is over when the last of them is.
    """
    several = ["voicemail", "never-answers", "no-answer-then-answers", "busy-then-answers"]
    others = [name for name in names if name not in answers() and name not in several]
    special = [*(name for name in several if name in names), *others]
    usual = [name for name in names if name not in special]
    mixed: list[str] = []
    while usual or special:
        mixed += usual[:3] + special[:1]
        usual, special = usual[3:], special[1:]
    return mixed


def driver_email(index: int) -> str:
    """The address of the first driver, the second, and so on."""
    return f"driver{index}@example.com"


def drivers_emails() -> list[str]:
    """With what the drivers log in."""
    return [driver_email(index) for index in range(1, DRIVERS + 1)]


def new_password() -> str:
    """A password for everybody of one demonstration, easily typed."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def _person(name: str, phone: str, email: str, role: Role, password: str) -> Agent:
    return add_person(DEFAULT_TENANT, NewPerson(name, email, phone, role), password)


def _delivery(  # noqa: PLR0917 - the columns of a table
    index: int,
    persona: str,
    driver: Agent,
    city: City,
    now: datetime,
    window: tuple[time, time],
    book: RuleBook,
) -> Customer:
    turn = index // len(_DRIVERS)
    start = _next_quarter(now) + timedelta(minutes=45 + 20 * turn)
    number = city.number(100 + index)
    street = city.streets[index % len(city.streets)]
    delivery = plan(
        DEFAULT_TENANT,
        NewDelivery(
            reference=f"HP-{4100 + index}",
            customer_name=_CUSTOMERS[index % len(_CUSTOMERS)],
            phone=number,
            address=f"{3 + 7 * (index % 29)} {street}, {city.name}",
            longitude=round(city.longitude + ((index * 37) % 41 - 20) / 1000, 5),
            latitude=round(city.latitude + ((index * 53) % 37 - 18) / 1000, 5),
            scheduled_time=start,
            window_end=start + timedelta(minutes=90),
            time_zone=city.time_zone,
            agent_email=driver.email,
            sequence=turn + 1,
            parcel=_PARCELS[index % len(_PARCELS)],
        ),
        now=now,
        window=window,
        book=book,
    )
    return Customer(number=number, persona=persona, delivery=delivery)


def _next_quarter(moment: datetime) -> datetime:
    minutes = 15 - moment.minute % 15
    return (moment + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
