"""Photos and signatures: kept once and clean, seen by who may, gone when their time is over."""

from __future__ import annotations

import base64
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests

from app.models import Agent, Customer, Delivery, Proof
from app.models.audit import AuditEntry
from app.pipeline import proofs, retention
from app.pipeline.erase import erase
from app.pipeline.export_person import export
from app.rules.permissions import Role
from app.rules.retention import parse
from tests import factories
from tests.factories import NOW
from tests.pictures_side import SECRET, jpeg, png
from tests.pipeline.test_erase import Books
from tests.pipeline.test_retention import Network
from tests.web import api_side
from tests.web.api_side import Api


@pytest.fixture
def dana(settings) -> Agent:
    return api_side.person("default", Role.AGENT)


@pytest.fixture
def api(client, dana) -> Api:
    return api_side.signed_in(client, dana)


@pytest.fixture
def stop(dana) -> Delivery:
    return factories.delivery(agent_id=dana.pk, status="in_transit")


def picture(content: bytes | None = None, **but: object) -> dict:
    plain = base64.b64encode(jpeg() if content is None else content).decode()
    return {"kind": "photo", "content": plain, **but}


def added(api: Api, stop: Delivery, **but: Any) -> dict:
    content = but.pop("content", None)
    answer = api.post(f"/deliveries/{stop.pk}/proofs", picture(content, **but))
    assert answer.status_code == 201, answer.text
    return answer.json


def objects(runtime, stop: Delivery) -> list[str]:
    return [each.key for each in runtime.bucket.versions(prefix=proofs.folder(stop.pk))]


def test_a_photo_is_kept_clean_and_shown_to_a_dispatcher(client, api, stop, runtime) -> None:
    proof = added(api, stop)
    assert (proof["kind"], proof["width"], proof["height"]) == ("photo", 4, 3)
    dot = api_side.signed_in(client, api_side.person("default", Role.DISPATCHER))
    assert dot.get(f"/deliveries/{stop.pk}/proofs").json["items"] == [proof]
    link = dot.post(f"/proofs/{proof['id']}/link").json
    seen = requests.get(link["url"], timeout=10)
    assert (seen.status_code, seen.headers["Content-Type"]) == (200, "image/jpeg")
    assert SECRET not in seen.content
    (key,) = objects(runtime, stop)
    assert str(stop.pk) in key
    noted = [each.action for each in AuditEntry.of("default").order_by("sequence")]
    assert noted[-2:] == ["proof.added", "proof.read"]


def test_a_signature_says_who_signed(api, stop) -> None:
    proof = added(api, stop, kind="signature", content=png(), signed_by="Jo")
    assert (proof["kind"], proof["signed_by"], proof["media_type"]) == (
        "signature",
        "Jo",
        "image/png",
    )
    assert b"Jo" not in bytes(Proof._get_collection().find_one()["signed_by"])


def test_the_same_picture_is_kept_once_with_and_without_a_key(api, stop, runtime) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    path = f"/deliveries/{stop.pk}/proofs"
    answers = [api.post(path, picture(), headers=each) for each in (headers, headers, {})]
    assert [each.status_code for each in answers] == [201, 201, 201]
    assert len({each.json["id"] for each in answers}) == 1
    assert (Proof.of("default").count(), len(objects(runtime, stop))) == (1, 1)
    assert AuditEntry.of("default", action="proof.added").count() == 1


@pytest.mark.parametrize("content", [b"<html>", jpeg()[:50], b"\x00" * 40])
def test_what_is_no_picture_is_refused_and_not_stored(api, stop, runtime, content) -> None:
    refused = api.post(f"/deliveries/{stop.pk}/proofs", picture(content))
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/content")
    assert objects(runtime, stop) == []


def test_what_is_too_large_is_refused_before_it_is_read(api, stop) -> None:
    answer = api.post(f"/deliveries/{stop.pk}/proofs", picture(bytes(2_100_000)))
    assert answer.status_code == 413


def test_no_more_than_ten_are_kept_and_what_is_refused_leaves_nothing(api, stop, runtime) -> None:
    for colour in range(proofs.MOST):
        added(api, stop, content=png(colour=colour))
    refused = api.post(f"/deliveries/{stop.pk}/proofs", picture())
    assert (refused.status_code, "10" in refused.json["detail"]) == (409, True)
    assert len(objects(runtime, stop)) == proofs.MOST


def test_agents_see_the_proofs_of_their_own_deliveries_alone(client, api, stop) -> None:
    proof = added(api, stop)
    other = api_side.signed_in(client, api_side.person("default", Role.AGENT, 2))
    assert other.post(f"/deliveries/{stop.pk}/proofs", picture()).status_code == 404
    assert other.get(f"/deliveries/{stop.pk}/proofs").status_code == 404
    assert other.post(f"/proofs/{proof['id']}/link").status_code == 404
    viewer = api_side.signed_in(client, api_side.person("default", Role.VIEWER))
    assert viewer.post(f"/proofs/{proof['id']}/link").status_code == 403
    assert api.post(f"/proofs/{proof['id']}/link").status_code == 200


def test_their_time_over_the_pictures_go_and_that_there_were_some_stays(api, stop, runtime) -> None:
    proof = added(api, stop, signed_by="Jo")
    kept = Proof.of("default").get()
    for days, left in ((89, 1), (91, 0)):
        report = retention.apply(
            runtime.bucket, Network(), Network(), parse("people=never"),
            now=kept.created_at + timedelta(days=days),
        )  # fmt: skip
        assert (report.failed, len(objects(runtime, stop))) == ({}, left)
    (shown,) = api.get(f"/deliveries/{stop.pk}/proofs").json["items"]
    assert (shown["id"], shown["visible"], shown["signed_by"]) == (proof["id"], False, None)
    assert api.post(f"/proofs/{proof['id']}/link").status_code == 409


def test_who_asks_for_their_data_gets_the_pictures(api, stop, runtime, tmp_path) -> None:
    added(api, stop)
    phone = Customer.of("default", pk=stop.customer_id).get().phone
    counts = export(phone, tmp_path / "all.zip", runtime.storage, now=NOW)
    assert (counts["proofs"], counts["pictures"]) == (1, 1)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        (name,) = [each for each in archive.namelist() if each.startswith("pictures/")]
        assert archive.read(name).startswith(b"\xff\xd8")


def test_who_is_erased_leaves_no_picture_and_gets_no_new_one(api, stop, runtime) -> None:
    added(api, stop)
    runtime.storage.put(f"{proofs.folder(stop.pk)}stray.jpg", jpeg(), "image/jpeg")
    phone = Customer.of("default", pk=stop.customer_id).get().phone
    erase(phone, runtime.bucket, Books(), by="dot", now=NOW)
    assert (objects(runtime, stop), Proof.of("default").count()) == ([], 0)
    refused = api.post(f"/deliveries/{stop.pk}/proofs", picture())
    assert (refused.status_code, "erased" in refused.json["detail"]) == (409, True)
    assert objects(runtime, stop) == []
