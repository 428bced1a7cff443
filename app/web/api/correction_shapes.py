"""What a correction may say: directives, new or kept, and how the customer sounds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.models import AnalysisRecord
from app.pipeline.correct import LONGEST_REASON
from app.rules.directive_shape import LONGEST, MOST
from app.saying import Saying
from app.web.api.analysis_shapes import Mood, Urgency, Wanted
from app.web.api.problems import Fault, invalid
from app.web.api.shapes import WHOLE, Given, Line

_Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["18:30"])]


class Slots(Given):
    """What belongs to a directive; which slots a kind has, the answer to a wrong one tells."""

    place: Line | None = None
    recipient: Line | None = None
    signature: Literal[True] | None = None
    id_check: Literal[True] | None = None
    date: Annotated[str | None, Field(pattern=r"^\d{4}-\d\d-\d\d$", examples=["2027-03-01"])] = None
    start: _Clock | None = None
    end: _Clock | None = None
    address: Line | None = None
    code: Annotated[str | None, Field(pattern=r"^[0-9A-Z#*]{1,20}$")] = None
    unit: Line | None = None
    floor: Line | None = None
    entrance: Line | None = None
    channel: Literal["call", "text"] | None = None
    when: Literal["on_arrival", "before", "after_delivery", "no_answer"] | None = None
    minutes: Annotated[int | None, Field(ge=1, le=24 * 60), WHOLE] = None
    phone: Annotated[str | None, Field(pattern=r"^\d{3,15}$")] = None
    action: (
        Literal[
            "ring_bell", "knock", "leave_outside", "leave_unattended", "leave_with_neighbor",
            "call", "open_gate", "block_driveway", "other",
        ]
        | None
    ) = None  # fmt: skip
    hazard: Line | None = None
    note: (
        Literal[
            "fragile", "heavy", "perishable", "keep_upright", "keep_dry", "keep_cold", "conceal",
            "other",
        ]
        | None
    ) = None  # fmt: skip
    topic: Literal["eta", "status", "sender", "other"] | None = None
    condition: Line | None = None


class NewDirective(Given):
    """One thing to do."""

    kind: Wanted
    text: Annotated[
        str,
        Field(
            max_length=LONGEST,
            pattern=r"^[^\x00-\x1f\x7f-\x9f]*$",
            description="The customer's words.",
        ),
    ] = ""
    slots: Slots = Slots()

    def row(self) -> dict[str, Any]:
        """As ``app.rules.directive_shape`` reads it."""
        return {"kind": self.kind, "text": self.text, **self.slots.model_dump(exclude_none=True)}


class NewCorrection(Given):
    """What an analysis ought to be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "analysis_version": 1,
                    "directives": [
                        {
                            "kind": "leave_at",
                            "text": "behind the shed",
                            "slots": {"place": "shed"},
                        }
                    ],
                    "why": "she says shed, not shred",
                }
            ]
        }
    )
    analysis_version: Annotated[
        int, Field(ge=0, le=10**9, description="Of the delivery, as you saw it."), WHOLE
    ]
    directives: Annotated[
        list[NewDirective],
        Field(max_length=MOST, description="All that there is to do; none: nothing."),
    ]
    keep: Annotated[
        list[Annotated[int, Field(ge=0, lt=MOST), WHOLE]],
        Field(
            max_length=MOST,
            description="Places in current.directives, from 0, of those that stay as they are, "
            "with the codes that they may hold; they come first.",
        ),
    ] = []
    why: Annotated[
        str,
        Field(max_length=LONGEST_REASON, pattern=r"^([^\x00-\x1f\x7f-\x9f]|[\t\n\r])*$"),
    ] = ""
    sentiment: Mood | None = None
    priority: Urgency | None = None

    def rows(self, current: AnalysisRecord | None) -> list[dict[str, Any]]:
        """The directives as ``app.rules.directive_shape`` reads them; those that stay are those of
        ``current``. Raises the problem that one of these is not there."""
        there = [each.to_rules().as_dict() for each in current.directives] if current else []
        faults = [
            Fault(detail=Saying("names no directive"), source="body", pointer=f"/keep/{number}")
            for number, place in enumerate(self.keep)
            if place >= len(there)
        ]
        if faults:
            raise invalid(*faults)
        return [*(there[place] for place in self.keep), *(each.row() for each in self.directives)]


class Restored(Given):
    """Which correction is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"analysis_version": 2}]})
    analysis_version: Annotated[
        int, Field(ge=0, le=10**9, description="Of the delivery, as you saw it."), WHOLE
    ]
