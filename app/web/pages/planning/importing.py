"""A file of deliveries: tried first, then planned as far as it is right.

The text of the file travels with the form, so that nothing is kept here, and nothing lost there.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request

from app.errors import PermanentError
from app.pipeline import delivery_file
from app.pipeline.delivery_file import REQUIRED, Row
from app.rules.permissions import Permission
from app.web import guard
from app.web.api.problems import Problem
from app.web.pages.asking import ask
from app.web.pages.planning import tables
from app.web.pages.planning.frame import LARGEST_FILE, blueprint, page
from app.web.words import for_script, zone_here
from app.web.words import gettext as _

_SHOWN = ("reference", *REQUIRED)
_CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one row, or would."""

    number: int
    outcome: str
    reasons: Sequence[str]
    cells: Sequence[tuple[str, bool]]
    """As they stand in the file; and whether something is wrong with each."""
    zone: str
    """By whose clock its times are taken, where they name no offset."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a file, or would."""

    told: Any
    wrong: Sequence[Line]
    right: Sequence[Line]
    zones: Sequence[str]
    """By whose clocks times were taken that name no offset."""


@guard.page(blueprint, "/import", Permission.DELIVERIES_WRITE)
def file() -> str:
    """Choose a file."""
    return _page("", zone_given=zone_here(), region="")


@guard.page(blueprint, "/import/given", Permission.DELIVERIES_WRITE, methods=["POST"])
def file_given() -> str | tuple[str, int]:
    """Try a file, or plan what is right of one that was tried."""
    form = request.form
    query = {
        "time_zone": form.get("zone", "").strip(),
        "region": form.get("region", "").strip().upper(),
    }
    kept: dict[str, Any] = {"zone_given": query["time_zone"], "region": query["region"]}
    text, in_utf8 = _text_given()
    if len(text.encode()) > LARGEST_FILE:
        return _page("", fault=_("The file is larger than 2 MB: import it in parts."), **kept), 422
    if not text.strip():
        return _page("", fault=_("Choose a file, or paste its text."), **kept), 422
    really = form.get("step") == "import" and form.get("tried") == _digest(text)
    changed = form.get("step") == "import" and not really
    key = form.get("key", "") if really else ""
    try:
        told = ask(
            "import_deliveries",
            query={**query, "dry_run": not really},
            text=text,
            key=key if key.isalnum() else None,
        )
    except Problem as problem:
        says = "; ".join(fault.detail for fault in problem.errors) or problem.detail
        return _page(text, fault=says, **kept), 422
    if not told.rows:
        return _page(text, fault=_("The file has no rows below its header."), **kept), 422
    found = _found(text, told)
    why = {line.number: "; ".join(line.reasons) for line in found.wrong}
    if really:
        # What is planned must not be planned again: what is to be mended stays.
        names, rows = _numbered(text)
        text = tables.kept(names, [row for number, row in rows if number in why]) if why else ""
        why = dict(enumerate(why.values(), start=2))
    return _page(
        text,
        found=found,
        done=really,
        changed=changed,
        not_utf8=not in_utf8,
        why=json.dumps(why),
        **kept,
    )


@guard.page(blueprint, "/import/wrong", Permission.DELIVERIES_WRITE, methods=["POST"])
def wrong_rows() -> Response:
    """The rows that were refused as a file, each with what is wrong with it, to be mended."""
    text, _utf8 = _text_given()
    why = _why_given()
    names, rows = _numbered(text)
    wanted = [(row, why[number]) for number, row in rows if number in why]
    answer = Response("\ufeff" + tables.written(names, wanted), content_type=_CSV)
    answer.headers["Content-Disposition"] = 'attachment; filename="deliveries-to-mend.csv"'
    return answer


@guard.page(blueprint, "/import/template", Permission.DELIVERIES_WRITE)
def template() -> Response:
    """A file to begin with: all columns, and one delivery of tomorrow."""
    zone = ZoneInfo(zone_here())
    noon = datetime.now(zone).replace(hour=12, minute=0, second=0, microsecond=0)
    when = noon + timedelta(days=1)
    row: dict[str | None, str | list[str] | None] = {
        "customer_name": "Casey Jones",
        "phone": "+14155550123",
        "address": "12 Mill Lane, Springfield",
        # With a T: spreadsheets take the rest for a date, and write it back in their own way.
        "scheduled_time": f"{when:%Y-%m-%dT%H:%M}",
        "window_end": f"{when + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "reference": f"R-{datetime.now(UTC):%Y%m%d}-1",
        "time_zone": zone_here(),
        "consent": "yes",
    }
    answer = Response("\ufeff" + tables.kept(delivery_file.COLUMNS, [row]), content_type=_CSV)
    answer.headers["Content-Disposition"] = 'attachment; filename="deliveries.csv"'
    return answer


def _page(text: str, **values: Any) -> str:
    return page(
        "import",
        text=text,
        digest=_digest(text),
        key=secrets.token_hex(16),
        columns=delivery_file.COLUMNS,
        required=REQUIRED,
        shown=_SHOWN,
        found=values.pop("found", None),
        words=for_script(
            trying=_("Trying every row…"),
            kept=_("The file that you had begun with is here again."),
        ),
        **values,
    )


def _text_given() -> tuple[str, bool]:
    """The text of the file that was chosen, else of the form; and whether it was in UTF-8."""
    chosen = request.files.get("file")
    if chosen is not None and chosen.filename and request.form.get("step") == "try":
        text, in_utf8 = tables.decoded(chosen.read())
        return tables.plain(text), in_utf8
    return tables.plain(request.form.get("text", "").replace("\r\n", "\n")), True


def _digest(text: str) -> str:
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def _why_given() -> dict[int, str]:
    try:
        given = json.loads(request.form.get("why", "{}"))
        return {int(number): str(text) for number, text in given.items()}
    except (ValueError, AttributeError):
        return {}


def _numbered(text: str) -> tuple[Sequence[str], Sequence[tuple[int, Row]]]:
    try:
        given = delivery_file.read(text)
    except PermanentError:
        return (), ()
    return given.names, given.rows


def _found(text: str, told: Any) -> Found:
    rows = dict(_numbered(text)[1])
    lines = [_line(each, rows.get(each.row, {})) for each in told.rows]
    return Found(
        told,
        wrong=[line for line in lines if line.outcome == "refused"],
        right=[line for line in lines if line.outcome != "refused"],
        zones=sorted({line.zone for line in lines if line.zone}),
    )


def _line(told: Any, row: Row) -> Line:
    detail = told.detail or ""
    return Line(
        number=told.row,
        outcome=told.outcome,
        reasons=detail.split("; ") if detail else [],
        cells=[(str(row.get(name) or ""), name in told.columns) for name in _SHOWN],
        zone=told.assumed_time_zone or "",
    )
