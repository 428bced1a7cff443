"""The product's commands, each in a process of its own that begins at once.

A server that has read the modules, and done nothing yet, forks for each of them: reading them costs
more than most commands do.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

ROOT = Path(__file__).parent.parent
_SERVED = multiprocessing.get_context("forkserver")
_SERVED.set_forkserver_preload(["app.cli", "app.runtime", "workers.jobs", "workers.clock"])


def delauto(
    *arguments: str, environment: Mapping[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """What ``delauto`` answers, in this environment and no other; within a minute."""
    basics = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("stdin", "stdout", "stderr")]
        files[0].write_text(stdin, "utf-8")
        process = begun(arguments, {**basics, **(environment or {})}, *files)
        process.join(60)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(["delauto", *arguments], 60)
        said = [each.read_text("utf-8") for each in files[1:]]
    return subprocess.CompletedProcess(["delauto", *arguments], process.exitcode, *said)


def begun(
    arguments: tuple[str, ...],
    environment: Mapping[str, str],
    stdin: Path,
    stdout: Path,
    stderr: Path,
) -> ForkServerProcess:
    """``delauto`` as it begins; what it says is added to the files."""
    files = (str(stdin), str(stdout), str(stderr))
    process = _SERVED.Process(target=_live, args=(arguments, dict(environment), files), daemon=True)
    process.start()
    return process


def _live(
    arguments: tuple[str, ...], environment: dict[str, str], files: tuple[str, str, str]
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = [str(ROOT / "app" / "cli.py"), *arguments]
    how = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number, path in enumerate(files):
        given = os.open(path, how[min(number, 1)], 0o600)
        os.dup2(given, number)
        os.close(given)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as it lives
        for number, mode in enumerate("rww")
    )
    from app.cli import main

    main()
