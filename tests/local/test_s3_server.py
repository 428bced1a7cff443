"""The embedded S3 server as boto3 and a browser meet it: signatures, durability, ranges."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import subprocess
import sys
import time
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.s3_request import S3RefusalError, S3Request
from local.s3_signature import AccessKey, verified

IDENTIFIER, SECRET, REGION = "AKEXAMPLE", "a-secret/with+signs", "eu-central-1"
BUCKET = "recordings"
AWKWARD_KEY = "deliveries/2026-11/a b+c=é&d.wav"
BASICS = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


@dataclass
class Server:
    """One server process on one folder, which can be killed and started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        argv = [sys.executable, "-m", "local.s3_server"]
        argv += ["--port", str(self.port), "--folder", str(self.folder)]
        keys = {"S3_ACCESS_KEY_ID": IDENTIFIER, "S3_SECRET_ACCESS_KEY": SECRET}
        self.process = subprocess.Popen(argv, env={**BASICS, **keys})
        deadline = time.monotonic() + 30
        while True:
            try:
                requests.get(self.url, timeout=5)
            except requests.ConnectionError:
                assert self.process.poll() is None, "the server ended at once"
                assert time.monotonic() < deadline, "the server did not answer"
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def crash_and_restart(self) -> None:
        self.kill()
        self.start()

    def client(self, identifier: str = IDENTIFIER, secret: str = SECRET) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=identifier,
            aws_secret_access_key=secret,
            region_name=REGION,
            config=Config(signature_version="s3v4", retries={"max_attempts": 0}),
        )

    def stored_bytes(self) -> bytes:
        return b"".join(file.read_bytes() for file in sorted(self.folder.iterdir()))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Server(tmp_path_factory.mktemp("s3") / "data", port)
    made.start()
    where = {"LocationConstraint": REGION}
    made.client().create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    yield made
    made.kill()


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def put(server: Server, key: str, body: bytes = b"RIFFdata", **options: Any) -> Any:
    return server.client().put_object(Bucket=BUCKET, Key=key, Body=body, **options)


def link(server: Server, key: str, seconds: int = 60, **parameters: str) -> str:
    asked = {"Bucket": BUCKET, "Key": key, **parameters}
    url = server.client().generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)
    return str(url)


class TestObjects:
    def test_an_object_comes_back_with_its_type_and_metadata(self, server: Server) -> None:
        metadata = {"delivery_id": "d1", "sha256": "abc", "call-sid": "CA1"}
        put(server, AWKWARD_KEY, ContentType="audio/wav", Metadata=metadata)
        stored = server.client().get_object(Bucket=BUCKET, Key=AWKWARD_KEY)
        assert stored["Body"].read() == b"RIFFdata"
        assert stored["ContentType"] == "audio/wav"
        assert stored["Metadata"] == metadata

    def test_a_byte_range_comes_back_as_partial_content(self, server: Server) -> None:
        put(server, "range", bytes(range(256)))
        part = server.client().get_object(Bucket=BUCKET, Key="range", Range="bytes=10-19")
        assert part["ResponseMetadata"]["HTTPStatusCode"] == 206
        assert part["ContentRange"] == "bytes 10-19/256"
        assert part["Body"].read() == bytes(range(10, 20))

    def test_a_deleted_object_is_gone(self, server: Server) -> None:
        put(server, "gone")
        server.client().delete_object(Bucket=BUCKET, Key="gone")
        with pytest.raises(ClientError) as caught:
            server.client().head_object(Bucket=BUCKET, Key="gone")
        assert code_of(caught) == "404"

    def test_objects_are_listed_by_prefix(self, server: Server) -> None:
        put(server, "list/1")
        put(server, "list/2")
        listed = server.client().list_objects_v2(Bucket=BUCKET, Prefix="list/")
        assert [entry["Key"] for entry in listed["Contents"]] == ["list/1", "list/2"]


