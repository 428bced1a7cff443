"""The embedded stack on real parts: what it gives, what it refuses, and what survives."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import redis
from botocore.config import Config
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from redis.backoff import NoBackoff
from redis.retry import Retry
from twilio.rest import Client as TwilioClient

from local.environment_file import environment_file
from local.folder_lock import FolderInUseError
from local.ports import PortError
from local.product import product_processes
from local.secrets_file import SecretsError
from local.stack import LocalStack, default_folder
from tests.local.waiting import is_alive, wait_until

BASICS = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
GIVEN_BY_PART = {
    "mongodb": {"MONGODB_URI"},
    "redis": {"REDIS_URL"},
    "s3": {
        "S3_ENDPOINT_URL",
        "S3_BUCKET",
        "S3_ACCESS_KEY_ID",
        "S3_SECRET_ACCESS_KEY",
        "S3_REGION",
    },
    "carrier": {
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_FROM_NUMBER",
        "TWILIO_API_URL",
    },
}
GIVEN_ALWAYS = {
    "SECRET_KEY",
    "FIELD_ENCRYPTION_KEY",
    "VAPID_PRIVATE_KEY",
    "VAPID_SUBJECT",
    "WHISPER_MODEL",
}
# A runner in the background ignores Ctrl-C, and its children inherit that; a terminal does not.
RUN_A_STACK = """
import json, os, signal, sys, time
from pathlib import Path
from local.stack import LocalStack

signal.signal(signal.SIGINT, signal.default_int_handler)

