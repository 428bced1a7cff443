"""Posting to subscribers: what is sent, what comes of it, and that nobody leads us astray."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

import pytest
from aiohttp.abc import AbstractResolver
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.gateways import Answered, NotAnswered, Parcel
from app.gateways.webhook_posts import MOST_KEPT, WebhookPosts
from app.rules.webhooks.addresses import Target, target
from tests.gateways.http_side import reply, server

NAME = "hooks.shop.example"
NOT_PUBLIC = "the address is not of the public internet"


def parcel(url: str) -> Parcel:
    return Parcel(url, b'{"a": 1}', {"content-type": "application/json", "webhook-id": "evt_1"})


def sent(posts: WebhookPosts, url: str) -> Answered | NotAnswered:
    (result,) = posts.send([parcel(url)])
    return result


def loopback(**options) -> WebhookPosts:
    return WebhookPosts(to_loopback=True, **options)


class Names(AbstractResolver):
    """A name server: each look-up gets the next of these answers, the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise socket.gaierror(-2, "Name or service not known")
        return [
            {
                "hostname": host,
                "host": each,
                "port": port,
                "family": socket.AF_INET6 if ":" in each else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for each in found
        ]

    async def close(self) -> None:
        pass


def test_a_post_arrives_as_it_was_made() -> None:
    seen = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["Content-Length"])
        seen.append((handler.command, handler.path, handler.rfile.read(length), handler.headers))
        reply(200, b"thanks")(handler)

    with server(answer) as url:
        result = sent(loopback(), f"{url}/hook?token=a%2Fb&x=1")
    assert isinstance(result, Answered)
    assert (result.status, result.body) == (200, "thanks")
    ((method, path, body, headers),) = seen
    assert (method, path, body) == ("POST", "/hook?token=a%2Fb&x=1", b'{"a": 1}')
    assert headers["webhook-id"] == "evt_1"
    assert headers.get_all("content-type") == ["application/json"]
    assert headers["user-agent"] == "DelAuto-Webhooks/1"


@pytest.mark.parametrize("status", [204, 301, 400, 404, 410, 429, 500, 503])
def test_every_answer_is_told(status) -> None:
    with server(reply(status)) as url:
        result = sent(loopback(), url)
    assert isinstance(result, Answered)
    assert result.status == status


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status) -> None:
    visited = []

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        visited.append(handler.path)
        reply(200)(handler)

    with server(elsewhere) as other, server(reply(status, Location=f"{other}/stolen")) as url:
        result = sent(loopback(), url)
    assert isinstance(result, Answered)
    assert result.status == status
    assert visited == []


@pytest.mark.parametrize(
    ("header", "asked"),
    [("120", 120.0), ("0", 0.0), ("soon", None), ("-5", None), ("٣", None), ("9" * 30, None),
     ("Wed, 21 Oct 2026 07:28:00 GMT", None)],
)  # fmt: skip
def test_how_long_it_wants_us_to_wait_is_read(header, asked) -> None:
    with server(reply(429, **{"Retry-After": header.encode().decode("latin-1")})) as url:
        result = sent(loopback(), url)
    assert isinstance(result, Answered)
    assert result.retry_after == asked


def test_of_a_huge_answer_only_the_beginning_is_read() -> None:
    written = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(500)
        handler.end_headers()
        try:
            for _ in range(2000):
                handler.wfile.write(b"x" * 65536)
                written.append(1)
        except OSError:
            pass

    with server(endless) as url:
        result = sent(loopback(), url)
    assert isinstance(result, Answered)
    assert result.body == "x" * MOST_KEPT
    assert len(written) < 2000


def test_a_packed_answer_is_not_unpacked() -> None:
    import gzip

    bomb = gzip.compress(b"0" * 10_000_000)
    with server(reply(200, bomb, **{"Content-Encoding": "gzip"})) as url:
        result = sent(loopback(), url)
    assert isinstance(result, Answered)
    assert "0000" not in result.body


def test_an_answer_that_is_no_text_is_kept_all_the_same() -> None:
    with server(reply(500, b"\xff\x00\xfe ok")) as url:
        result = sent(loopback(), url)
    assert isinstance(result, Answered)
    assert result.body == "\ufffd\ufffd ok"