class TestSignatures:
    def test_an_unsigned_request_is_refused(self, server: Server) -> None:
        put(server, "private")
        for method in ("GET", "PUT", "DELETE", "OPTIONS"):
            answer = requests.request(method, f"{server.url}/{BUCKET}/private", timeout=5)
            assert answer.status_code == 403
            assert "<Code>AccessDenied</Code>" in answer.text

    def test_an_unknown_access_key_is_refused(self, server: Server) -> None:
        with pytest.raises(ClientError) as caught:
            server.client(identifier="AKOTHER").list_buckets()
        assert code_of(caught) == "InvalidAccessKeyId"

    def test_a_wrong_secret_is_refused(self, server: Server) -> None:
        with pytest.raises(ClientError) as caught:
            server.client(secret="wrong").put_object(Bucket=BUCKET, Key="x", Body=b"x")
        assert code_of(caught) == "SignatureDoesNotMatch"

    def test_a_link_opens_its_object_in_whole_and_in_part(self, server: Server) -> None:
        put(server, AWKWARD_KEY, b"0123456789")
        url = link(server, AWKWARD_KEY, ResponseContentDisposition='attachment; filename="a.wav"')
        whole = requests.get(url, timeout=5)
        assert (whole.status_code, whole.content) == (200, b"0123456789")
        assert whole.headers["Content-Disposition"] == 'attachment; filename="a.wav"'
        part = requests.get(url, headers={"Range": "bytes=2-4"}, timeout=5)
        assert (part.status_code, part.content) == (206, b"234")

    def test_a_link_to_put_takes_a_body(self, server: Server) -> None:
        asked = {"Bucket": BUCKET, "Key": "by-link"}
        url = server.client().generate_presigned_url("put_object", Params=asked, ExpiresIn=60)
        assert requests.put(url, data=b"voice", timeout=5).status_code == 200
        stored = server.client().get_object(Bucket=BUCKET, Key="by-link")
        assert stored["Body"].read() == b"voice"

    def test_an_expired_link_is_refused(self, server: Server) -> None:
        put(server, "short-lived")
        url = link(server, "short-lived", seconds=1)
        time.sleep(2.1)
        answer = requests.get(url, timeout=5)
        assert answer.status_code == 403
        assert "<Code>AccessDenied</Code>" in answer.text
        assert "Request has expired" in answer.text

    @pytest.mark.parametrize(
        ("what", "pattern", "replacement"),
        [
            ("key", "tampered/a", "tampered/b"),
            ("lifetime", "X-Amz-Expires=60", "X-Amz-Expires=6000"),
            (
                "parameter",
                r"response-content-type=audio%2Fwav",
                "response-content-type=text%2Fhtml",
            ),
            ("parameter left out", r"response-content-type=audio%2Fwav&", ""),
            ("signature", r"X-Amz-Signature=....", "X-Amz-Signature=0000"),
            ("parameter added", r"$", "&versionId=1"),
        ],
    )
    def test_a_link_with_a_changed_part_is_refused(
        self, server: Server, what: str, pattern: str, replacement: str
    ) -> None:
        put(server, "tampered/a")
        put(server, "tampered/b")
        url = link(server, "tampered/a", ResponseContentType="audio/wav")
        assert requests.get(url, timeout=5).status_code == 200
        changed = re.sub(pattern, replacement, url, count=1)
        assert changed != url
        answer = requests.get(changed, timeout=5)
        assert answer.status_code == 403
        assert "<Code>SignatureDoesNotMatch</Code>" in answer.text

    def test_a_link_to_read_does_not_let_one_delete(self, server: Server) -> None:
        put(server, "kept")
        assert requests.delete(link(server, "kept"), timeout=5).status_code == 403
        assert requests.get(link(server, "kept"), timeout=5).status_code == 200

    def test_the_old_way_of_signing_is_refused_in_clear_words(self, server: Server) -> None:
        query = "AWSAccessKeyId=AKEXAMPLE&Signature=x&Expires=1"
        answer = requests.get(f"{server.url}/{BUCKET}/x?{query}", timeout=5)
        assert answer.status_code == 400
        assert "AWS4-HMAC-SHA256" in answer.text


NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEY = AccessKey(IDENTIFIER, SECRET)


