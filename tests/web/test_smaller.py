"""Files that are the same for everybody go compressed over the line; nothing else does."""

from __future__ import annotations

import zlib
from pathlib import Path

import brotli
import pytest

import app
from tests.web import page_side

STATIC = Path(app.__file__).parent / "web" / "pages" / "static"
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@pytest.mark.parametrize("name", ["board.js", "delauto.css"])
def test_a_file_goes_compressed_and_is_the_same(client, name) -> None:
    answer = client.get(f"/static/{name}", headers=BROWSER)
    assert answer.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in answer.headers["Vary"]
    whole = (STATIC / name).read_bytes()
    assert brotli.decompress(answer.data) == whole
    assert len(answer.data) < len(whole)


def test_where_brotli_is_not_taken_it_is_another_way_or_none(client) -> None:
    whole = (STATIC / "board.js").read_bytes()
    older = client.get("/static/board.js", headers={"Accept-Encoding": "gzip, deflate"})
    assert (older.headers["Content-Encoding"], zlib.decompress(older.data)) == ("deflate", whole)
    plain = client.get("/static/board.js")
    assert ("Content-Encoding" in plain.headers, plain.data) == (False, whole)


@pytest.mark.parametrize("path", ["/static/board.js", "/agent/static/round.js"])
def test_what_a_browser_has_already_is_not_sent_again(client, path) -> None:
    first = client.get(path, headers=BROWSER)
    again = client.get(path, headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pages_and_answers_with_anybodys_data_are_not_compressed(client, settings) -> None:
    dot = page_side.browser(client, page_side.person("dispatcher"))
    asked = {**BROWSER, "X-Delauto-Page": "1"}
    for path in ("/", "/board/rows", "/api/v1/deliveries", "/reviews", "/login"):
        answer = dot.get(path, headers=asked)
        assert answer.status_code in (200, 303), path
        assert "Content-Encoding" not in answer.headers, path
    stream = dot.get("/live", headers=asked, buffered=False)
    assert "Content-Encoding" not in stream.headers
    stream.close()
