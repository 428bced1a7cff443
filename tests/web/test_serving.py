"""gunicorn stops without cutting anybody off, and is not held by clients that trickle."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from app import stopping
from app.models import Heartbeat
from local.http_check import status_of
from tests.web.gunicorn_side import Load, Served, serving
from tests.web.page_side import browser, person

SLOW_POST = (
    b"POST /webhooks/twilio/inbound/call HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"X-Twilio-Signature: bm9wZQ==\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 40\r\n\r\n"
)


@pytest.fixture
def served(surroundings, settings, tmp_path) -> Iterator[Served]:
    # Without a clock it would be red from the beginning.
    Heartbeat(name="clock", at=datetime.now(UTC) + timedelta(hours=1)).save()
    with serving(tmp_path, surroundings, WEB_DRAIN_SECONDS="3") as found:
        yield found


@pytest.mark.parametrize("kept_alive", [False, True])
def test_a_stop_under_load_breaks_no_request(served, kept_alive) -> None:
    dispatcher = served.log_in(person("dispatcher"))
    load = Load(served, kept_alive)
    threads = load.run(8)
    time.sleep(1)
    before = load.answered
    slow = begin_slowly(served)
    with dispatcher.get(f"{served.url}/live", stream=True, timeout=20) as stream:
        served.tell_to_stop()
        pieces = list(stream.iter_content(None))
    # The stream was ended in good order, or this would have raised.
    assert pieces[0].startswith(b"retry:")
    assert finish_slowly(slow).startswith(b"HTTP/1.1 403")
    for thread in threads:
        thread.join(30)
    assert served.wait_for_the_end() < 20
    assert load.broken == []
    assert before > 100
    assert load.answered > before
    print(f"{load.answered} requests answered, none broken")


def begin_slowly(served: Served) -> socket.socket:
    """A request of which half is there when the stop begins."""
    connection = served.connect()
    connection.sendall(SLOW_POST + b"x" * 20)
    return connection


def finish_slowly(connection: socket.socket) -> bytes:
    """The answer, after the rest has come."""
    with connection:
        connection.sendall(b"x" * 20)
        return connection.recv(65536)


def test_red_comes_first_and_requests_go_on_meanwhile(served) -> None:
    assert status_of(served.port, "/readyz") == 200
    served.tell_to_stop()
    time.sleep(0.5)
    answer = requests.get(f"{served.url}/readyz", timeout=5)
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "stopping": True})
    for _ in range(20):
        assert status_of(served.port, "/healthz") == 200
    assert served.wait_for_the_end() > 1
    with pytest.raises(OSError, match="refused"):
        status_of(served.port, "/healthz")


def test_told_twice_it_stops_once(served) -> None:
    served.tell_to_stop()
    workers = subprocess.run(
        ["ps", "--ppid", str(served.pid), "-o", "pid="], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(workers) == 2
    # As a supervisor does that tells the whole group.
    subprocess.run(["kill", "-TERM", *workers], check=True)
    time.sleep(0.5)
    assert status_of(served.port, "/healthz") == 200
    served.wait_for_the_end()
    assert "Traceback" not in served.log()


def test_without_a_drain_it_stops_at_once(surroundings, settings, tmp_path) -> None:
    with serving(tmp_path, surroundings, WEB_DRAIN_SECONDS="0") as served:
        dispatcher = served.log_in(person("dispatcher"))
        stream = dispatcher.get(f"{served.url}/live", stream=True, timeout=20)
        next(stream.iter_content(None))
        served.tell_to_stop()
        list(stream.iter_content(None))
        assert served.wait_for_the_end() < 10


def test_a_page_that_listens_is_let_go_when_the_process_stops(client, monkeypatch) -> None:
    final = threading.Event()
    monkeypatch.setattr(stopping, "_final", final)
    answer = browser(client, person("dispatcher")).get("/live", buffered=False)
    pieces = answer.iter_encoded()
    next(pieces)
    final.set()
    assert b"event: gone" not in b"".join(pieces)
    answer.close()


@pytest.fixture
def impatient(surroundings, settings, tmp_path) -> Iterator[Served]:
    """One process with as many threads as ever, whose patience ends soon."""
    extra = {"WEB_CONCURRENCY": "1", "WEB_DRAIN_SECONDS": "0", "WEB_GRACE_SECONDS": "2"}
    with serving(tmp_path, surroundings, **extra) as found:
        yield found


def trickle(served: Served, first: bytes, over: threading.Event) -> socket.socket:
    """Send the beginning, then a byte now and then, until told or thrown out."""
    connection = served.connect()
    connection.sendall(first)

    def go_on() -> None:
        try:
            while not over.wait(0.3):
                connection.sendall(b"x")
        except OSError:
            pass

    threading.Thread(target=go_on, daemon=True).start()
    return connection


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"", id="head"),
        pytest.param(SLOW_POST.replace(b": 40", b": 60000"), b"HTTP/1.1 408", id="body"),
        pytest.param(
            SLOW_POST.replace(b"Content-Length: 40", b"Transfer-Encoding: chunked") + b"1000\r\n",
            b"HTTP/1.1 408",
            id="chunks",
        ),
    ],
)
def test_who_trickles_a_request_is_let_go_and_others_are_answered(impatient, first, answer) -> None:
    over = threading.Event()
    try:
        held = [trickle(impatient, first, over) for _ in range(40)]
        # More than there are threads: others wait for a while, and are answered.
        assert requests.get(f"{impatient.url}/healthz", timeout=25).ok
        for each in held:
            each.settimeout(25)
            assert received(each).startswith(answer)
    finally:
        over.set()
    assert "Traceback" not in impatient.log()


def test_who_never_hangs_up_holds_nobody_up(impatient) -> None:
    held = [impatient.connect() for _ in range(10)]
    for each in held:
        each.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert received_and_kept(each).startswith(b"HTTP/1.1 200")
    assert requests.get(f"{impatient.url}/healthz", timeout=8).ok
    for each in held:
        each.close()


@pytest.mark.parametrize("path", ["/api/v1/auth/token", "/login"])
def test_a_body_in_broken_chunks_is_a_bad_request_and_no_error_of_ours(impatient, path) -> None:
    connection = impatient.connect()
    connection.sendall(
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n".encode()
    )
    assert received(connection).startswith(b"HTTP/1.1 400")
    assert "Traceback" not in impatient.log()


def received_and_kept(connection: socket.socket) -> bytes:
    return connection.recv(65536)


def received(connection: socket.socket) -> bytes:
    found = b""
    with connection:
        try:
            while piece := connection.recv(65536):
                found += piece
        except ConnectionResetError:
            pass
    return found


def test_a_large_body_may_take_the_time_that_its_size_needs(impatient) -> None:
    connection = impatient.connect()
    size = 40_000
    connection.sendall(SLOW_POST.replace(b": 40", f": {size}".encode()))
    began = time.monotonic()
    for _ in range(8):
        time.sleep(0.5)
        connection.sendall(b"x" * (size // 8))
    assert time.monotonic() - began > 3.5
    assert received_head(connection).startswith(b"HTTP/1.1 403")


def received_head(connection: socket.socket) -> bytes:
    with connection:
        return connection.recv(65536)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 9000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-Many: a\r\n" * 70 + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", b"400"),
    ],
)
def test_a_head_that_is_too_much_is_refused(impatient, head, status) -> None:
    connection = impatient.connect()
    connection.sendall(head)
    assert received_head(connection).split()[1] == status


def test_what_a_client_says_about_itself_changes_nothing(impatient) -> None:
    forged = {"X-Forwarded-Proto": "https", "SCRIPT_NAME": "/x", "PATH_INFO": "/metrics"}
    answer = requests.get(f"{impatient.url}/healthz", headers=forged, timeout=5)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["X-Request-Id"]
