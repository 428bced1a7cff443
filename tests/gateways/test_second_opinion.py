"""A second reader that may do anything: our side is back in time, and believes no form but one."""

from __future__ import annotations

import gzip
import socket
import time

import pytest

from app.gateways import NoOpinion, OpinionGiven, Question
from app.gateways.second_opinion import MOST_FAILURES, REST_SECONDS, ChatCompletions
from app.rules.second_opinion import schema
from tests.gateways import chat_side
from tests.gateways.chat_side import after_reading, completion, model
from tests.gateways.http_side import reply, server

QUESTION = Question("list directives", '{"transcript": "leave it"}', schema())
SECONDS = 0.6


def asked_at(url: str, **options) -> OpinionGiven | NoOpinion:
    return ChatCompletions(url, "stand-in", api_key=None, seconds=SECONDS, **options).ask(QUESTION)


def test_the_request_is_a_chat_completion_with_a_strict_schema() -> None:
    asked: list[dict] = []
    with server(model(lambda _: '{"directives": []}', asked)) as url:
        reader = ChatCompletions(f"{url}/v1/", "some-model", api_key="k-1", seconds=5)
        assert reader.ask(QUESTION) == OpinionGiven('{"directives": []}')
    (request,) = asked
    assert request["path"] == "/v1/chat/completions"
    assert request["headers"]["Authorization"] == "Bearer k-1"
    assert request["model"] == "some-model"
    assert [each["role"] for each in request["messages"]] == ["system", "user"]
    assert request["messages"][1]["content"] == QUESTION.data
    wanted = request["response_format"]["json_schema"]
    assert request["response_format"]["type"] == "json_schema"
    assert (wanted["strict"], wanted["schema"]) == (True, schema())


def test_without_a_key_no_credentials_are_sent(monkeypatch, tmp_path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    asked: list[dict] = []
    with server(model(lambda _: "{}", asked)) as url:
        assert asked_at(url) == OpinionGiven("{}")
    assert "Authorization" not in asked[0]["headers"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (chat_side.drips, "timeout"),
        (chat_side.drips_headers, "timeout"),
        (chat_side.is_silent, "timeout"),
        (chat_side.floods, "too-large"),
        (chat_side.hangs_up, "unreachable"),
        (after_reading(reply(500, b"oops")), "http-error"),
        (after_reading(reply(401, b'{"error": {"message": "no such key"}}')), "http-error"),
        (after_reading(reply(429, b"{}")), "http-error"),
        (after_reading(reply(204)), "http-error"),
        (after_reading(reply(200, b"")), "unreadable"),
        (after_reading(reply(200, b"<html>log in first</html>", "text/html")), "unreadable"),
        (after_reading(reply(200, b'{"choices": []}')), "unreadable"),
        (after_reading(reply(200, b'{"error": "overloaded"}')), "unreadable"),
        (after_reading(reply(200, b"[" * 200_000)), "unreadable"),
        (after_reading(reply(200, b"\xff\xfe\x00")), "unreadable"),
        (after_reading(reply(200, completion(None))), "unreadable"),
        (after_reading(reply(200, completion(None, refusal="I can't do that"))), "refused"),
        (after_reading(reply(200, completion('{"dir', finish_reason="length"))), "unreadable"),
        (after_reading(reply(200, completion("{}", finish_reason="content_filter"))), "refused"),
    ],
)
def test_whatever_comes_instead_of_an_answer_is_no_opinion(answer, reason) -> None:
    with server(answer) as url:
        begun = time.monotonic()
        assert asked_at(url) == NoOpinion(reason)
        assert time.monotonic() - begun < SECONDS + 5


def test_a_packed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 20_000_000 + completion("{}"))
    packed = reply(200, bomb, **{"Content-Encoding": "gzip"})
    with server(after_reading(packed)) as url:
        assert asked_at(url) == NoOpinion("unreadable")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_words_are_not_taken_elsewhere(status) -> None:
    elsewhere: list[dict] = []
    with (
        server(model(lambda _: "{}", elsewhere)) as other,
        server(after_reading(reply(status, Location=other))) as url,
    ):
        assert asked_at(url) == NoOpinion("redirected")
    assert elsewhere == []


def test_nobody_there_and_no_such_name_are_no_opinion() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert asked_at(f"http://127.0.0.1:{port}") == NoOpinion("unreachable")
    assert asked_at("http://nobody.invalid").reason in ("unreachable", "timeout")


def test_an_address_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    now = [100.0]
    seen: list[dict] = []
    failing = [True]

    def answer(handler) -> None:
        seen.append(chat_side.request_of(handler))
        reply(500 if failing[0] else 200, completion("{}"))(handler)

    with server(answer) as url:
        reader = ChatCompletions(url, "m", api_key=None, seconds=5, clock=lambda: now[0])
        results = [reader.ask(QUESTION) for _ in range(MOST_FAILURES + 2)]
        assert [each.reason for each in results] == ["http-error"] * MOST_FAILURES + ["resting"] * 2
        assert len(seen) == MOST_FAILURES
        failing[0] = False
        now[0] += REST_SECONDS
        assert reader.ask(QUESTION) == OpinionGiven("{}")
