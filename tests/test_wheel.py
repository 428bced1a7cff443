"""What is installed from a built wheel is whole: pages, words and the browser's libraries."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.browser_libraries import FILES

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files in a wheel of this project."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy2(ROOT / name, copy)
    for name in ("app", "workers", "local", "migrations"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--disable-pip-version-check", "--wheel-dir", str(out), str(copy)],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


def test_the_browsers_libraries_are_in_it_with_their_licences(names) -> None:
    for library, sources in FILES.items():
        there = {name for name in names if f"/static/vendor/{library}/" in name}
        assert any("LICENSE" in name for name in there), library
        for source in sources:
            last = source.rpartition("/")[2]
            assert any(f"/{library}/{last}" in name for name in there), source


def test_every_file_that_the_pages_need_is_in_it(names) -> None:
    web = ROOT / "app" / "web"
    needed = {
        str(path.relative_to(ROOT))
        for pattern in ("*.html", "*.css", "*.js", "*.svg", "*.png", "*.po")
        for path in web.rglob(pattern)
    }
    assert needed - names == set()
