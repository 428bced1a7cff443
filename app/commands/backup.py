"""`delauto backup` and `delauto restore`: everything that is kept, in one file and back again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from app.commands.surroundings import plainly, settings
from app.config import Settings
from app.errors import PermanentError
from app.gateways.bucket import Bucket
from app.pipeline.backup import load, objects, take
from app.pipeline.backup.archive import OBJECTS, Archive, Manifest, reading
from app.pipeline.backup.contents import Mongo

_FILE = click.Path(path_type=Path)
_WAITS: dict[str, Any] = {
    "serverSelectionTimeoutMS": 5000,
    "connectTimeoutMS": 5000,
    "socketTimeoutMS": 600_000,
}
"""The first answer to a sort of many measurements may take minutes."""


@click.command()
@click.argument("path", metavar="FILE|FOLDER", type=_FILE)
@click.option("--with-objects", is_flag=True, help="Copy the bucket's objects as well.")
@plainly
def backup(path: Path, with_objects: bool) -> None:
    """Write everything in the database, and a list of the bucket, to FILE (or into FOLDER).

    All collections are as they stood at one moment; everything may go on working. The file holds
    personal data: only its owner may read it, and it belongs on an encrypted disk. What is
    encrypted in the database stays so: keep FIELD_ENCRYPTION_KEY, elsewhere.
    """
    found, now = settings(), datetime.now(UTC)
    if path.is_dir():
        path = path / f"delauto-{now:%Y-%m-%dT%H%M%SZ}.zip"
    keys = found.field_encryption_key.get_secret_value()
    with _connected(found.mongodb_uri.get_secret_value()) as db:
        wish = take.Wish(path, with_objects, keys)
        manifest = take.take(db, _bucket(found), wish, now=now)
        _note(db, path, with_objects, now)
    _tell(manifest)
    click.echo(f"wrote {path} ({path.stat().st_size} bytes; it holds personal data)")


def _note(db: Mongo, path: Path, with_objects: bool, now: datetime) -> None:
    """Write down that there is a backup, for whoever looks when the last one was taken."""
    db.backup_reports.insert_one(
        {
            "at": now,
            "ended_at": datetime.now(UTC),
            "size": path.stat().st_size,
            "with_objects": with_objects,
        }
    )


@click.command()
@click.argument("path", metavar="FILE", type=_FILE)
@click.option(
    "--to",
    "target",
    metavar="URI",
    help="The database, as mongodb://host/name; or the name of a variable that holds it.",
)
@click.option("--replace", is_flag=True, help="Delete all that is in the database first.")
@click.option("--without-key", is_flag=True, help="Even where a key of that time is missing.")
@click.option("--verify", is_flag=True, help="Change nothing: only compare.")
@plainly
def restore(path: Path, target: str | None, replace: bool, without_key: bool, verify: bool) -> None:
    """Fill an empty database from FILE, and the bucket of S3_BUCKET where FILE has objects.

    The file is checked as a whole before anything is written, and what was written is compared
    with it, by number and SHA-256. `--verify` compares alone: the file with itself, and with `--to`
    the database and the bucket with the file.
    """
    with reading(path) as archive:
        if verify:
            _verify(archive, target)
        elif target is None:
            raise PermanentError("say where to: --to mongodb://host/name, or --to MONGODB_URI")
        else:
            _restore(archive, target, replace=replace, without_key=without_key)


def _restore(archive: Archive, target: str, *, replace: bool, without_key: bool) -> None:
    found = settings()
    keys = take.prints(found.field_encryption_key.get_secret_value())
    lacking = [each for each in archive.manifest.key_prints if each not in keys]
    if lacking and not without_key:
        raise PermanentError(
            f"FIELD_ENCRYPTION_KEY lacks {' and '.join(lacking)}, in use when the backup was "
            "taken: add it behind a comma, or what is sealed under it cannot be read. If nothing "
            "was left under it, or it is lost, go on with --without-key"
        )
    with _connected(_address(target)) as db:
        load.load(archive, db, replace=replace)
        _tell(archive.manifest)
        if archive.manifest.with_objects:
            kept = objects.load(archive, _bucket(found), replace=replace)
            click.echo(f"objects: {kept.copied} written, {kept.there} were there")
        click.echo(f"restored {db.name}: numbers and SHA-256 are those of the archive")
        click.echo(
            "Before anything is started: it does not know what happened since. See "
            "docs/operations.md, and hold the calls (`delauto circuit hold calls --why restored`)"
        )


def _verify(archive: Archive, target: str | None) -> None:
    archive.check()
    _tell(archive.manifest)
    click.echo("the archive is whole")
    if target is None:
        return
    with _connected(_address(target)) as db:
        found = list(load.differences(archive, db))
    found += objects.differences(archive, _bucket(settings()))
    for each in found:
        click.echo(f"differs: {each}")
    if found:
        raise PermanentError(f"{len(found)} difference(s) from the archive")
    click.echo("the database and the bucket are those of the archive")


def _tell(manifest: Manifest) -> None:
    click.echo(f"backup of {manifest.database}, taken {manifest.made_at}")
    for member in manifest.members:
        if not member.name.endswith(".metadata.json"):
            name = "the bucket's objects" if member.name == OBJECTS else member.name
            click.echo(f"  {name}: {member.entries}  sha256 {member.sha256[:16]}…")


def _bucket(found: Settings) -> Bucket:
    from app.gateways.s3_bucket import S3Bucket  # noqa: PLC0415 - only who needs it pays for it

    return S3Bucket(
        endpoint_url=found.s3_endpoint_url,
        bucket=found.s3_bucket,
        region=found.s3_region,
        keys=(
            found.s3_access_key_id.get_secret_value(),
            found.s3_secret_access_key.get_secret_value(),
        ),
    )


def _address(target: str) -> str:
    address = target if "://" in target else os.environ.get(target, "")
    if not address.startswith(("mongodb://", "mongodb+srv://")):
        raise PermanentError(
            "--to must be an address that starts with mongodb://, or the name of a variable that "
            "holds one"
        )
    return address


@contextmanager
def _connected(uri: str) -> Iterator[Mongo]:
    try:
        name = parse_uri(uri, validate=False)["database"] or "delauto"
        client: MongoClient[dict[str, Any]] = MongoClient(
            uri, w="majority", journal=True, tz_aware=True, **_WAITS
        )
        with client:
            yield client[name]
    except (PyMongoError, ValueError) as error:
        raise PermanentError(
            f"MongoDB is out of reach or refuses ({type(error).__name__}): check the address, and "
            "that its user may read and write there"
        ) from error
