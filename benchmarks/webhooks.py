"""Signed webhooks through gunicorn on a real MongoDB, beside a view that only checks signatures.

Between them stands a view that only inserts what came. All three are served as in production
(gunicorn.conf.py, 2 processes), in one run, in turns; the load comes from a process of its own.
Everything shares this machine's cores, whose time a request costs: in gunicorn ("web"), in MongoDB
("db") and in Redis. On a machine that does other things too, these figures are the ones to compare.
Use: python -m benchmarks.webhooks [SECONDS] [ROUNDS]
"""

from __future__ import annotations

import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
from bson import ObjectId
from cryptography.fernet import Fernet
from twilio.request_validator import RequestValidator

import migrations
from app import models
from app.callbacks import PREFIX
from app.config import Settings
from app.models import CallLog, Customer, Delivery, Tenant
from local.http_check import status_of
from local.mongodb import mongodb_process, mongodb_uri
from local.ports import Ports
from local.redis_server import redis_process, redis_url
from local.supervisor import Process, Supervisor

PUBLIC_URL = "https://calls.example"
ACCOUNT, TOKEN = "AC" + "a" * 32, "the-token-of-the-account"
RATE = 100
MOST = 2500
"""Requests per second that are prepared for a server at its limit."""
GREETING, KEYS = "greeting", "menu"
SERVERS = {"bare": "carrier", "ledger": "s3", "ours": "web"}
"""The servers in turns, and whose port each has."""
PLACES = {
    f"{whose}{what}": value
    for whose in ("To", "From", "Called", "Caller")
    for what, value in {"City": "AVON", "State": "NY", "Zip": "10001", "Country": "US"}.items()
}


COSTS = {"web": None, "db": "mongodb", "redis": "redis"}
"""The programs whose time on the processors is counted; None: the server itself."""
HEADS = (
    f"{'webhooks':<10}{'':>7}{'per second':>12}{'ratio':>7}{f'at {RATE}/s: p50':>16}{'p99':>9}"
    f"{'us each: web':>14}{'db':>6}{'redis':>7}"
)


@dataclass(frozen=True)
class Bench:
    """What a comparison needs: the servers, a delivery to call about, how long and often."""

    ports: Mapping[str, int]
    supervisor: Supervisor
    delivery: Delivery
    folder: Path
    seconds: float
    rounds: int


def main(seconds: float, rounds: int) -> None:
    """Print requests per second and latencies, ours and the bare view's."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="delauto-bench-")))
        supervisor = Supervisor(folder / "logs")
        stack.callback(supervisor.stop)
        environment, ports = serve(folder, supervisor)
        models.connect(Settings.from_env(environment))
        migrations.up(models.database())
        bench = Bench(ports, supervisor, seed(), folder, seconds, rounds)
        for name in SERVERS:
            supervisor.start(name)
            # Both processes of each have answered before anything counts.
            loaded(replace(bench, seconds=1.0), "a call", name, 0)
        print(HEADS)
        for name in KINDS:
            compare(bench, name)


def serve(folder: Path, supervisor: Supervisor) -> tuple[dict[str, str], Mapping[str, int]]:
    """Start MongoDB and Redis; make both servers known. Returns the environment and the ports."""
    basics = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    chosen = Ports(folder, {})
    ports = {name: chosen.choose(name) for name in ("mongodb", "redis", "web", "carrier", "s3")}
    supervisor.add(mongodb_process(folder, ports["mongodb"], basics))
    supervisor.add(redis_process(folder, ports["redis"], "secret", basics))
    supervisor.start_all()
    environment = {
        **basics,
        "MONGODB_URI": mongodb_uri(ports["mongodb"]),
        "REDIS_URL": redis_url(ports["redis"], "secret"),
        "S3_ENDPOINT_URL": "http://127.0.0.1:1",
        "S3_BUCKET": "recordings",
        "S3_ACCESS_KEY_ID": "key",
        "S3_SECRET_ACCESS_KEY": "secret",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM_NUMBER": "+12025550142",
        "PUBLIC_URL": PUBLIC_URL,
        "SECRET_KEY": "x" * 32,
        "FIELD_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "WEB_CONCURRENCY": "2",
    }
    for name, module, port in (
        ("ours", "wsgi:app", ports["web"]),
        ("bare", "benchmarks.bare_webhook:app", ports["carrier"]),
        ("ledger", "benchmarks.bare_webhook:ledger", ports["s3"]),
    ):
        supervisor.add(
            Process(
                name=name,
                argv=[sys.executable, "-m", "gunicorn", module],
                environment={**environment, "PORT": str(port)},
                ready=lambda port=port: status_of(port, "/healthz") > 0,
            )
        )
    return environment, {name: ports[part] for name, part in SERVERS.items()}


def seed() -> Delivery:
    """A company, a customer and a delivery."""
    Tenant(tenant_id="default", name="Harbour Parcels", callback_number="+12025550142").save()
    customer = Customer(tenant_id="default", name="Casey", phone="+12025550199").save()
    return Delivery(
        tenant_id="default",
        customer_id=customer.pk,
        address="12 Mill Lane",
        coordinates=[-74.0, 40.7],
        scheduled_time=datetime.now(UTC) + timedelta(hours=3),
        time_zone="America/New_York",
        outreach={"state": "calling", "attempts": 1},
    ).save()


def calls(delivery: Delivery, count: int) -> list[tuple[ObjectId, str]]:
    """So many dialled calls, straight into the collection: our ids and the network's."""
    template = (
        CallLog(
            tenant_id="default",
            delivery_id=delivery.pk,
            covers=[delivery.pk],
            customer_id=delivery.customer_id,
            attempt=0,
            from_number="+12025550142",
            to_number="+12025550199",
            claimed_at=datetime.now(UTC),
            dialing_at=datetime.now(UTC),
            in_flight=False,
        )
        .to_mongo()
        .to_dict()
    )
    parcel = delivery.to_mongo().to_dict()
    made = [(ObjectId(), f"CA{os.urandom(16).hex()}") for _ in range(count)]
    for name in ("call_logs", "deliveries"):
        models.database()[name].delete_many({})
    # Each with a delivery of its own, of the same id for short.
    models.database()["deliveries"].insert_many([{**parcel, "_id": pk} for pk, _ in made])
    # Dialled: the network has answered with its id.
    models.database()["call_logs"].insert_many(
        [
            {**template, "_id": pk, "call_sid": name, "delivery_id": pk, "covers": [pk]}
            for pk, name in made
        ]
    )
    return made


