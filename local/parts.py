"""The four parts of the outside world: what replaces each, how it runs, what it gives."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.http_check import status_of
from local.mongodb import mongodb_process, mongodb_uri
from local.redis_server import redis_process, redis_url
from local.secrets_file import FROM_NUMBER
from local.supervisor import Process

BUCKET = "delauto"
REGION = "eu-central-1"
ENVIRONMENT_FOR_CHILDREN = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "VIRTUAL_ENV",
)


@dataclass(frozen=True, slots=True)
class World:
    """What every part may need to know: where data goes, the secrets, the carrier's options."""

    folder: Path
    secrets: Mapping[str, str]
    environ: Mapping[str, str]
    speed: float
    personas: Path | None

    def child_environment(self, *secret_names: str) -> dict[str, str]:
        """Return a child's whole environment: the basics and the secrets it is meant to know."""
        basics = {
            name: self.environ[name] for name in ENVIRONMENT_FOR_CHILDREN if name in self.environ
        }
        known = {name: self.secrets[name] for name in secret_names}
        return {**basics, "PYTHONUNBUFFERED": "1", **known}


@dataclass(frozen=True, slots=True)
class Part:
    """One part: the variables of which any replaces it, its process, and the variables it gives."""

    name: str
    replaced_by: tuple[str, ...]
    process: Callable[[World, int], Process]
    variables: Callable[[World, int], dict[str, str]]
    address: Callable[[int], str]
    prepare: Callable[[World, int], None] | None = None

    def is_replaced(self, environ: Mapping[str, str]) -> bool:
        """Say whether the user brings this part."""
        return any(environ.get(variable) for variable in self.replaced_by)


def _mongodb(world: World, port: int) -> Process:
    return mongodb_process(world.folder, port, world.child_environment())


def _redis(world: World, port: int) -> Process:
    password = world.secrets["REDIS_PASSWORD"]
    return redis_process(world.folder, port, password, world.child_environment())


def _s3(world: World, port: int) -> Process:
    folder = world.folder / "s3"
    argv = [sys.executable, "-m", "local.s3_server", "--port", str(port), "--folder", str(folder)]
    return Process(
        name="s3",
        argv=argv,
        environment=world.child_environment("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"),
        ready=lambda: status_of(port, "/") == HTTPStatus.FORBIDDEN,
        ready_seconds=120,
    )


def _carrier(world: World, port: int) -> Process:
    account = world.secrets["TWILIO_ACCOUNT_SID"]
    folder = world.folder / "carrier"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    argv = [sys.executable, "-m", "local.carrier", "--port", str(port), "--account-sid", account]
    argv += ["--folder", str(folder), "--speed", str(world.speed)]
    if world.personas is not None:
        argv += ["--personas", str(world.personas)]
    pair = f"{account}:{world.secrets['TWILIO_AUTH_TOKEN']}".encode()
    authorization = f"Basic {base64.b64encode(pair).decode()}"
    path = f"/2010-04-01/Accounts/{account}/Calls.json"
    return Process(
        name="carrier",
        argv=argv,
        environment=world.child_environment("TWILIO_AUTH_TOKEN"),
        ready=lambda: status_of(port, path, authorization) == HTTPStatus.OK,
    )


def _s3_variables(world: World, port: int) -> dict[str, str]:
    return {
        "S3_ENDPOINT_URL": _http(port),
        "S3_BUCKET": world.environ.get("S3_BUCKET") or BUCKET,
        "S3_ACCESS_KEY_ID": world.secrets["S3_ACCESS_KEY_ID"],
        "S3_SECRET_ACCESS_KEY": world.secrets["S3_SECRET_ACCESS_KEY"],
        "S3_REGION": REGION,
    }


def _carrier_variables(world: World, port: int) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": world.secrets["TWILIO_ACCOUNT_SID"],
        "TWILIO_AUTH_TOKEN": world.secrets["TWILIO_AUTH_TOKEN"],
        "TWILIO_FROM_NUMBER": world.environ.get("TWILIO_FROM_NUMBER") or FROM_NUMBER,
        "TWILIO_API_URL": _http(port),
    }


def _create_bucket(world: World, port: int) -> None:
    given = _s3_variables(world, port)
    client: Any = boto3.client(
        "s3",
        endpoint_url=given["S3_ENDPOINT_URL"],
        aws_access_key_id=given["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=given["S3_SECRET_ACCESS_KEY"],
        region_name=given["S3_REGION"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, proxies={}),
    )
    try:
        client.head_bucket(Bucket=given["S3_BUCKET"])
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.NOT_FOUND:
            raise
        where = {"LocationConstraint": given["S3_REGION"]}
        client.create_bucket(Bucket=given["S3_BUCKET"], CreateBucketConfiguration=where)
    finally:
        client.close()


def _http(port: int) -> str:
    return f"http://127.0.0.1:{port}"


PARTS: tuple[Part, ...] = (
    Part(
        name="mongodb",
        replaced_by=("MONGODB_URI",),
        process=_mongodb,
        variables=lambda _world, port: {"MONGODB_URI": mongodb_uri(port)},
        address=lambda port: f"mongodb://127.0.0.1:{port}",
    ),
    Part(
        name="redis",
        replaced_by=("REDIS_URL",),
        process=_redis,
        variables=lambda world, port: {
            "REDIS_URL": redis_url(port, world.secrets["REDIS_PASSWORD"])
        },
        address=lambda port: f"redis://127.0.0.1:{port}",
    ),
    Part(
        name="s3",
        replaced_by=("S3_ENDPOINT_URL",),
        process=_s3,
        variables=_s3_variables,
        address=_http,
        prepare=_create_bucket,
    ),
    Part(
        name="carrier",
        replaced_by=("TWILIO_API_URL", "TWILIO_ACCOUNT_SID"),
        process=_carrier,
        variables=_carrier_variables,
        address=_http,
    ),
)