def test_an_answer_whose_body_never_ends_counts_by_its_status() -> None:
    over = threading.Event()

    def dripping(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"ok")
        handler.wfile.flush()
        over.wait(20)

    with server(dripping) as url:
        result = sent(loopback(seconds=15), url)
        over.set()
    assert isinstance(result, Answered)
    assert (result.status, result.body) == (200, "ok")


@contextmanager
def raw(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does to each connection what a test wants."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                speak(connection)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        listening.close()


def hang(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize("speak", [hang, drip])
def test_who_never_finishes_is_waited_for_only_so_long(speak) -> None:
    with raw(speak) as url:
        began = time.monotonic()
        result = sent(loopback(seconds=0.5), url)
        took = time.monotonic() - began
    assert isinstance(result, NotAnswered)
    assert result.reason == "no answer in time"
    assert took < 10
    assert result.milliseconds >= 500


def test_who_hangs_does_not_keep_the_others_waiting() -> None:
    with raw(hang) as silent, server(reply(200)) as quick:
        first, second = loopback(seconds=1).send([parcel(silent), parcel(quick)])
    assert isinstance(first, NotAnswered)
    assert isinstance(second, Answered)
    assert second.milliseconds < first.milliseconds


@pytest.mark.parametrize(
    ("speak", "reason"),
    [
        (lambda c: c.recv(4096), "it hung up without an answer"),
        (
            lambda c: (c.recv(4096), c.sendall(b"SSH-2.0-OpenSSH_9\r\n")),
            "what it answered is not HTTP",
        ),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_none(speak, reason) -> None:
    with raw(speak) as url:
        assert sent(loopback(), url).reason == reason


def test_where_nobody_listens_nothing_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert sent(loopback(), f"http://127.0.0.1:{port}/").reason == "nothing answers at the address"


# --- Nobody leads us into our own network ------------------------------------------------------


@pytest.fixture
def inside() -> Iterator[tuple[int, list[str]]]:
    """A service of our own network, and what reached it."""
    reached: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reached.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args) -> None:
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True).start()
    yield httpd.server_port, reached
    httpd.shutdown()
    httpd.server_close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_our_own_machine_is_not_reached(inside, host) -> None:
    port, reached = inside
    for url in (f"http://{host}:{port}/", f"https://{host}:{port}/", f"https://{host}/"):
        assert sent(WebhookPosts(), url).reason == NOT_PUBLIC
    assert reached == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["10.0.0.7"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["fd00:ec2::254"],
        # One public address among them makes none of them better.
        ["8.8.8.8", "127.0.0.1"],
        ["2606:4700:4700::1111", "fe80::1"],
    ],
)
def test_a_name_that_leads_inside_is_not_followed(monkeypatch, addresses) -> None:
    made = []
    monkeypatch.setattr(socket, "socket", _counting(socket.socket, made))
    names = Names(addresses)
    result = sent(WebhookPosts(resolver=lambda: names), f"https://{NAME}/")
    assert result.reason == NOT_PUBLIC
    assert names.asked == [NAME]
    assert [each for each in made if each in (socket.AF_INET, socket.AF_INET6)] == []


def _counting(original, made):
    class Counted(original):
        def __init__(self, family=-1, *args, **kwargs) -> None:
            made.append(family)
            super().__init__(family, *args, **kwargs)

    return Counted


def test_a_number_that_slips_past_the_name_is_stopped_at_the_socket(inside) -> None:
    # As if the check of the address had a hole: the last gate holds by itself.
    port, reached = inside
    hole = Target("http", "127.0.0.1", port, "/")
    posts = WebhookPosts(check=lambda url: hole)
    assert sent(posts, "https://anything.example/").reason == NOT_PUBLIC
    assert reached == []


def test_a_name_that_changes_between_check_and_use_is_asked_once(authority) -> None:
    # 127.0.0.2 plays the public internet here, 127.0.0.1 our own network.
    with tls_server("127.0.0.2", authority, NAME) as (port, seen):
        names = Names(["127.0.0.2"], ["127.0.0.1"])
        posts = WebhookPosts(
            check=at(port),
            allowed=lambda address: address == "127.0.0.2",
            resolver=lambda: names,
            trust=authority.trust,
        )
        result = sent(posts, f"https://{NAME}/a")
        assert isinstance(result, Answered)
        assert seen == [(NAME, f"{NAME}:{port}")]
        assert names.asked == [NAME]
        # The next request asks anew, and finds that the name leads inside by now.
        assert sent(posts, f"https://{NAME}/a").reason == NOT_PUBLIC
        assert len(seen) == 1


def test_a_name_that_nobody_knows_is_told() -> None:
    names = Names([])
    result = sent(WebhookPosts(resolver=lambda: names), f"https://{NAME}/")
    assert result.reason == "there is no such name"


def test_the_environment_has_no_say(monkeypatch, inside, tmp_path) -> None:
    port, reached = inside
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login us password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    seen = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers.get("Authorization"))
        reply(200)(handler)

    with server(answer) as url:
        assert isinstance(sent(loopback(), url), Answered)
    assert seen == [None]
    assert reached == []


