"""Recordings' audio: from one address alone, whole, sound, and no larger than can be."""

from __future__ import annotations

import io
import socket
import struct
import threading
import wave
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import PermanentError, TransientError
from app.gateways import twilio_media, wav
from app.gateways.twilio_voice import TwilioVoice
from tests.factories import sid
from tests.gateways.http_side import reply, server

ACCOUNT = "AC" + "0" * 32


def audio(seconds: float = 1.0, rate: int = 8000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(b"\x01\x02" * int(seconds * rate))
    return file.getvalue()


def fetched(url: str, name: str | None = None) -> bytes:
    return TwilioVoice(ACCOUNT, "token-token", url).download_recording(name or sid("RE"))


def test_audio_is_fetched_with_our_credentials_from_our_account() -> None:
    seen = []

    def answer(handler) -> None:
        seen.append((handler.path, handler.headers.get("Authorization", "")))
        reply(200, audio(), "audio/x-wav")(handler)

    name = sid("RE")
    with server(answer) as url:
        assert fetched(url, name) == audio()
    ((path, authorization),) = seen
    assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{name}.wav"
    assert authorization.startswith("Basic ")


@pytest.mark.parametrize("name", ["", "RE1", "../secrets", "RE" + "g" * 32, "CA" + "0" * 32])
def test_an_id_that_is_none_is_never_asked_for(name) -> None:
    with pytest.raises(PermanentError, match="no recording's id"):
        twilio_media.download("http://127.0.0.1:1", (ACCOUNT, "token"), name)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 500, 503])
def test_what_is_not_there_yet_is_asked_for_again(status) -> None:
    with server(reply(status, b"{}")) as url, pytest.raises(TransientError, match=str(status)):
        fetched(url)


def test_a_recording_that_the_network_does_not_know_is_asked_for_again(settings) -> None:
    with pytest.raises(TransientError, match="404"):
        TwilioVoice(
            settings.twilio_account_sid, settings.auth_tokens[0], settings.twilio_api_url
        ).download_recording(sid("RE"))


def test_the_networks_recordings_of_a_day_are_listed(settings) -> None:
    voice = TwilioVoice(
        settings.twilio_account_sid, settings.auth_tokens[0], settings.twilio_api_url
    )
    until = datetime.now(UTC) - timedelta(days=300)
    assert voice.find_recordings_since(until - timedelta(days=1), until) == []


ERROR = b"<?xml version='1.0' encoding='UTF-8'?><TwilioResponse><RestException/></TwilioResponse>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (ERROR, "application/xml"),
        (ERROR, "audio/x-wav"),
        (audio(), "text/html"),
        (b"", "audio/x-wav"),
        (b"ID3\x04mp3", "audio/mpeg"),
        (audio()[:-2], "audio/x-wav"),
        (audio()[:30], "audio/x-wav"),
        (b"RIFF\x04\x00\x00\x00WAVE", "audio/x-wav"),
    ],
)
def test_what_is_no_whole_sound_is_never_taken_for_it(body, kind) -> None:
    with server(reply(200, body, kind)) as url, pytest.raises(TransientError, match="WAV"):
        fetched(url)


def test_a_connection_that_breaks_in_the_middle_is_transient() -> None:
    def half(handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "audio/x-wav")
        handler.send_header("Content-Length", str(len(audio())))
        handler.end_headers()
        handler.wfile.write(audio()[:500])

    with server(half) as url, pytest.raises(TransientError, match="could not be fetched"):
        fetched(url)


def test_a_recording_without_end_is_cut_off() -> None:
    def endless(handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "audio/x-wav")
        handler.end_headers()
        try:
            for _ in range(400):
                handler.wfile.write(b"RIFF\xff\xff\xff\xffWAVE" * 8192)
        except OSError:
            pass

    with server(endless) as url, pytest.raises(PermanentError, match="more than"):
        fetched(url)


def test_a_recording_of_more_than_ten_minutes_is_refused() -> None:
    body = audio(601, rate=1000)
    with (
        server(reply(200, body, "audio/x-wav")) as url,
        pytest.raises(PermanentError, match="long"),
    ):
        fetched(url)


def test_credentials_never_follow_a_redirect() -> None:
    seen = []

    def answer(handler) -> None:
        seen.append((handler.path, handler.headers.get("Authorization")))
        if handler.path == "/media":
            reply(200, audio(), "audio/x-wav")(handler)
        else:
            reply(307, Location="/media")(handler)

    with server(answer) as url:
        assert fetched(url) == audio()
    assert seen[1] == ("/media", None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_without_tls_is_not_followed(status) -> None:
    seen = []

    def elsewhere(handler) -> None:
        seen.append(handler.path)
        reply(200, audio(), "audio/x-wav")(handler)

    with (
        server(elsewhere) as other,
        server(reply(status, Location=other + "/x")) as url,
        pytest.raises(PermanentError, match="TLS"),
    ):
        fetched(url)
    assert seen == []


def test_a_redirect_to_a_private_address_hears_nothing_from_us() -> None:
    heard = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def accept() -> None:
            connection, _ = listener.accept()
            with connection:
                heard.append(connection.recv(1000))

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        private = f"https://localhost:{listener.getsockname()[1]}/x"
        with server(reply(302, Location=private)) as url, pytest.raises(TransientError):
            fetched(url)
        thread.join(10)
    assert heard == [b""]


def test_redirects_in_a_circle_end() -> None:
    with server(reply(302, Location="/again")) as url, pytest.raises(TransientError, match="again"):
        fetched(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:0a00:0001::", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address, public) -> None:
    assert twilio_media.is_public(address) is public


@pytest.mark.parametrize("seconds", [0.0, 0.5, 3.0])
def test_a_wav_says_how_long_it_is(seconds) -> None:
    assert wav.seconds(audio(seconds)) == pytest.approx(seconds)


def test_a_wav_whose_writer_did_not_know_its_size_is_read_to_the_end() -> None:
    content = bytearray(audio(2))
    struct.pack_into("<I", content, 4, 0xFFFFFFFF)
    struct.pack_into("<I", content, content.index(b"data") + 4, 0xFFFFFFFF)
    assert wav.seconds(bytes(content)) == pytest.approx(2.0)


@given(at=st.integers(0, 59), value=st.integers(0, 255), cut=st.integers(0, 120))
def test_no_damage_to_a_header_is_more_than_a_refusal(at, value, cut) -> None:
    content = bytearray(audio(0.005))
    content[min(at, len(content) - 1)] = value
    with suppress(ValueError):
        assert wav.seconds(bytes(content[: len(content) - cut])) >= 0
