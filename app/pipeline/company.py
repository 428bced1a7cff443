"""A company's own choices: its name, its hours, its texts; checked before any is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from app.config import E164
from app.errors import PermanentError
from app.models import Tenant
from app.pipeline.standing import hours as read_hours
from app.rules.call_script import texts
from app.rules.gate import RuleBook
from app.rules.gate.overlap import meets_anywhere
from app.rules.gate.place import is_zone
from app.saying import Saying


class ChoicesError(PermanentError):
    """Some of it cannot be kept; ``problems`` says what must be there, by the field's name."""

    def __init__(self, problems: Mapping[str, Saying]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{field} {says}" for field, says in problems.items()))


class TextsError(PermanentError):
    """Some of the texts cannot be spoken; ``faults`` names each."""

    def __init__(self, faults: list[Saying]) -> None:
        self.faults = faults
        super().__init__("nothing was changed:\n" + "\n".join(f"  - {one}" for one in faults))


def time_zone(tenant_id: str) -> str | None:
    """The company's own, by name; None where it has none, or there is no such company."""
    company = Tenant.of(tenant_id).only("calling.time_zone").first()
    return company.calling.time_zone if company and company.calling else None


def check_choices(
    chosen: Mapping[str, Any], book: RuleBook, installation: tuple[time, time]
) -> None:
    """Raises ChoicesError for choices about calls that cannot be read, or let nobody be called.

    ``chosen``: fields of ``CallingChoices``, and ``callback_number``; ``installation`` is its
    CALLING_HOURS.
    """
    problems: dict[str, Saying] = {}
    for field in ("callback_number", "transfer_number"):
        number = chosen.get(field)
        if number is not None and not E164.fullmatch(number):
            problems[field] = Saying("must be like +14155550100")
    for field in ("hours", "transfer_hours"):
        if chosen.get(field) is not None:
            try:
                read_hours(chosen[field])
            except ValueError:
                problems[field] = Saying(
                    "must be two times of day, the earlier first, like 09:00-20:00"
                )
    for day in chosen.get("quiet_days") or ():
        try:
            date.fromisoformat(day)
        except ValueError:
            problems["quiet_days"] = Saying("must be dates like 2026-12-24")
    if chosen.get("time_zone") is not None and not is_zone(chosen["time_zone"]):
        problems["time_zone"] = Saying("must be one like Europe/London")
    if chosen.get("hours") is not None and "hours" not in problems:
        problems.update(_useless_hours(chosen["hours"], book, installation))
    if problems:
        raise ChoicesError(problems)


def _useless_hours(
    hours: str, book: RuleBook, installation: tuple[time, time]
) -> dict[str, Saying]:
    """Hours in which nobody anywhere could ever be called."""
    own = read_hours(hours)
    if not meets_anywhere(book, own):
        says = Saying(
            "%(hours)s lie outside what the rules allow in any country: nobody would "
            "be called; `delauto rules` prints them",
            hours=hours,
        )
        return {"hours": says}
    if not meets_anywhere(book, own, installation):
        says = Saying(
            "%(hours)s never meet this installation's CALLING_HOURS within the "
            "lawful hours: nobody would be called",
            hours=hours,
        )
        return {"hours": says}
    return {}


def keep_texts(tenant: Tenant, wish: Mapping[str, Any]) -> None:
    """Let these be the company's own texts and voices: tables by language, and ``voices``.

    Texts that are not named stay as they come with DelAuto. Raises TextsError naming all that is
    wrong; then nothing is kept.
    """
    faults = texts.problems(wish)
    if faults:
        raise TextsError(faults)
    tenant.prompts = {code: dict(own) for code, own in wish.items() if code != "voices"}
    tenant.voices = dict(wish.get("voices", {}))
    tenant.save()
