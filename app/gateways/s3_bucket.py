"""A whole bucket in any S3-compatible service, by boto3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO, Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from app.errors import TransientError
from app.gateways.bucket import Content, ObjectVersion
from app.gateways.s3_storage import client_of, refuse

_PIECE = 1 << 20
_IN_PARTS = TransferConfig(use_threads=False)


class S3Bucket:
    """The Bucket protocol."""

    def __init__(
        self, *, endpoint_url: str, bucket: str, region: str, keys: tuple[str, str]
    ) -> None:
        self.name = bucket
        self._client: Any = client_of(endpoint_url, region, keys)

    def versions(self, prefix: str = "") -> Iterator[ObjectVersion]:
        """By ListObjectVersions, page by page."""
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self.name, Prefix=prefix
        )
        try:
            for page in pages:
                yield from sorted(
                    (*map(_kept, page.get("Versions", ())), *_marks(page)),
                    key=lambda each: each.key,
                )
        except (BotoCoreError, ClientError) as error:
            refuse(error)

    @contextmanager
    def reading(self, key: str, version: str | None = None) -> Iterator[Content]:
        """By GetObject."""
        which = {"VersionId": version} if version else {}
        try:
            answer = self._client.get_object(Bucket=self.name, Key=key, **which)
            with closing(answer["Body"]) as body:
                yield Content(
                    body.iter_chunks(_PIECE), answer["ContentType"], dict(answer["Metadata"])
                )
        except (BotoCoreError, ClientError) as error:
            refuse(error)
        except HTTPError as error:
            raise TransientError("the storage broke off in the middle of an object") from error

    def write(self, key: str, file: IO[bytes], content: Content) -> None:
        """By PutObject, or in parts where it is large."""
        about = {"ContentType": content.content_type, "Metadata": dict(content.metadata)}
        try:
            self._client.upload_fileobj(file, self.name, key, ExtraArgs=about, Config=_IN_PARTS)
        except (BotoCoreError, ClientError) as error:
            refuse(error)
        except Boto3Error as error:
            raise TransientError(f"the storage failed: {type(error).__name__}") from error

    def remove(self, key: str, version: str) -> None:
        """By DeleteObject with the version; without one it would only be marked."""
        try:
            self._client.delete_object(Bucket=self.name, Key=key, VersionId=version)
        except (BotoCoreError, ClientError) as error:
            refuse(error)


def _kept(found: dict[str, Any]) -> ObjectVersion:
    return ObjectVersion(
        key=found["Key"],
        version=found["VersionId"],
        latest=found["IsLatest"],
        size=found["Size"],
        etag=found["ETag"].strip('"'),
    )


def _marks(page: dict[str, Any]) -> Iterator[ObjectVersion]:
    for found in page.get("DeleteMarkers", ()):
        yield ObjectVersion(found["Key"], found["VersionId"], found["IsLatest"], deleted=True)