with LocalStack(Path(sys.argv[1]), environ=os.environ) as stack:
    given = stack.start()
    pids = [stack.supervisor.pid(name) for name in stack.parts]
    try:
        print(json.dumps({"given": given, "pids": pids}), flush=True)
        time.sleep(300)
    except KeyboardInterrupt:
        print("stopping", flush=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("delauto")


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[LocalStack]:
    with LocalStack(folder, environ=BASICS) as made:
        yield made


@pytest.fixture(scope="module")
def given(stack: LocalStack) -> dict[str, str]:
    return stack.start()


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


@contextmanager
def mongodb(given: Mapping[str, str]) -> Iterator[MongoClient[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](given["MONGODB_URI"], serverSelectionTimeoutMS=5000) as client:
        yield client


def bucket(given: Mapping[str, str]) -> Any:
    return boto3.resource(
        "s3",
        endpoint_url=given["S3_ENDPOINT_URL"],
        aws_access_key_id=given["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=given["S3_SECRET_ACCESS_KEY"],
        region_name=given["S3_REGION"],
        config=Config(signature_version="s3v4"),
    ).Bucket(given["S3_BUCKET"])


def fill(given: Mapping[str, str]) -> None:
    """Leave a document, a queue entry and an object behind."""
    with mongodb(given) as client:
        client.get_default_database()["deliveries"].insert_one({"reference": "R-1"})
    with redis.from_url(given["REDIS_URL"]) as connection:
        connection.rpush("queue", "d1")
    bucket(given).put_object(Key="calls/1.wav", Body=b"RIFF", Metadata={"delivery_id": "d1"})


def assert_filled(given: Mapping[str, str]) -> None:
    with mongodb(given) as client:
        documents = list(client.get_default_database()["deliveries"].find())
    assert [document["reference"] for document in documents] == ["R-1"]
    with redis.from_url(given["REDIS_URL"]) as connection:
        assert connection.lrange("queue", 0, -1) == [b"d1"]
    stored = bucket(given).Object("calls/1.wav").get()
    assert stored["Body"].read() == b"RIFF"
    assert stored["Metadata"] == {"delivery_id": "d1"}


@contextmanager
def stack_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Run a stack in a process of its own; yields it and what it printed when it was up."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN_A_STACK, str(folder)],
        env=BASICS,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_a_started_stack_gives_every_variable(given: dict[str, str]) -> None:
    assert set(given) == GIVEN_ALWAYS.union(*GIVEN_BY_PART.values())
    assert all(given.values())
    assert given["WHISPER_MODEL"] == "embedded"
    assert len(urlsafe_b64decode(given["FIELD_ENCRYPTION_KEY"])) == 32


def test_every_part_is_named_with_its_address(stack: LocalStack, given: dict[str, str]) -> None:
    assert list(stack.parts) == ["mongodb", "redis", "s3", "carrier"]
    assert stack.parts["s3"] == given["S3_ENDPOINT_URL"]
    assert not any(secret in str(stack.parts) for secret in secrets_of(given))


def secrets_of(given: Mapping[str, str]) -> list[str]:
    names = ("S3_SECRET_ACCESS_KEY", "TWILIO_AUTH_TOKEN", "SECRET_KEY", "FIELD_ENCRYPTION_KEY")
    password = urlsplit(given["REDIS_URL"]).password
    assert password
    return [*(given[name] for name in names), password]


def test_secrets_are_private(stack: LocalStack, given: dict[str, str]) -> None:
    file = stack.folder / "secrets.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shown = "".join(log.read_text() for log in (stack.folder / "logs").iterdir())
    for name in stack.parts:
        shown += Path(f"/proc/{stack.supervisor.pid(name)}/cmdline").read_text()
    assert not any(secret in shown for secret in secrets_of(given))


def test_a_part_knows_no_secret_but_its_own(stack: LocalStack, given: dict[str, str]) -> None:
    for part, known in (("mongodb", ""), ("s3", "S3_SECRET_ACCESS_KEY")):
        environment = Path(f"/proc/{stack.supervisor.pid(part)}/environ").read_text()
        allowed = given.get(known)
        assert not [s for s in secrets_of(given) if s != allowed and s in environment]


def test_a_transaction_is_undone_as_a_whole(given: dict[str, str]) -> None:
    def fail_half_way(session: Any) -> None:
        database["a"].insert_one({"n": 1}, session=session)
        database["b"].insert_one({"n": 1}, session=session)
        raise KeyError

    with mongodb(given) as client:
        database = client["transactions"]
        with client.start_session() as session:
            with pytest.raises(KeyError):
                session.with_transaction(fail_half_way)
            assert database["a"].count_documents({}) == 0
            session.with_transaction(lambda s: database["a"].insert_one({"n": 2}, session=s))
        assert [document["n"] for document in database["a"].find()] == [2]


def test_a_change_is_streamed(given: dict[str, str]) -> None:
    with mongodb(given) as client:
        deliveries = client["streams"]["deliveries"]
        with deliveries.watch(max_await_time_ms=10_000) as changes:
            deliveries.insert_one({"reference": "R-9"})
            assert changes.next()["fullDocument"]["reference"] == "R-9"


def test_redis_keeps_what_is_queued_and_wants_its_password(given: dict[str, str]) -> None:
    with redis.from_url(given["REDIS_URL"]) as connection:
        assert connection.config_get("appendonly") == {"appendonly": "yes"}
        assert connection.config_get("appendfsync") == {"appendfsync": "everysec"}
        assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    at_once = Retry(NoBackoff(), retries=0)
    port = port_of(given["REDIS_URL"])
    with (
        redis.Redis(port=port, retry=at_once) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_the_carrier_answers_twilios_own_client(given: dict[str, str]) -> None:
    client = TwilioClient(given["TWILIO_ACCOUNT_SID"], given["TWILIO_AUTH_TOKEN"])
    client.api.base_url = given["TWILIO_API_URL"]
    assert client.calls.list(limit=1) == []


def test_a_part_that_crashes_comes_back_with_its_data(
    stack: LocalStack, given: dict[str, str]
) -> None:
    with mongodb(given) as client:
        client["crash"]["kept"].insert_one({"n": 1})
    before = stack.supervisor.pid("mongodb")

    stack.supervisor.kill("mongodb")

    def is_back() -> bool:
        with mongodb(given) as client:
            try:
                return bool(client["crash"]["kept"].count_documents({"n": 1}))
            except PyMongoError:
                return False

    wait_until(lambda: stack.supervisor.pid("mongodb") not in (None, before) and is_back())


@pytest.mark.usefixtures("given")
def test_a_second_stack_on_the_same_folder_is_refused(folder: Path, stack: LocalStack) -> None:
    with pytest.raises(FolderInUseError) as caught:
        LocalStack(folder, environ=BASICS).start()
    assert str(folder) in str(caught.value)
    assert str(os.getpid()) in str(caught.value)
    assert "DELAUTO_HOME" in str(caught.value)
    assert all(stack.supervisor.running().values())


@pytest.mark.parametrize(
    ("part", "variable"),
    [
        ("mongodb", "MONGODB_URI"),
        ("redis", "REDIS_URL"),
        ("s3", "S3_ENDPOINT_URL"),
        ("carrier", "TWILIO_API_URL"),
    ],
)
def test_a_part_that_the_user_brings_is_alone_left_out(
    tmp_path: Path, given: dict[str, str], part: str, variable: str
) -> None:
    """Each of these stacks also runs beside the one that the other tests share."""
    environ = {**BASICS, variable: given[variable], "SECRET_KEY": "the-users-own"}
    with LocalStack(tmp_path, environ=environ) as other:
        variables = other.start()
        assert set(other.parts) == set(GIVEN_BY_PART) - {part}
        expected = GIVEN_ALWAYS.union(*GIVEN_BY_PART.values()) - GIVEN_BY_PART[part]
        assert set(variables) == expected - {"SECRET_KEY"}
        beside = set(GIVEN_BY_PART) - {part, "s3", "carrier"}
        for name in {next(iter(GIVEN_BY_PART[each])) for each in beside}:
            assert variables[name] != given[name]


def test_where_the_user_brings_everything_nothing_is_started(tmp_path: Path) -> None:
    brought = ("MONGODB_URI", "REDIS_URL", "S3_ENDPOINT_URL", "TWILIO_ACCOUNT_SID")
    with LocalStack(tmp_path, environ={**BASICS, **dict.fromkeys(brought, "x")}) as stack:
        assert set(stack.start()) == GIVEN_ALWAYS
        assert stack.parts == {}
        assert stack.supervisor.running() == {}


def test_a_fixed_port_in_use_is_refused_in_clear_words(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        stack = LocalStack(tmp_path, environ={**BASICS, "DELAUTO_PORT_REDIS": port})
        with pytest.raises(PortError) as caught:
            stack.start()
    assert port in str(caught.value)
    assert "DELAUTO_PORT_REDIS" in str(caught.value)
    assert not any(stack.supervisor.running().values())
    assert not (tmp_path / "stack.pid").exists()


def test_a_damaged_file_of_secrets_is_refused_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text("{")
    with pytest.raises(SecretsError, match=r"secrets\.json is damaged"):
        LocalStack(tmp_path, environ=BASICS).start()
    assert file.read_text() == "{"


def test_nothing_outlives_a_killed_stack_and_nothing_that_it_kept_is_lost(tmp_path: Path) -> None:
    with stack_process(tmp_path) as (process, printed):
        assert len(printed["pids"]) == 4
        assert all(is_alive(pid) for pid in printed["pids"])
        fill(printed["given"])
        process.send_signal(signal.SIGKILL)
        wait_until(lambda: not any(is_alive(pid) for pid in printed["pids"]), seconds=5)

    with LocalStack(tmp_path, environ=BASICS) as again:
        assert again.start() == printed["given"]
        assert_filled(printed["given"])


def test_a_stack_whose_ports_have_changed_keeps_what_it_has(tmp_path: Path) -> None:
    with LocalStack(tmp_path, environ=BASICS) as first:
        before = first.start()
        fill(before)
    with socket.socket() as taken, socket.socket() as probe:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port_of(before["REDIS_URL"])))
        taken.listen()
        probe.bind(("127.0.0.1", 0))
        chosen = probe.getsockname()[1]
        probe.close()
        environ = {**BASICS, "DELAUTO_PORT_MONGODB": str(chosen)}
        with LocalStack(tmp_path, environ=environ) as moved:
            given = moved.start()
            assert_filled(given)
            assert port_of(given["MONGODB_URI"]) == chosen
            assert port_of(given["REDIS_URL"]) != port_of(before["REDIS_URL"])
            assert given["S3_ENDPOINT_URL"] == before["S3_ENDPOINT_URL"]
            with mongodb(given) as client:
                hello = client.admin.command("hello")
                assert (hello["isWritablePrimary"], hello["primary"]) == (
                    True,
                    f"127.0.0.1:{chosen}",
                )


def test_ctrl_c_stops_everything_in_order_and_quietly(tmp_path: Path) -> None:
    with stack_process(tmp_path) as (process, printed):
        os.killpg(process.pid, signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output == "stopping\n"
    assert errors == ""
    assert not any(is_alive(pid) for pid in printed["pids"])
    logs = {log.name: log.read_text() for log in (tmp_path / "logs").iterdir()}
    assert set(logs) == {"mongodb.log", "redis.log", "s3.log", "carrier.log"}
    assert "Traceback" not in "".join(logs.values())
    assert "Shutting down" in logs["mongodb.log"]
    assert not (tmp_path / "stack.pid").exists()


def test_the_folder_is_delauto_home_or_one_in_the_working_folder() -> None:
    assert default_folder({"DELAUTO_HOME": "/srv/delauto"}) == Path("/srv/delauto")
    assert default_folder({}) == Path.cwd() / ".delauto"


def test_the_product_is_one_web_server_a_worker_for_each_queue_and_a_clock() -> None:
    processes = {each.name: each for each in product_processes({"A": "b"}, 8123)}
    assert list(processes) == ["web", "calls", "answers", "speech", "webhooks", "clock"]
    assert "127.0.0.1:8123" in processes["web"].argv
    assert processes["speech"].argv[-3:] == ["app.cli", "worker", "speech"]
    assert processes["clock"].argv[-2:] == ["app.cli", "clock"]
    assert all(each.restart and each.environment["A"] == "b" for each in processes.values())


def test_another_terminal_can_read_the_settings_while_the_stack_runs(tmp_path: Path) -> None:
    awkward = {"S3_BUCKET": "it's $HOME `x`", "SECRET_KEY": "k" * 40, "HOME": "/nowhere"}
    with environment_file(tmp_path, awkward) as file:
        assert file.stat().st_mode & 0o777 == 0o600
        script = f'set -a; . {file}; set +a; env | grep -E "^(S3_BUCKET|SECRET_KEY|HOME)="'
        shell = subprocess.run(
            ["/bin/sh", "-c", script], capture_output=True, text=True, check=True, env={}
        )
        assert set(shell.stdout.splitlines()) == {
            f"S3_BUCKET={awkward['S3_BUCKET']}",
            f"SECRET_KEY={awkward['SECRET_KEY']}",
        }
    assert not file.exists()
