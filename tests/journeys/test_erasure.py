"""Somebody is called, speaks, writes and calls back; is given all of it; and is erased."""

from __future__ import annotations

import json
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.config import Settings
from app.models import (
    DEFAULT_TENANT,
    CallLog,
    Customer,
    Delivery,
    Recording,
    Suppression,
    database,
    numbers,
)
from app.models.erasure import Erasure
from app.pipeline.held import held
from app.pipeline.plan import NewDelivery, plan
from app.runtime import Runtime
from tests.factories import ALL_DAY, ALWAYS
from tests.journeys.conftest import Product, until
from tests.pipeline.test_retention import versions_kept
from tests.processes import delauto

NUMBER, NAME = "+447700900911", "Quillon Featherstonehaugh"


@pytest.fixture
def product(product: Product) -> Product:
    inbound = f"{product.url}/webhooks/twilio/inbound"
    product.carrier.answer_with(f"{inbound}/call", f"{inbound}/message")
    return product


def heard(delivery: Delivery) -> bool:
    return Delivery.of(DEFAULT_TENANT, pk=delivery.pk).get().outreach.state == "instructed"


def environment(settings: Settings) -> dict[str, str]:
    """The variables that these settings are made of."""
    given = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value not in (None, ""):
            given[name.upper()] = str(value).lower() if isinstance(value, bool) else str(value)
    return given


def command(product: Product, *arguments: str) -> subprocess.CompletedProcess[str]:
    return delauto(*arguments, environment=environment(product.settings))


def logs(product: Product) -> list[str]:
    names = ("web", "calls", "answers", "speech", "clock")
    files = [product.stack.supervisor.log_file(name) for name in names]
    return [part for each in files for part in ("--log", str(each))]


def whoever(product: Product) -> Delivery:
    """Somebody who said a gate code, and then wrote that they want no more messages."""
    product.carrier.assign(NUMBER, "gate-code")
    delivery = again(product, agent_email=product.agent.email)
    until(lambda: heard(delivery), "the customer is heard", 90)
    product.carrier.text(NUMBER, "STOP", product.settings.twilio_from_number)
    until(lambda: Suppression.of(DEFAULT_TENANT, phone=NUMBER).first(), "the wish", 30)
    return delivery


def again(product: Product, **fields) -> Delivery:
    now = datetime.now(UTC)
    wish = NewDelivery(
        reference=None, customer_name=NAME, phone=NUMBER, address="71 Quagmire Crescent",
        longitude=-0.1, latitude=51.5, time_zone="Europe/London",
        scheduled_time=now + timedelta(hours=3), window_end=now + timedelta(hours=4), **fields,
    )  # fmt: skip
    return plan(DEFAULT_TENANT, wish, now=now, window=ALL_DAY, book=ALWAYS)


def test_all_is_given_then_all_is_erased_and_the_wish_holds(product, tmp_path: Path) -> None:
    client = versions_kept(product.settings)
    delivery, runtime = whoever(product), Runtime(product.settings)
    call = CallLog.of(DEFAULT_TENANT, delivery_id=delivery.pk).first()
    recording = Recording.of(DEFAULT_TENANT, delivery_id=delivery.pk).first()
    client.put_object(
        Bucket=product.settings.s3_bucket, Key=recording.storage_key, Body=b"RIFF, once more"
    )
    # Not what was said: other customers of the same product say the same.
    words = ("--word", NAME, "--word", "Quagmire Crescent")

    # What is kept can be given to who asks for it.
    file = tmp_path / "everything.zip"
    answer = command(product, "export", "--phone", NUMBER, str(file))
    assert answer.returncode == 0, answer.stderr
    with zipfile.ZipFile(file) as archive:
        given = {each: archive.read(each) for each in archive.namelist()}
    assert json.loads(given["customers.json"])[0]["phone"] == NUMBER
    assert "gate" in given["recordings.json"].decode()
    assert given[f"audio/{recording.pk}.wav"][:4] == b"RIFF"
    assert file.stat().st_mode & 0o077 == 0

    # Without finding what there is, that it finds nothing would prove nothing.
    before = command(product, "erase", "--phone", NUMBER, "--verify", *words)
    assert before.returncode == 1
    for place in ("customers", "call_logs", "inbound_messages", "deliveries"):
        assert f"collection {place}: nothing" not in before.stdout, before.stdout
    assert len(list(runtime.bucket.versions(prefix=recording.storage_key))) == 2
    assert len(runtime.copies.with_number(NUMBER)) >= 2

    answer = command(product, "erase", "--phone", NUMBER, *words, *logs(product))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "nothing is left" in answer.stdout
    assert "Redis: nothing found" in answer.stdout
    assert {name for name, found in held(NUMBER).documents.items() if found} == set()
    assert list(runtime.bucket.versions(prefix=recording.storage_key)) == []
    assert runtime.copies.with_number(NUMBER) == []
    assert runtime.copies.recordings_of(call.call_sid) == []
    left = Delivery.of(DEFAULT_TENANT, pk=delivery.pk).get()
    assert (left.outreach.state, left.address, left.customer_id) == ("declined", "erased", None)

    # The proof names nobody, and can be shown for this number.
    proof = Erasure.objects(number=numbers.key().digest(NUMBER)).get()
    assert proof.ended_at
    assert proof.gone["versions of objects"] == 2
    assert proof.gone["calls at the network"] == 1

    # And whoever asked not to be reached is not reached when they order again.
    assert again(product).outreach.state == "suppressed"


def test_the_scanner_finds_what_is_planted(product, tmp_path: Path) -> None:
    number, runtime = "+447700900990", Runtime(product.settings)
    log = tmp_path / "some.log"
    scan = ("erase", "--phone", number, "--verify", "--log", str(log))
    log.write_text("nobody")
    clean = command(product, *scan)
    assert (clean.returncode, "nothing is left" in clean.stdout) == (0, True)
    log.write_text(f"{'x' * (1 << 20)} dialled 07700 900990 at noon")
    database().heartbeats.insert_one({"_id": "planted", "said": {"a": [447700900990]}})
    Customer(tenant_id=DEFAULT_TENANT, name="-", phone=number).save()
    runtime.storage.put("planted/+44 7700 900990", b"RIFF", "audio/wav")
    runtime.storage.put("planted/inside", b"call +447700900990", "text/plain")
    runtime.enqueuer._redis.hset("planted", "about", number)
    found = command(product, *scan)
    assert found.returncode == 1
    for place in ("collection heartbeats", "collection customers", "objects", "objects' names",
                  "Redis", f"file {log}"):  # fmt: skip
        assert f"{place}: 1 found" in found.stdout, (place, found.stdout)
    assert number not in found.stdout
    database().heartbeats.delete_one({"_id": "planted"})
    runtime.enqueuer._redis.delete("planted")
