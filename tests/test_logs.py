"""Logs: nobody's number, address or secret, whoever logs it."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from app.logs import configure, journey, redact


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("call to +447700900123 failed", "7700900"),
        ("To=%2B447700900123&x", "7700900"),
        ("casey.jones+x@example.com", "casey"),
        ("GET /a?X-Amz-Signature=abc123&X-Amz-Credential=key%2Fus", "abc123"),
        ("Authorization: Basic QUM6c2VjcmV0", "QUM6c2VjcmV0"),
        ("Bearer abcdefghij.klm", "abcdefghij"),
        ("mongodb://user:pass@host/db", "pass"),
        ("refused /i/awFlJwKI3JdWaqU2awGBRw.TXhk67BtZhnav_Aa/answer/abc", "awFlJwKI"),
    ],
)
def test_what_identifies_or_opens_is_taken_out(text, gone) -> None:
    assert gone in text
    assert gone not in redact(text)


@pytest.mark.parametrize(
    "text", ["CA0123456789abcdef0123456789abcdef", "6b00846811996c9d20ac7734", "took 12 ms", "1+1"]
)
def test_ids_and_plain_words_stay(text) -> None:
    assert redact(text) == text


def test_a_line_is_json_with_the_ids_of_the_work(capsys) -> None:
    before = logging.getLogger().handlers[:]
    try:
        configure("INFO", "a-test")
        with journey("c1", job="store"):
            structlog.get_logger().info("moved", to="+447700900123")
            logging.getLogger("library").warning("spoke to %s", "+447700900123")
        try:
            int("about +447700900123")
        except ValueError:
            logging.getLogger("library").exception("broke")
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [line["event"] for line in lines] == ["moved", "spoke to +…23", "broke"]
        assert lines[0]["correlation_id"] == lines[1]["correlation_id"] == "c1"
        assert lines[0]["process"] == "a-test"
        assert "7700900" not in json.dumps(lines)
    finally:
        logging.getLogger().handlers = before
        structlog.contextvars.clear_contextvars()