class _SignerAt(S3SigV4Auth):  # type: ignore[misc]
    """botocore's signer with a payload hash of the test's choice."""

    payload_hash: str | None = None

    def payload(self, request: AWSRequest) -> str:
        return self.payload_hash or str(super().payload(request))


def signed_request(
    body: bytes, payload_hash: str | None = None, **headers: str
) -> tuple[S3Request, _SignerAt, AWSRequest]:
    """Return a PUT signed now, its signer and what was signed."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = AWSRequest("PUT", "http://127.0.0.1:9/recordings/k", headers=names, data=body)
    asked.headers["Host"] = "127.0.0.1:9"
    signer = _SignerAt(Credentials(IDENTIFIER, SECRET), "s3", REGION)
    signer.payload_hash = payload_hash
    signer.add_auth(asked)
    request = S3Request("PUT", "/recordings/k", "", tuple(asked.headers.items()), body)
    return request, signer, asked


def refusal(request: S3Request, now: datetime | None = None) -> str:
    with pytest.raises(S3RefusalError) as caught:
        verified(request, KEY, now or datetime.now(UTC))
    return caught.value.code


class TestPayloads:
    def test_a_request_signed_long_ago_is_refused(self) -> None:
        request, _, _ = signed_request(b"x")
        assert verified(request, KEY, datetime.now(UTC)).body == b"x"
        assert refusal(request, datetime.now(UTC) + timedelta(minutes=16)) == "RequestTimeTooSkewed"
        assert refusal(request, datetime.now(UTC) - timedelta(minutes=16)) == "RequestTimeTooSkewed"

    def test_a_body_other_than_the_signed_one_is_refused(self) -> None:
        request, _, _ = signed_request(b"said")
        assert refusal(replace(request, body=b"sold")) == "XAmzContentSHA256Mismatch"

    def test_an_unsigned_payload_is_taken_as_it_comes(self) -> None:
        request, _, _ = signed_request(b"said", "UNSIGNED-PAYLOAD")
        assert verified(replace(request, body=b"any"), KEY, datetime.now(UTC)).body == b"any"

    def test_a_body_that_does_not_match_its_checksum_is_refused(self) -> None:
        wrong = b64encode(zlib.crc32(b"other").to_bytes(4, "big")).decode()
        request, _, _ = signed_request(b"said", x_amz_checksum_crc32=wrong)
        assert refusal(request) == "BadDigest"

    def test_a_header_added_after_signing_is_refused(self) -> None:
        request, _, _ = signed_request(b"said")
        added = request.with_headers({"x-amz-meta-owner": "somebody"})
        assert refusal(added) == "AccessDenied"

    def test_a_signed_header_that_was_changed_is_refused(self) -> None:
        request, _, _ = signed_request(b"said", x_amz_meta_owner="anna")
        changed = request.with_headers({"x-amz-meta-owner": "berta"})
        assert refusal(changed) == "SignatureDoesNotMatch"

    def test_chunks_with_a_trailing_checksum_are_joined(self) -> None:
        request = self._trailed(b"said", b"said")
        plain = verified(request, KEY, datetime.now(UTC))
        assert plain.body == b"said"
        assert plain.header("Content-Length") == "4"
        assert plain.header("Content-Encoding") is None

    def test_chunks_whose_trailing_checksum_is_wrong_are_refused(self) -> None:
        assert refusal(self._trailed(b"said", b"sold")) == "BadDigest"

    def test_chunks_that_are_cut_short_are_refused(self) -> None:
        request = self._trailed(b"said", b"said")
        assert refusal(replace(request, body=request.body[:6])) == "IncompleteBody"

    def _trailed(self, body: bytes, summed: bytes) -> S3Request:
        checksum = b64encode(zlib.crc32(summed).to_bytes(4, "big"))
        chunked = b"%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n" % (len(body), body, checksum)
        return signed_request(
            chunked,
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            x_amz_trailer="x-amz-checksum-crc32",
            x_amz_decoded_content_length=str(len(body)),
            content_encoding="aws-chunked",
        )[0]

    def test_signed_chunks_are_checked_one_by_one(self) -> None:
        request = self._signed_chunks(b"hello ", b"world")
        assert verified(request, KEY, datetime.now(UTC)).body == b"hello world"
        assert refusal(replace(request, body=request.body.replace(b"world", b"wordl"))) == (
            "SignatureDoesNotMatch"
        )

    def _signed_chunks(self, *chunks: bytes) -> S3Request:
        length = str(sum(len(chunk) for chunk in chunks))
        request, signer, asked = signed_request(
            b"",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            x_amz_decoded_content_length=length,
        )
        signature = (request.header("Authorization") or "").rpartition("Signature=")[2]
        body = b""
        for chunk in (*chunks, b""):
            lines = ["AWS4-HMAC-SHA256-PAYLOAD", asked.context["timestamp"]]
            lines += [signer.credential_scope(asked), signature]
            lines += [hashlib.sha256(part).hexdigest() for part in (b"", chunk)]
            signature = signer.signature("\n".join(lines), asked)
            body += b"%x;chunk-signature=%s\r\n%s\r\n" % (len(chunk), signature.encode(), chunk)
        return replace(request, body=body)


class TestDurability:
    """Last in this file: it kills the server that the tests above share."""

    def test_everything_survives_a_crash_right_after_the_answer(self, server: Server) -> None:
        put(server, AWKWARD_KEY, b"a", ContentType="audio/mpeg", Metadata={"delivery_id": "d9"})
        before = server.client().head_object(Bucket=BUCKET, Key=AWKWARD_KEY)
        time.sleep(1.1)

        server.crash_and_restart()

        after = server.client().get_object(Bucket=BUCKET, Key=AWKWARD_KEY)
        assert after["Body"].read() == b"a"
        assert after["ContentType"] == "audio/mpeg"
        assert after["Metadata"] == {"delivery_id": "d9"}
        assert after["ETag"] == before["ETag"]
        assert after["LastModified"] == before["LastModified"]

    def test_what_was_replaced_or_deleted_leaves_the_disk_and_stays_away(
        self, server: Server
    ) -> None:
        client = server.client()
        put(server, "twice", b"FIRST-WORDS")
        put(server, "twice", b"SECOND-WORDS")
        put(server, "erased", b"ERASED-WORDS")
        client.put_object_tagging(
            Bucket=BUCKET, Key="erased", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}
        )
        client.delete_object(Bucket=BUCKET, Key="erased")
        put(server, "erased-too", b"ERASED-WORDS")
        client.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "erased-too"}]})

        on_disk = server.stored_bytes()
        assert b"SECOND-WORDS" in on_disk
        assert b"FIRST-WORDS" not in on_disk
        assert b"ERASED-WORDS" not in on_disk

        server.crash_and_restart()
        client = server.client()
        assert client.get_object(Bucket=BUCKET, Key="twice")["Body"].read() == b"SECOND-WORDS"
        keys = {entry["Key"] for entry in client.list_objects_v2(Bucket=BUCKET)["Contents"]}
        assert not {"erased", "erased-too"} & keys

    def test_an_upload_in_parts_goes_on_after_a_crash(self, server: Server) -> None:
        client = server.client()
        upload = client.create_multipart_upload(
            Bucket=BUCKET, Key="parts", Metadata={"delivery_id": "d3"}
        )["UploadId"]
        whole = {"Bucket": BUCKET, "Key": "parts", "UploadId": upload}
        first = client.upload_part(**whole, PartNumber=1, Body=b"a" * 5_242_880)["ETag"]

        server.crash_and_restart()

        client = server.client()
        second = client.upload_part(**whole, PartNumber=2, Body=b"b" * 10)["ETag"]
        tags = [{"PartNumber": 1, "ETag": first}, {"PartNumber": 2, "ETag": second}]
        done = client.complete_multipart_upload(**whole, MultipartUpload={"Parts": tags})
        server.crash_and_restart()
        stored = server.client().get_object(Bucket=BUCKET, Key="parts")
        assert stored["ContentLength"] == 5_242_890
        assert stored["Metadata"] == {"delivery_id": "d3"}
        assert stored["ETag"] == done["ETag"]

    def test_an_abandoned_upload_leaves_the_disk(self, server: Server) -> None:
        client = server.client()
        upload = client.create_multipart_upload(Bucket=BUCKET, Key="abandoned")["UploadId"]
        whole = {"Bucket": BUCKET, "Key": "abandoned", "UploadId": upload}
        client.upload_part(**whole, PartNumber=1, Body=b"HALF-WORDS")
        assert b"HALF-WORDS" in server.stored_bytes()
        client.abort_multipart_upload(**whole)
        assert b"HALF-WORDS" not in server.stored_bytes()

    def test_a_copy_outlives_its_source_and_a_crash(self, server: Server) -> None:
        client = server.client()
        put(server, "source", b"copied")
        client.copy_object(
            Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "source"}
        )
        client.delete_object(Bucket=BUCKET, Key="source")
        server.crash_and_restart()
        client = server.client()
        assert client.get_object(Bucket=BUCKET, Key="copy")["Body"].read() == b"copied"
        with pytest.raises(ClientError):
            client.head_object(Bucket=BUCKET, Key="source")

    def test_versions_keep_their_names_and_one_can_be_erased(self, server: Server) -> None:
        client = server.client()
        where = {"LocationConstraint": REGION}
        client.create_bucket(Bucket="versioned", CreateBucketConfiguration=where)
        client.put_bucket_versioning(
            Bucket="versioned", VersioningConfiguration={"Status": "Enabled"}
        )
        ids = [
            client.put_object(Bucket="versioned", Key="k", Body=body)["VersionId"]
            for body in (b"VERSION-ONE", b"VERSION-TWO")
        ]
        marker = client.delete_object(Bucket="versioned", Key="k")["VersionId"]

        server.crash_and_restart()

        client = server.client()
        listed = client.list_object_versions(Bucket="versioned")
        assert {entry["VersionId"] for entry in listed["Versions"]} == set(ids)
        assert [entry["VersionId"] for entry in listed["DeleteMarkers"]] == [marker]
        first = client.get_object(Bucket="versioned", Key="k", VersionId=ids[0])
        assert first["Body"].read() == b"VERSION-ONE"
        client.delete_object(Bucket="versioned", Key="k", VersionId=ids[0])
        assert b"VERSION-ONE" not in server.stored_bytes()
        server.crash_and_restart()
        listed = server.client().list_object_versions(Bucket="versioned")
        assert [entry["VersionId"] for entry in listed["Versions"]] == ids[1:]

    def test_a_half_written_change_is_as_if_it_never_happened(self, server: Server) -> None:
        put(server, "whole")
        server.kill()
        (server.folder / "999999999999.new").write_bytes(b'{"sequence": 9')
        server.start()
        assert server.client().head_object(Bucket=BUCKET, Key="whole")
        assert not list(server.folder.glob("*.new"))

    def test_a_deleted_bucket_leaves_nothing(self, server: Server) -> None:
        client = server.client()
        where = {"LocationConstraint": REGION}
        client.create_bucket(Bucket="moved-out", CreateBucketConfiguration=where)
        client.put_object(Bucket="moved-out", Key="k", Body=b"x")
        client.delete_object(Bucket="moved-out", Key="k")
        client.delete_bucket(Bucket="moved-out")
        assert b"moved-out" not in server.stored_bytes()


def test_listing_versions_again_and_again_opens_no_more_files(server: Server) -> None:
    """moto copies every version to list them, and each copy of a large one holds a file open."""
    assert server.process is not None
    files = Path(f"/proc/{server.process.pid}/fd")
    if not files.exists():
        pytest.skip("this system does not list a process's open files")
    put(server, "large.wav", b"R" * 300_000)

    def list_twenty_times() -> int:
        for _ in range(20):
            server.client().list_object_versions(Bucket=BUCKET)
        return len(list(files.iterdir()))

    before = list_twenty_times()
    assert list_twenty_times() < before + 10
    assert server.client().get_object(Bucket=BUCKET, Key="large.wav")["Body"].read(4) == b"RRRR"
