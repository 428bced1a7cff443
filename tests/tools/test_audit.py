"""The audit says what it found, and never that all is well when nobody could be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import audit

HOLE = {"id": "CVE-2099-1", "fix_versions": ["2.1"], "aliases": [], "description": "a hole"}
FINE = {"name": "flask", "version": "3.1.2", "vulns": []}
HOLED = {"name": "rq", "version": "2.0", "vulns": [HOLE]}
UNKNOWN = {"name": "own-thing", "skip_reason": "Dependency not found on PyPI"}


def answered(*packages: dict) -> audit.Audit:
    return audit.read({"dependencies": list(packages), "fixes": []})


@pytest.fixture
def lock(tmp_path) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text(
        "flask==3.1.2 \\\n    --hash=sha256:00\nrq==2.0 ; python_version > '3'\n# x==1\n"
    )
    return path


def asked(monkeypatch, answers: dict[str, list[audit.Audit | None]]) -> list[tuple[int, str]]:
    seen: list[tuple[int, str]] = []

    def answer(pins: list[str], service: str) -> audit.Audit | None:
        seen.append((len(pins), service))
        return answers[service].pop(0)

    monkeypatch.setattr(audit, "audit", answer)
    return seen


def test_a_hole_fails_and_is_named_with_what_mends_it(monkeypatch, lock, capsys) -> None:
    seen = asked(monkeypatch, {"pypi": [answered(FINE), answered(FINE, HOLED, UNKNOWN)]})
    assert audit.main(lock) == 1
    said = capsys.readouterr().out
    assert "hole: rq 2.0: CVE-2099-1, mended in 2.1" in said
    assert "not audited, for pypi does not know them: own-thing" in said
    assert "audited 2 packages by pypi: 1 holes" in said
    assert seen == [(1, "pypi"), (2, "pypi")]


def test_where_nobody_can_be_asked_it_says_so_and_does_not_fail(monkeypatch, lock, capsys) -> None:
    seen = asked(monkeypatch, {"pypi": [answered(UNKNOWN)], "osv": [None]})
    assert audit.main(lock) == 0
    assert capsys.readouterr().out.startswith("NOT AUDITED")
    assert seen == [(1, "pypi"), (1, "osv")]


def test_another_service_is_asked_where_the_first_knows_nothing(monkeypatch, lock, capsys) -> None:
    asked(monkeypatch, {"pypi": [None], "osv": [answered(FINE), answered(FINE)]})
    assert audit.main(lock) == 0
    assert "audited 1 packages by osv: 0 holes" in capsys.readouterr().out


def test_every_accepted_hole_has_a_reason() -> None:
    assert all(len(reason) > 20 for reason in audit.ACCEPTED.values())
