"""How the morning went: the table at the end, and whether everything is as it must be."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from rich.table import Table

from app.errors import AppError
from app.gateways import Storage
from app.models import DEFAULT_TENANT, CallLog, Delivery, Recording
from app.models.people import Customer
from app.pipeline.tell import sentence
from app.states import CALL_ENDED, OUTREACH, OUTREACH_SETTLED
from local.demo.screens import Screens

_WORDS = {
    "instructed": "left instructions",
    "confirmed": "confirmed",
    "declined": "wants no calls",
    "nothing_said": "said nothing",
    "unreachable": "not reached",
}


_HEARD = ("instructed", "confirmed", "declined")
_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the morning is."""

    deliveries: int
    settled: int
    told: int
    calls: int
    recordings: int
    understood: int

    @property
    def over(self) -> bool:
        """Is there nothing left to do?"""
        return self.settled == self.told == self.deliveries and self.recordings == self.understood


def progress(screens: Screens) -> Progress:
    """Count, in the ledger, and on the drivers' screens."""
    deliveries = list(Delivery.of(DEFAULT_TENANT).only("outreach", "analysis_version", "tenant_id"))
    settled = [d for d in deliveries if d.outreach.state in OUTREACH_SETTLED]
    recordings = Recording.of(DEFAULT_TENANT)
    return Progress(
        deliveries=len(deliveries),
        settled=len(settled),
        told=sum(screens.arrival(str(d.pk), d.analysis_version) is not None for d in settled),
        calls=CallLog.of(DEFAULT_TENANT).count(),
        recordings=recordings.count(),
        understood=recordings.filter(stage="understood").count(),
    )


def table(screens: Screens) -> Table:
    """One line for each delivery: who, what happened, what was heard, what the driver will do."""
    found = Table(title="The morning", title_justify="left", expand=True, row_styles=["", "dim"])
    for name, ratio in (
        ("Customer", 3),
        ("What happened", 3),
        ("Heard", 6),
        ("The driver will", 6),
    ):
        found.add_column(name, ratio=ratio, overflow="fold")
    found.add_column("Seconds", justify="right", no_wrap=True)
    for delivery in Delivery.of(DEFAULT_TENANT).order_by("reference"):
        calls = list(CallLog.of(DEFAULT_TENANT, delivery_id=delivery.pk).order_by("attempt"))
        customer = Customer.of(DEFAULT_TENANT, pk=delivery.customer_id).get()
        happened = _WORDS.get(delivery.outreach.state, delivery.outreach.state)
        before = Counter((call.outcome or call.status).replace("-", " ") for call in calls[:-1])
        if before:
            tries = ", ".join(f"{n} × {word}" if n > 1 else word for word, n in before.items())
            happened = f"{tries}; {happened}"
        seconds = _seconds(delivery, calls[-1] if calls else None, screens)
        found.add_row(
            customer.name,
            happened,
            (calls[-1].transcription or "") if calls else "",
            sentence(delivery),
            f"{seconds:.1f}" if seconds is not None else "",
        )
    found.caption = "Seconds: from the report that the customer hung up to the driver's screen."
    found.caption_justify = "left"
    return found


def _seconds(delivery: Delivery, call: CallLog | None, screens: Screens) -> float | None:
    arrived = screens.arrival(str(delivery.pk), delivery.analysis_version)
    ended = _ended(call) if call else None
    if arrived is None or ended is None:
        return None
    return max(0.0, arrived - ended)


def _ended(call: CallLog) -> float | None:
    ended = [step.at for step in call.history if step.target in CALL_ENDED]
    return float(ended[0].timestamp()) if ended else None


def waits(screens: Screens) -> list[str]:
    """How long it took from the reports of hang-ups, in sentences; of customers who were heard."""
    stored, shown = [], []
    for delivery in Delivery.of(DEFAULT_TENANT, outreach__state__in=_HEARD):
        call = CallLog.of(DEFAULT_TENANT, pk=delivery.call_log_id).first()
        ended = _ended(call) if call else None
        if ended is None:
            continue
        heard = [
            s.at for s in delivery.history if s.machine == OUTREACH.name and s.target in _HEARD
        ]
        stored.append(max(0.0, heard[-1].timestamp() - ended))
        arrived = screens.arrival(str(delivery.pk), delivery.analysis_version)
        if arrived is not None:
            shown.append(max(0.0, arrived - ended))
    return [
        _spread("From the hang-up to the directives stored", stored),
        _spread("From the hang-up to the driver's screen", shown),
    ]


def _spread(what: str, seconds: Sequence[float]) -> str:
    if len(seconds) < _ENOUGH:
        return f"{what}: too few answers to say"
    cuts = quantiles(seconds, n=20, method="inclusive")
    return f"{what}: p50 {cuts[9]:.2f} s, p95 {cuts[18]:.2f} s of {len(seconds)}"


def faults(storage: Storage) -> list[str]:
    """What is not as it must be, in words; empty where all went well."""
    found = []
    for delivery in Delivery.of(DEFAULT_TENANT):
        if delivery.outreach.state not in OUTREACH_SETTLED:
            found.append(f"{delivery.reference}: outreach is still {delivery.outreach.state}")
        if delivery.to_tell:
            found.append(f"{delivery.reference}: the driver was not told")
    for recording in Recording.of(DEFAULT_TENANT):
        name = f"recording {recording.recording_sid}"
        if recording.stage != "understood":
            found.append(f"{name} is only {recording.stage}")
        elif recording.processing_status != "completed":
            found.append(f"{name} failed: {recording.error_message}")
        elif recording.storage_key:
            found.extend(_audio_faults(recording, name, storage))
        elif recording.duration > 0:
            found.append(f"{name} is not in the storage")
    return found


def _audio_faults(recording: Recording, name: str, storage: Storage) -> list[str]:
    try:
        audio = storage.get(recording.storage_key)
    except AppError as error:
        return [f"{name}: {error}"]
    if hashlib.sha256(audio).hexdigest() != recording.sha256:
        return [f"{name} has other bytes in the storage than were fetched"]
    return [] if recording.transcription else [f"{name} has no transcription"]