# --- TLS ---------------------------------------------------------------------------------------


class Authority:
    """Signs certificates; ``trust`` believes it."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests")])
        self.certificate = self._signed(self._name, self._key.public_key(), None)
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.trust = ssl.create_default_context(cadata=pem)

    def _signed(self, subject, public_key, name, days=1):
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=10))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=name is None, path_length=None), critical=True)
        )
        if name is not None:
            try:
                also = [x509.IPAddress(ipaddress.ip_address(name))]
            except ValueError:
                also = [x509.DNSName(name)]
            builder = builder.add_extension(x509.SubjectAlternativeName(also), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def context(self, name: str, folder, days: int = 1) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._signed(subject, key.public_key(), name, days)
        both = folder / f"{name}-{days}.pem"
        both.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        return context


@pytest.fixture
def authority(tmp_path) -> Authority:
    made = Authority()
    made.folder = tmp_path
    return made


@contextmanager
def tls_server(address: str, authority: Authority, certified: str, days: int = 1):
    """An HTTPS server; yields its port and, for each request, the name in TLS and in HTTP."""
    seen: list[tuple[str | None, str]] = []
    names: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append((names[-1] if names else None, self.headers["Host"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args) -> None:
            pass

    context = authority.context(certified, authority.folder, days)
    context.sni_callback = lambda sock, name, ctx: names.append(name)

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address) -> None:
            pass

        def get_request(self):
            connection, where = super().get_request()
            connection.settimeout(5)
            return context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            ), where

    httpd = Server((address, 0), Handler)
    threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield httpd.server_port, seen
    finally:
        httpd.shutdown()
        httpd.server_close()


def at(port: int) -> Callable[[str], Target]:
    """Leads to a test's port: those of subscribers cannot be opened here."""
    return lambda url: replace(target(url), port=port)


@pytest.mark.parametrize(
    ("certified", "days"), [("other.shop.example", 1), ("127.0.0.2", 1), (NAME, -1)]
)
def test_a_certificate_must_be_valid_for_the_name(authority, certified, days) -> None:
    with tls_server("127.0.0.2", authority, certified, days) as (port, seen):
        posts = WebhookPosts(
            check=at(port),
            allowed=lambda address: address == "127.0.0.2",
            resolver=lambda: Names(["127.0.0.2"]),
            trust=authority.trust,
        )
        result = sent(posts, f"https://{NAME}/")
    assert isinstance(result, NotAnswered)
    assert "certificate" in result.reason
    assert seen == []


def test_a_certificate_that_nobody_vouches_for_is_refused(authority) -> None:
    with tls_server("127.0.0.2", authority, NAME) as (port, seen):
        posts = WebhookPosts(
            check=at(port), allowed=lambda address: True, resolver=lambda: Names(["127.0.0.2"])
        )
        result = sent(posts, f"https://{NAME}/")
    assert "certificate" in result.reason
    assert seen == []