Kind = list[tuple[str, dict[str, str]]]
STATUS: Kind = [
    ("status", {"CallStatus": status, "SequenceNumber": str(number), **more})
    for number, (status, more) in enumerate(
        [
            ("initiated", {}),
            ("ringing", {"StirStatus": "A"}),
            ("in-progress", {"StirStatus": "A"}),
            ("completed", {"CallDuration": "21", "Duration": "1", "SipResponseCode": "200"}),
        ]
    )
]
SPOKEN: Kind = [
    (f"script/{GREETING}", {"CallStatus": "in-progress"}),
    (f"script/{KEYS}/keys", {"CallStatus": "in-progress", "Digits": "1", "msg": "Gather End"}),
]
KINDS: dict[str, Kind] = {
    "status": STATUS,
    "spoken": SPOKEN,
    "a call": [
        *STATUS[:3],
        *SPOKEN,
        ("answered-by", {"AnsweredBy": "human", "MachineDetectionDuration": "2100"}),
        STATUS[3],
    ],
}


def requests_of(kind: Kind, delivery: Delivery, count: int, port: int) -> list[bytes]:
    """At least so many requests, as bytes: the steps of each call in their order, calls in turn."""
    made = calls(delivery, count // len(kind) + 1)
    validator = RequestValidator(TOKEN)
    return [
        _request(validator, f"{PREFIX}/calls/{pk}/{what}", {"CallSid": call_sid, **form}, port)
        # Twenty calls at a time: the line of one is never asked for two things at once.
        for start in range(0, len(made), 40)
        for what, form in kind
        for pk, call_sid in made[start : start + 40]
    ]


def _request(validator: Any, path: str, form: dict[str, str], port: int) -> bytes:
    form = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Direction": "outbound-api",
        "From": "+12025550142",
        "To": "+12025550199",
        "Caller": "+12025550142",
        "Called": "+12025550199",
        "CallbackSource": "call-progress-events",
        "Timestamp": "Tue, 10 Mar 2026 10:00:20 +0000",
        **PLACES,
        **form,
    }
    body = urlencode(form)
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"X-Twilio-Signature: {validator.compute_signature(PUBLIC_URL + path, form)}\r\n"
        f"I-Twilio-Idempotency-Token: {os.urandom(16).hex()}\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def compare(bench: Bench, name: str) -> None:
    """The servers in turns, at saturation and at a steady rate; prints the medians."""
    flat: dict[str, list[dict[str, Any]]] = {which: [] for which in SERVERS}
    steady: dict[str, list[dict[str, Any]]] = {which: [] for which in SERVERS}
    for _ in range(bench.rounds):
        for which in SERVERS:
            flat[which].append(loaded(bench, name, which, 0))
            steady[which].append(loaded(bench, name, which, RATE))
    per_second = {which: median(flat[which], "per_second") for which in flat}
    for which, found in flat.items():
        ratio = f"{per_second[which] / per_second['bare']:7.2f}"
        print(
            f"{name:<10}{which:>7}{per_second[which]:12.0f}{ratio}"
            f"{median(steady[which], 'p50'):13.1f} ms{median(steady[which], 'p99'):6.1f} ms"
            f"{median(found, 'web'):14.0f}{median(found, 'db'):6.0f}"
            f"{median(found, 'redis'):7.0f}",
            flush=True,
        )


def median(figures: list[dict[str, Any]], name: str) -> float:
    """The middle one of the rounds."""
    return statistics.median(figure[name] for figure in figures)


def loaded(bench: Bench, name: str, which: str, rate: int) -> dict[str, Any]:
    """What the load found; every answer must be a success. Rate 0: as fast as it goes."""
    port, count = bench.ports[which], (rate or MOST) * bench.seconds
    file = bench.folder / "requests.pickle"
    file.write_bytes(pickle.dumps(requests_of(KINDS[name], bench.delivery, int(count), port)))
    before = spent(bench.supervisor, which)
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.load"]
        + [str(each) for each in (port, file, rate, bench.seconds)],
        check=True,
        capture_output=True,
        text=True,
    )
    after = spent(bench.supervisor, which)
    found: dict[str, Any] = json.loads(done.stdout)
    found |= {name: (after[name] - before[name]) / found["answers"] * 1e6 for name in after}
    if set(found["statuses"]) - {"200", "204"}:
        raise SystemExit(f"answers that are no success: {found['statuses']}")
    return found


def spent(supervisor: Supervisor, which: str) -> dict[str, float]:
    """The processors' time that each program has had so far, its children's too, in seconds."""
    return {name: _spent(supervisor.pid(program or which)) for name, program in COSTS.items()}


def _spent(pid: int | None) -> float:
    process = psutil.Process(pid)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


if __name__ == "__main__":
    main(
        float(sys.argv[1]) if len(sys.argv) > 1 else 5.0,
        int(sys.argv[2]) if len(sys.argv) > 2 else 3,
    )
