"""Backup, drop everything, restore, verify; and what is refused, with the reason."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pymongo import MongoClient

import migrations
from app import models
from app.cli import main
from app.gateways.s3_bucket import S3Bucket
from app.models import CallLog, Heartbeat, Recording, SystemMetric
from app.pipeline.backup import contents
from tests import factories
from tests.pipeline.test_retention import versions_kept

SOUND = b"RIFF" + os.urandom(70_000)


@pytest.fixture
def bucket(settings, surroundings) -> Iterator[S3Bucket]:
    """The stack's bucket, empty."""
    from app.commands.backup import _bucket

    found = _bucket(settings)
    empty(found)
    yield found
    empty(found)


def empty(bucket) -> None:
    # Each by its version: where a test has switched versions on, anything else leaves a mark.
    for each in list(bucket.versions()):
        bucket.remove(each.key, each.version)
    assert list(bucket.versions()) == []


@pytest.fixture
def delauto(surroundings, settings, monkeypatch):
    """The command, in this process, in the stack's environment."""
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: object) -> Result:
        answer = CliRunner().invoke(main, [str(each) for each in arguments])
        # The command has closed the connection that tests use.
        models.connect(settings)
        return answer

    return run


@pytest.fixture
def archive(delauto, runtime, bucket, tmp_path) -> Path:
    """A backup, with objects, of a ledger with something in it."""
    fill(runtime)
    path = tmp_path / "backup.zip"
    answer = delauto("backup", path, "--with-objects")
    assert answer.exit_code == 0, answer.output
    return path


@pytest.fixture
def elsewhere(surroundings) -> Iterator[str]:
    """The address of a database of the same server, which is not there."""
    name = f"elsewhere_{os.getpid()}"
    address = surroundings["MONGODB_URI"].replace("/delauto?", f"/{name}?")
    yield address
    with MongoClient(address) as client:
        client.drop_database(name)


def fill(runtime) -> Recording:
    kept = runtime.storage.put("rec/one.wav", SOUND, "audio/wav")
    factories.tenant()
    models.database().jobs_dead.insert_many(
        {"tenant_id": "default", "job": "dial", "document_id": number} for number in range(2500)
    )
    for _ in range(3):
        factories.delivery()
    call = factories.call(factories.delivery(), call_sid=factories.sid("CA"), status="completed")
    for number in range(5):
        tags = {"queue": "calls", "number": number % 2}
        SystemMetric(tenant_id="default", metric_type="depth", value=number, tags=tags).save()
    return factories.recording(
        call,
        storage_key=kept.key,
        sha256=kept.sha256,
        transcription={"text": "behind the planter", "language": "en"},
    )


def drop_everything(settings, bucket) -> None:
    empty(bucket)
    models.database().client.drop_database(models.database().name)
    assert models.database().list_collection_names() == []
    assert list(bucket.versions()) == []


def state() -> dict[str, tuple]:
    """Each collection's number of documents, hash of them, options and indexes."""
    db = models.database()
    return {each.name: (contents.digest(db, each), each.as_json()) for each in contents.shapes(db)}


def test_what_was_dropped_comes_back_equal(delauto, settings, bucket, archive, runtime) -> None:
    before = state()
    assert [before[name][0][0] for name in ("system_metrics", "deliveries", "jobs_dead")] == [
        5,
        4,
        2500,
    ]
    drop_everything(settings, bucket)

    answer = delauto("restore", archive, "--to", "MONGODB_URI")
    assert answer.exit_code == 0, answer.output
    assert "objects: 1 written, 0 were there" in answer.output
    assert state() == before
    answer = delauto("restore", archive, "--to", "MONGODB_URI", "--verify")
    assert answer.exit_code == 0, answer.output
    assert "the database and the bucket are those of the archive" in answer.output

    (recording,) = Recording.across_tenants()
    assert recording.transcription.text == "behind the planter"
    assert runtime.storage.get(recording.storage_key) == SOUND
    assert migrations.pending(models.database()) == []


def test_only_its_owner_may_read_an_archive_and_none_is_overwritten(delauto, archive) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    before = archive.read_bytes()
    answer = delauto("backup", archive)
    assert answer.exit_code == 1
    assert "exists: give another name" in answer.output
    assert archive.read_bytes() == before


def test_a_folder_gets_a_file_named_by_the_time(delauto, runtime, bucket, tmp_path) -> None:
    fill(runtime)
    answer = delauto("backup", tmp_path)
    assert answer.exit_code == 0, answer.output
    (made,) = tmp_path.iterdir()
    assert made.name.startswith("delauto-20")
    assert "it holds personal data" in answer.output


