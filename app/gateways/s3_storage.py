"""Storage in any S3-compatible service, by boto3."""

from __future__ import annotations

import hashlib
from typing import Any, NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.errors import PermanentError, TransientError
from app.gateways import StoredObject

_GONE = {"NoSuchKey", "404", "NotFound"}
_NOT_MENDED_BY_WAITING = {
    "AccessDenied",
    "InvalidAccessKeyId",
    "NoSuchBucket",
    "SignatureDoesNotMatch",
}


class S3Storage:
    """The Storage protocol over one bucket."""

    def __init__(
        self, *, endpoint_url: str, bucket: str, region: str, keys: tuple[str, str]
    ) -> None:
        self._bucket = bucket
        self._client: Any = client_of(endpoint_url, region, keys)

    def put(self, key: str, content: bytes, content_type: str) -> StoredObject:
        """Upload, then read the object back and compare its SHA-256."""
        digest = hashlib.sha256(content).hexdigest()
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=content,
                ContentType=content_type,
                Metadata={"sha256": digest},
            )
            kept = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except (BotoCoreError, ClientError) as error:
            refuse(error)
        if hashlib.sha256(kept).hexdigest() != digest:
            raise TransientError("the storage gave back other bytes than it was given")
        return StoredObject(key=key, size=len(kept), sha256=digest)

    def get(self, key: str) -> bytes:
        """The object's bytes."""
        try:
            content: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except (BotoCoreError, ClientError) as error:
            refuse(error)
        return content

    def link(self, key: str, seconds: int) -> str:
        """A presigned GET; anyone who holds it can play the object until it expires."""
        url: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds
        )
        return url

    def check(self) -> None:
        """Ask for the bucket, without changing anything."""
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except (BotoCoreError, ClientError) as error:
            refuse(error)


def client_of(endpoint_url: str, region: str, keys: tuple[str, str]) -> Any:
    """A client of the service, with bounds of waiting."""
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=keys[0],
        aws_secret_access_key=keys[1],
        config=Config(
            signature_version="s3v4",
            connect_timeout=3,
            read_timeout=20,
            retries={"mode": "standard", "total_max_attempts": 3},
            s3={"addressing_style": "path"},
            # Trailing checksums are unknown to some S3-compatible services.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def refuse(error: BotoCoreError | ClientError) -> NoReturn:
    """Raise what boto3's error means for us."""
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _GONE:
            raise PermanentError("the storage has no such object or bucket") from error
        if code in _NOT_MENDED_BY_WAITING:
            raise TransientError(
                f"the storage refuses ({code}): check S3_BUCKET, S3_ACCESS_KEY_ID and "
                "S3_SECRET_ACCESS_KEY"
            ) from error
        raise TransientError(f"the storage failed: {code}") from error
    raise TransientError(f"the storage is out of reach: {type(error).__name__}") from error
