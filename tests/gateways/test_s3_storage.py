"""The storage adapter against the S3 server."""

from __future__ import annotations

import hashlib

import pytest
import requests

from app.errors import PermanentError, TransientError
from app.gateways.s3_storage import S3Storage


@pytest.fixture
def storage(runtime) -> S3Storage:
    return runtime.storage


def test_what_is_put_is_read_back_and_its_checksum_kept(storage) -> None:
    content = b"RIFF" + bytes(5000)
    kept = storage.put("rec/a.wav", content, "audio/wav")
    assert (kept.size, kept.sha256) == (5004, hashlib.sha256(content).hexdigest())
    assert storage.put("rec/a.wav", content, "audio/wav") == kept
    assert storage.get("rec/a.wav") == content
    storage.check()


def test_a_link_plays_for_a_while_and_only_this_object(storage) -> None:
    storage.put("rec/b.wav", b"RIFFdata", "audio/wav")
    link = storage.link("rec/b.wav", 60)
    answer = requests.get(link, timeout=5)
    assert (answer.content, answer.headers["Content-Type"]) == (b"RIFFdata", "audio/wav")
    assert requests.get(link.replace("b.wav", "a.wav"), timeout=5).status_code == 403
    assert requests.get(link.partition("?")[0], timeout=5).status_code == 403


def test_what_is_not_there_is_permanent(storage) -> None:
    with pytest.raises(PermanentError, match="no such object"):
        storage.get("rec/nothing.wav")


def made(settings, **changes) -> S3Storage:
    basics = {
        "endpoint_url": settings.s3_endpoint_url,
        "bucket": settings.s3_bucket,
        "region": settings.s3_region,
        "keys": (
            settings.s3_access_key_id.get_secret_value(),
            settings.s3_secret_access_key.get_secret_value(),
        ),
    }
    return S3Storage(**{**basics, **changes})


def test_wrong_keys_say_what_to_check(settings) -> None:
    wrong = made(settings, keys=(settings.s3_access_key_id.get_secret_value(), "wrong"))
    with pytest.raises(TransientError, match="S3_SECRET_ACCESS_KEY"):
        wrong.put("rec/c.wav", b"x", "audio/wav")


def test_no_bucket_says_so(settings) -> None:
    with pytest.raises((PermanentError, TransientError), match=r"bucket|BUCKET"):
        made(settings, bucket="nowhere").check()


def test_nobody_listening_is_transient(settings) -> None:
    with pytest.raises(TransientError, match="out of reach"):
        made(settings, endpoint_url="http://127.0.0.1:1").get("rec/a.wav")