def test_all_collections_are_as_they_stood_at_one_moment(settings, bucket, runtime) -> None:
    fill(runtime)
    db = models.database()
    every = contents.shapes(db)
    with db.client.start_session(snapshot=True) as session:
        first, *rest = every
        list(contents.documents(db, first, session))
        fill_more()
        seen = {each.name: len(list(contents.documents(db, each, session))) for each in rest}
    assert (seen["deliveries"], seen["system_metrics"]) == (4, 5)
    now = {each.name: len(list(contents.documents(db, each))) for each in rest}
    assert (now["deliveries"], now["system_metrics"]) == (5, 6)


def fill_more() -> None:
    factories.delivery()
    SystemMetric(tenant_id="default", metric_type="depth", value=9, tags={"a": 1}).save()


def test_nothing_is_restored_over_something_unless_told(delauto, settings, bucket, archive) -> None:
    factories.delivery()
    before = state()
    answer = delauto("restore", archive, "--to", "MONGODB_URI")
    assert answer.exit_code == 1
    assert "is not empty" in answer.output
    assert state() == before
    answer = delauto("restore", archive, "--to", "MONGODB_URI", "--replace")
    assert answer.exit_code == 0, answer.output
    assert "objects: 0 written, 1 were there" in answer.output
    assert state()["deliveries"][0][0] == 4


def test_nothing_is_replaced_under_processes_at_work(delauto, bucket, archive) -> None:
    Heartbeat(name="clock", at=datetime.now(UTC)).save()
    answer = delauto("restore", archive, "--to", "MONGODB_URI", "--replace")
    assert answer.exit_code == 1
    assert "stop clock and workers" in answer.output
    Heartbeat.objects(name="clock").update(set__at=datetime.now(UTC) - timedelta(minutes=1))
    answer = delauto("restore", archive, "--to", "MONGODB_URI", "--replace")
    assert answer.exit_code == 0, answer.output


def test_differences_are_named(delauto, settings, bucket, archive, runtime) -> None:
    CallLog.across_tenants().update(set__status="failed")
    factories.delivery()
    models.database().call_logs.drop_index("one_call_an_attempt")
    models.database().strange.insert_one({})
    runtime.storage.put("rec/two.wav", b"RIFF", "audio/wav")
    runtime.storage.put("rec/one.wav", b"RIFF", "audio/wav")
    answer = delauto("restore", archive, "--to", "MONGODB_URI", "--verify")
    models.database().drop_collection("strange")
    migrations.known()[1].up(models.database())
    assert answer.exit_code == 1
    for said in (
        "call_logs has other options or indexes",
        "call_logs has other contents",
        "deliveries has 5 documents instead of 4",
        "strange is not in the archive",
        "the bucket's rec/one.wav has other bytes",
        "the bucket has 1 object(s) that the archive does not list",
        "customers has 5 documents instead of 4",
        "7 difference(s)",
    ):
        assert said in answer.output


def test_a_bucket_with_another_object_of_that_name_is_not_overwritten(
    delauto, elsewhere, archive, runtime, bucket
) -> None:
    runtime.storage.put("rec/one.wav", b"RIFFother", "audio/wav")
    answer = delauto("restore", archive, "--to", elsewhere)
    assert answer.exit_code == 1
    assert "holds another rec/one.wav" in answer.output
    assert runtime.storage.get("rec/one.wav") == b"RIFFother"


def test_without_objects_the_list_of_the_bucket_is_compared(
    delauto, elsewhere, runtime, bucket, tmp_path
) -> None:
    fill(runtime)
    path = tmp_path / "list.zip"
    assert delauto("backup", path).exit_code == 0
    with zipfile.ZipFile(path) as zipped:
        assert "objects.bin" not in zipped.namelist()
        (line,) = zipped.read("bucket.jsonl").splitlines()
    assert json.loads(line)["size"] == len(SOUND)
    assert delauto("restore", path, "--to", elsewhere).exit_code == 0
    assert delauto("restore", path, "--to", elsewhere, "--verify").exit_code == 0
    empty(bucket)
    answer = delauto("restore", path, "--to", elsewhere, "--verify")
    assert (answer.exit_code, "the bucket has no rec/one.wav" in answer.output) == (1, True)


def test_what_mongodb_deletes_by_its_age_is_restored_before_it_may(
    delauto, elsewhere, bucket, runtime, tmp_path
) -> None:
    fill(runtime)
    db = models.database()
    db.fleeting.create_index("at", expireAfterSeconds=3600)
    old = datetime.now(UTC) - timedelta(days=1)
    db.fleeting.insert_many([{"at": old}, {"at": datetime.now(UTC)}])
    path = tmp_path / "aging.zip"
    answer = delauto("backup", path)
    models.database().drop_collection("fleeting")
    assert answer.exit_code == 0, answer.output
    assert delauto("restore", path, "--to", elsewhere).exit_code == 0
    with MongoClient(elsewhere) as client:
        index = client.get_default_database().fleeting.index_information()["at_1"]
    assert index["expireAfterSeconds"] == 3600


