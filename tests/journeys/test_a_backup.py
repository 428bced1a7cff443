"""A backup is taken while everything works, and what was said comes back from it."""

from __future__ import annotations

import hashlib
import os

from click.testing import CliRunner
from pydantic import SecretStr
from pymongo import MongoClient

from app import models
from app.cli import main
from app.gateways.s3_bucket import S3Bucket
from app.models import DEFAULT_TENANT, Delivery, PushMessage, Recording
from app.pipeline.backup import contents
from app.runtime import Runtime
from tests.journeys.conftest import Product


def test_a_journey_comes_back_from_a_backup(product: Product, tmp_path, monkeypatch) -> None:
    delivery = product.settled(product.deliver("leave-behind-planter"), "instructed")
    told = [each.text for each in PushMessage.of(DEFAULT_TENANT, delivery_id=delivery.pk)]
    surroundings(product, monkeypatch)
    path = tmp_path / "backup.zip"
    # Another customer is being called meanwhile.
    another = product.deliver("gate-code")
    run(product, "backup", str(path), "--with-objects")
    product.settled(another, "instructed")

    address = product.settings.mongodb_uri.get_secret_value()
    address = address.replace("/delauto?", f"/restored_{os.getpid()}?")
    lose_the_audio(product, delivery)
    answer = run(product, "restore", str(path), "--to", address)
    assert "numbers and SHA-256 are those of the archive" in answer
    try:
        models.connect(product.settings.model_copy(update={"mongodb_uri": SecretStr(address)}))
        back = Delivery.of(DEFAULT_TENANT, pk=delivery.pk).get()
        assert back.outreach.state == "instructed"
        assert [each.text for each in PushMessage.of(DEFAULT_TENANT, delivery_id=back.pk)] == told
        (recording,) = Recording.of(DEFAULT_TENANT, delivery_id=back.pk)
        audio = Runtime(product.settings).storage.get(recording.storage_key)
        assert hashlib.sha256(audio).hexdigest() == recording.sha256
        db = models.database()
        assert {each.name for each in contents.shapes(db)} >= {"call_logs", "migrations"}
    finally:
        models.connect(product.settings)
        with MongoClient(address) as client:
            client.drop_database(client.get_default_database().name)


def surroundings(product: Product, monkeypatch) -> None:
    for name in type(product.settings).model_fields:
        value = getattr(product.settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value is not None:
            monkeypatch.setenv(name.upper(), str(value))


def run(product: Product, *arguments: str) -> str:
    answer = CliRunner().invoke(main, list(arguments))
    assert answer.exit_code == 0, answer.output
    return answer.output


def lose_the_audio(product: Product, delivery: Delivery) -> None:
    from app.commands.backup import _bucket

    bucket = _bucket(product.settings)
    assert isinstance(bucket, S3Bucket)
    (recording,) = Recording.of(DEFAULT_TENANT, delivery_id=delivery.pk)
    bucket._client.delete_object(Bucket=bucket.name, Key=recording.storage_key)
