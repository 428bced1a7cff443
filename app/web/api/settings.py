"""A company's settings: its name, its hours and policies, its texts and voices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.models import Tenant
from app.models.people import CallingChoices
from app.pipeline import company
from app.rules.call_script import texts
from app.rules.permissions import Permission, Role
from app.saying import Saying
from app.web.api.asking import Ask
from app.web.api.operations import Resource
from app.web.api.problems import Fault, invalid, not_found
from app.web.api.shapes import WHOLE, Given, Line, Selected, Shape, Versioned, stamped

resource = Resource("Settings", "The company's name, hours, policies, texts and voices.")
_Hours = Annotated[
    str,
    Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$", examples=["09:00-20:00"]),
]
_Number = Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$", examples=["+14155550100"])]
_Stops = Annotated[
    int | None, Field(ge=1, le=1000, description="That one driver can have on one day."), WHOLE
]
_Day = Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])-([0-2]\d|3[01])$")]
Prompts = Annotated[dict[str, Annotated[str, Field(max_length=1000)]], Field(max_length=100)]
_NO_CHOICES = ("calling", "prompts", "voices", "name", "second_factor_for", "stops_per_driver")
"""What has nothing to do with the rules for calls."""


class CallingOut(Shape):
    """What the company decides about its calls, within what the rules allow."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    hours: Annotated[_Hours | None, Field(description="Narrows the lawful hours.")] = None
    mode: Literal["consent", "package_notification"] = "consent"
    days_ahead: Annotated[int | None, Field(ge=1, le=30)] = None
    most_calls_a_day: Annotated[int | None, Field(ge=1, le=100)] = None
    most_calls_a_delivery: Annotated[int | None, Field(ge=1, le=100)] = None
    calls_per_second: Annotated[float | None, Field(ge=0.01, le=100, allow_inf_nan=False)] = None
    calls_in_progress: Annotated[int | None, Field(ge=1, le=10_000)] = None
    quiet_days: Annotated[list[_Day], Field(max_length=400)] = []
    texts: Annotated[bool, Field(description="May who was not reached get a text?")] = True
    transfer_number: _Number | None = None
    transfer_hours: _Hours | None = None
    time_zone: Annotated[str | None, Field(max_length=60, examples=["Europe/London"])] = None


class SettingsOut(Versioned):
    """What a company has chosen."""

    name: str = Field(description="As customers hear it.")
    callback_number: str | None
    calling: CallingOut
    stops_per_driver: _Stops = None
    prompts: dict[str, dict[str, str]] = Field(
        description="Own texts of the call script: by language, then by name."
    )
    voices: dict[str, str] = Field(description="Own voices, by language.")
    second_factor_for: list[Role] = Field(
        description="Roles that must prove more than a password: a code, at /second-factor."
    )


class ChangedSettings(Given):
    """What is to change; the rest stays. Prompts and voices are replaced as a whole."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"calling": {"hours": "09:00-20:00", "texts": True}}]}
    )
    name: Annotated[Line, Field(max_length=120)] = ""
    callback_number: _Number | None = None
    calling: CallingOut = CallingOut()
    stops_per_driver: _Stops = None
    prompts: Annotated[dict[Literal["en", "es", "fr", "de"], Prompts], Field(max_length=4)] = {}
    voices: Annotated[
        dict[Literal["en", "es", "fr", "de"], Annotated[str, Field(max_length=60)]],
        Field(max_length=4),
    ] = {}
    second_factor_for: Annotated[list[Role], Field(max_length=4)] = []


@resource.get("/settings", may=Permission.SETTINGS_READ, answer=SettingsOut)
def read_settings(ask: Ask, query: Selected) -> SettingsOut:  # noqa: ARG001
    """Read the company's settings."""
    return stamped(_shown(company_of(ask)))


@resource.patch("/settings", may=Permission.SETTINGS_WRITE, answer=SettingsOut)
def change_settings(ask: Ask, body: ChangedSettings) -> SettingsOut:
    """Change the company's settings.

    Choices about calls are changed one by one; what the law does not allow is refused.
    """
    tenant = company_of(ask)
    before = stamped(_shown(tenant))
    ask.still(before)
    given = body.model_fields_set
    choices = {name: getattr(body.calling, name) for name in body.calling.model_fields_set}
    choices = choices if "calling" in given else {}
    check_choices(ask, {**choices, **body.given(*_NO_CHOICES)})
    for name in given & {"name", "callback_number", "stops_per_driver"}:
        setattr(tenant, name, getattr(body, name))
    if "second_factor_for" in given:
        tenant.second_factor_for = sorted(set(body.second_factor_for))
    for name, value in choices.items():
        setattr(tenant.calling, name, value)
    if given & {"prompts", "voices"}:
        prompts = body.prompts if "prompts" in given else tenant.prompts
        wish: dict[str, Any] = {str(code): dict(own) for code, own in prompts.items()}
        if voices := body.voices if "voices" in given else tenant.voices:
            wish["voices"] = dict(voices)
        _keep_texts(tenant, wish)
    tenant.save()
    after = stamped(_shown(tenant))
    ask.note("settings.changed", "tenant", ask.tenant_id, before=before, after=after)
    return after


def company_of(ask: Ask) -> Tenant:
    """The company of who asks."""
    found: Tenant | None = Tenant.of(ask.tenant_id).first()
    if found is None:
        raise not_found(Saying("There is no such company."))
    return found


def check_choices(ask: Ask, chosen: Mapping[str, Any]) -> None:
    """Raises Problem, at the fields, for choices that cannot be kept."""
    try:
        company.check_choices(chosen, ask.runtime.rules, ask.runtime.settings.calling_window)
    except company.ChoicesError as error:
        raise invalid(
            *(
                Fault(detail=says, source="body", pointer=_pointer(field))
                for field, says in error.problems.items()
            )
        ) from None


def _pointer(field: str) -> str:
    return f"/calling/{field}" if field in CallingChoices._fields else f"/{field}"


def _keep_texts(tenant: Tenant, wish: Mapping[str, Any]) -> None:
    check_texts(wish)
    company.keep_texts(tenant, wish)


def check_texts(wish: Mapping[str, Any]) -> None:
    """Raises Problem, at each place, for texts and voices that cannot be spoken."""
    if faults := texts.problems(wish):
        raise invalid(*(_text_fault(says) for says in faults))


def _text_fault(says: Saying) -> Fault:
    """What is wrong with one text or voice, at its place."""
    table, name, fault = (says.values.get(each) for each in ("table", "name", "fault"))
    if not isinstance(fault, Saying):
        return Fault(detail=says, source="body", pointer="/prompts")
    place = f"/voices/{name}" if table == "voices" else f"/prompts/{table}/{name}"
    return Fault(detail=fault, source="body", pointer=place)


def chosen_by(tenant: Tenant) -> dict[str, Any]:
    """What a company decided about its calls."""
    choices: dict[str, Any] = {
        name: getattr(tenant.calling, name) for name in CallingOut.model_fields
    }
    choices["quiet_days"] = list(choices["quiet_days"])
    return choices


def _shown(tenant: Tenant) -> SettingsOut:
    return SettingsOut(
        name=tenant.name,
        callback_number=tenant.callback_number,
        calling=CallingOut.model_construct(None, **chosen_by(tenant)),
        stops_per_driver=tenant.stops_per_driver,
        prompts={code: dict(own) for code, own in tenant.prompts.items()},
        voices=dict(tenant.voices),
        second_factor_for=[Role(each) for each in tenant.second_factor_for],
    )