@pytest.mark.parametrize("member", ["database/deliveries.bson", "objects.bin", "bucket.jsonl"])
def test_a_damaged_archive_is_refused_before_anything_is_written(
    delauto, elsewhere, archive, member
) -> None:
    with zipfile.ZipFile(archive) as zipped:
        info = zipped.getinfo(member)
    whole = bytearray(archive.read_bytes())
    whole[info.header_offset + 30 + len(member) + info.compress_size // 2 + 20] ^= 0x55
    archive.write_bytes(whole)
    for arguments in (["--to", elsewhere], ["--verify"]):
        answer = delauto("restore", archive, *arguments)
        assert answer.exit_code == 1
        assert f"is damaged in {member}" in answer.output
        assert "Traceback" not in answer.output
    with MongoClient(elsewhere) as client:
        assert client.get_default_database().list_collection_names() == []


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9999])
def test_an_archive_that_ends_too_soon_is_refused(delauto, elsewhere, archive, share) -> None:
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(len(whole) * share)])
    answer = delauto("restore", archive, "--to", elsewhere)
    assert answer.exit_code == 1
    assert "is no backup, or its end is missing" in answer.output


def test_a_file_that_is_something_else_is_refused(delauto, elsewhere, tmp_path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as zipped:
        zipped.writestr("manifest.json", '{"format": 1}')
    answer = delauto("restore", other, "--to", elsewhere)
    assert (answer.exit_code, "no manifest that can be read" in answer.output) == (1, True)
    with zipfile.ZipFile(other, "w") as zipped:
        zipped.writestr("manifest.json", '{"format": 2, "version": "9.1"}')
    answer = delauto("restore", other, "--to", elsewhere)
    assert "restore it with the version that made it (9.1)" in answer.output
    answer = delauto("restore", tmp_path / "nothing.zip", "--to", elsewhere)
    assert "there is no file" in answer.output


def test_a_file_that_was_changed_by_hand_is_refused(delauto, elsewhere, archive, tmp_path) -> None:
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content + content if name == "database/deliveries.bson" else content)
    answer = delauto("restore", changed, "--to", elsewhere)
    assert (answer.exit_code, "is damaged in database/deliveries.bson" in answer.output) == (
        1,
        True,
    )


def test_a_backup_that_this_installation_could_not_read_is_refused(
    delauto, elsewhere, archive, monkeypatch
) -> None:
    from cryptography.fernet import Fernet

    monkeypatch.setenv("FIELD_ENCRYPTION_KEY", Fernet.generate_key().decode())
    answer = delauto("restore", archive, "--to", elsewhere)
    assert answer.exit_code == 1
    assert "FIELD_ENCRYPTION_KEY lacks" in answer.output
    assert delauto("restore", archive, "--to", elsewhere, "--without-key").exit_code == 0


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("NOTHING_OF_THE_KIND", "--to must be an address"),
        ("https://127.0.0.1/x", "--to must be an address"),
        ("mongodb://127.0.0.1:1/x?serverSelectionTimeoutMS=200", "MongoDB is out of reach"),
    ],
)
def test_a_wrong_target_is_said_plainly(delauto, archive, target, says) -> None:
    answer = delauto("restore", archive, "--to", target)
    assert (answer.exit_code, says in answer.output) == (1, True)
    assert "Traceback" not in answer.output


def test_no_backup_is_taken_in_the_middle_of_a_migration_or_of_nothing(
    delauto, settings, bucket, tmp_path, elsewhere, monkeypatch
) -> None:
    models.database().migrations.insert_one({"_id": "lock", "since": datetime.now(UTC)})
    answer = delauto("backup", tmp_path / "a.zip")
    models.database().migrations.delete_one({"_id": "lock"})
    assert (answer.exit_code, "a migration is at work" in answer.output) == (1, True)
    monkeypatch.setenv("MONGODB_URI", elsewhere)
    answer = delauto("backup", tmp_path / "a.zip")
    assert (answer.exit_code, "is empty" in answer.output) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_cannot_read_the_bucket_leaves_no_file(
    delauto, runtime, bucket, tmp_path, monkeypatch
) -> None:
    fill(runtime)
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", "wrong")
    answer = delauto("backup", tmp_path / "a.zip")
    assert (answer.exit_code, "S3_SECRET_ACCESS_KEY" in answer.output) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_before_versions_were_switched_on_is_read_as_it_was(
    bucket, settings
) -> None:
    client = versions_kept(settings, "Suspended")
    client.put_object(Bucket=bucket.name, Key="k", Body=b"old")
    versions_kept(settings)
    try:
        client.put_object(Bucket=bucket.name, Key="k", Body=b"new")
        found = {}
        for each in bucket.versions():
            with bucket.reading(each.key, each.version) as content:
                found[each.latest] = b"".join(content.pieces)
        assert found == {True: b"new", False: b"old"}
    finally:
        empty(bucket)
        versions_kept(settings, "Suspended")
