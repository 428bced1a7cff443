"""Retention: each class goes in its time, in all its copies, and no earlier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from app.errors import TransientError
from app.gateways.copies import Copy
from app.models import (
    CallLog,
    Customer,
    Delivery,
    InboundMessage,
    Recording,
    RetentionReport,
    Transcription,
    database,
    sealing,
)
from app.models.analysis import AnalysisRecord, DirectiveRecord
from app.models.stored_values import values
from app.pipeline import retention
from app.rules.retention import CLASSES, parse
from tests import factories
from tests.factories import NOW, sid

NEVER = ",".join(f"{name}=never" for name in CLASSES)


class Network:
    """Notes whose copies were deleted; ``away`` where it cannot be asked."""

    def __init__(self, *, away: bool = False) -> None:
        self.deleted: list[str] = []
        self.away = away

    def delete_recording(self, recording_sid: str) -> None:
        if self.away:
            raise TransientError("the network is out of reach")
        self.deleted.append(recording_sid)

    def with_number(self, number: str) -> list[Copy]:
        return []

    def recordings_of(self, call_sid: str) -> list[Copy]:
        return []

    def delete(self, copy: Copy) -> bool:
        self.deleted.append(copy.sid)
        return True


@pytest.fixture
def bucket(runtime, settings) -> Any:
    """A bucket that keeps versions, as an operator may have it."""
    return runtime.bucket


def versions_kept(settings, status: str = "Enabled") -> Any:
    """Let the bucket keep versions, or not any more; a client to write into it."""
    client = boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint_url,
        region_name=settings.s3_region,
        aws_access_key_id=settings.s3_access_key_id.get_secret_value(),
        aws_secret_access_key=settings.s3_secret_access_key.get_secret_value(),
    )
    client.put_bucket_versioning(
        Bucket=settings.s3_bucket, VersioningConfiguration={"Status": status}
    )
    return client


@pytest.fixture
def versioned(settings) -> Iterator[Any]:
    """A client to write into the bucket, which keeps versions for this test alone."""
    yield versions_kept(settings)
    versions_kept(settings, "Suspended")


def apply(bucket, text: str, network: Network | None = None, now=NOW) -> RetentionReport:
    network = network or Network()
    return retention.apply(bucket, network, network, parse(text), now=now)


def heard(of: CallLog, **fields: Any) -> Recording:
    return factories.recording(
        of,
        transcription=Transcription(text="the code is 4519"),
        segments=[{"text": "the code is 4519", "words": []}],
        **fields,
    )


def told(days: int, kind: str = "leave_at") -> tuple[Delivery, CallLog, Recording]:
    """A delivery so many days ago, with everything that was said about it."""
    said = AnalysisRecord(summary="s", directives=[DirectiveRecord(kind=kind, text="4519")])
    delivery = factories.delivery(
        scheduled_time=NOW - timedelta(days=days), analysis=said, outreach={"state": "instructed"}
    )
    call = factories.call(
        delivery, status="completed", in_flight=False, transcription="the code is 4519"
    )
    return delivery, call, heard(call)


def words(*documents: Any) -> int:
    """How many sealed values these documents hold."""
    return sum(
        sealing.is_sealed(value)
        for each in documents
        for _, value in values(each._get_collection().find_one({"_id": each.pk}))
    )


def test_audio_goes_in_all_versions_and_at_the_network(settings, bucket, versioned) -> None:
    client, name = versioned, sid("RE")
    key = f"rec/{name}.wav"
    for content in (b"one", b"two"):
        client.put_object(Bucket=settings.s3_bucket, Key=key, Body=content)
    client.delete_object(Bucket=settings.s3_bucket, Key=key)
    client.put_object(Bucket=settings.s3_bucket, Key=f"{key}.other", Body=b"not mine")
    recording = heard(factories.call(), recording_sid=name, storage_key=key, sha256="0")
    network, later = Network(), recording.created_at + timedelta(days=31)
    report = apply(bucket, "words=never,codes=never", network, now=later)
    assert [each.key for each in bucket.versions(prefix=key)] == [f"{key}.other"]
    assert (network.deleted, report.gone["audio"]) == ([name], 1)
    left = Recording.of("default", pk=recording.pk).get()
    assert (left.storage_key, left.audio_deleted_at is not None) == (None, True)
    assert left.transcription.text == "the code is 4519"
    assert apply(bucket, "", network, now=later).gone["audio"] == 0


def test_audio_that_is_not_old_stays(settings, bucket) -> None:
    recording = heard(factories.call(), storage_key="rec/young.wav", sha256="0")
    report = apply(bucket, "", now=recording.created_at + timedelta(days=29))
    assert report.gone["audio"] == 0
    assert Recording.of("default", pk=recording.pk).get().storage_key


def test_a_network_out_of_reach_keeps_the_audio_and_nothing_else(settings, bucket) -> None:
    delivery, call, recording = told(100)
    later = (recording.created_at + timedelta(days=31)).replace(hour=12)
    report = apply(bucket, "", Network(away=True), now=later)
    assert report.failed == {"audio": "the network is out of reach"}
    assert words(delivery, call, recording) == 0
    assert retention.day_to_apply(later) is not None
    assert apply(bucket, "", now=later).failed == {}
    assert retention.day_to_apply(later) is None


def test_words_go_after_the_time_of_disputes_and_what_is_counted_stays(settings, bucket) -> None:
    old, young = told(91), told(89)
    assert words(*old) == 5
    before = words(*young)
    apply(bucket, "")
    assert words(*old) == 0
    assert words(*young) == before
    delivery = Delivery.of("default", pk=old[0].pk).get()
    assert delivery.analysis.directives[0].kind.value == "leave_at"
    assert delivery.analysis.to_rules().directives[0].text == ""
    assert Recording.of("default", pk=old[2].pk).get().transcription.text is None


def test_where_a_code_was_given_the_words_go_sooner(settings, bucket) -> None:
    code, none = told(8, "access"), told(8)
    apply(bucket, "")
    assert words(*code) == 0
    assert words(*none) == 5


def test_the_reports_of_the_network_go_and_that_they_came_stays(settings, bucket) -> None:
    call = factories.call(claimed_at=NOW - timedelta(days=31))
    call.note_event("1", "ringing", {"To": call.to_number}, at=NOW)
    call.modify(set__transcription="behind the planter")
    assert apply(bucket, "words=never,codes=never").gone["reports"] == 1
    call.reload()
    assert [(each.event, each.data) for each in call.webhook_events] == [("ringing", None)]
    assert call.transcription == "behind the planter"


def test_texts_of_strangers_go_by_their_own_time(settings, bucket) -> None:
    for days in (91, 89):
        InboundMessage(
            tenant_id="default", message_sid=sid("SM"), from_number="+447700900123",
            body="hello", received_at=NOW - timedelta(days=days),
        ).save()  # fmt: skip
    apply(bucket, "")
    bodies = [each.body for each in InboundMessage.of("default").order_by("received_at")]
    assert bodies == [None, "hello"]


def test_people_go_a_year_after_their_last_delivery(settings, bucket) -> None:
    (old, call, _), (young, *_) = told(366), told(364)
    shared = factories.customer("another", phone=factories.number())
    stays = factories.delivery(
        customer=factories.customer(phone=shared.phone), scheduled_time=NOW - timedelta(days=400)
    )
    factories.delivery("another", customer=shared, scheduled_time=NOW)
    database().customers.update_many({}, {"$set": {"createdAt": NOW - timedelta(days=400)}})
    report = apply(bucket, "")
    assert report.gone["people"] == 1
    assert Customer.of("default", pk=old.customer_id).first() is None
    assert CallLog.of("default", pk=call.pk).first() is None
    assert Delivery.of("default", pk=old.pk).get().address == "erased"
    for each in (young, stays):
        assert Customer.of("default", pk=each.customer_id).first()


def test_never_is_never(settings, bucket) -> None:
    documents = told(3000)
    before = words(*documents)
    assert apply(bucket, NEVER).gone == {}
    assert words(*documents) == before


def test_a_report_tells_what_went_and_names_nobody(settings, bucket) -> None:
    told(91)
    apply(bucket, "audio=never")
    report = str(database().retention_reports.find_one())
    assert "'words': " in report
    assert "4519" not in report
    assert "audio" not in database().retention_reports.find_one()["kept"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("voice=3", "no voice"), ("audio=0", "1 to 3650"), ("people=30", "31 to"), ("audio", "days")],
)
def test_what_is_no_retention_is_said(text, says) -> None:
    with pytest.raises(ValueError, match=says):
        parse(text)


def test_the_night_begins_at_two(settings) -> None:
    assert retention.day_to_apply(NOW.replace(hour=1)) is None
    assert retention.day_to_apply(NOW.replace(hour=2)) is not None
