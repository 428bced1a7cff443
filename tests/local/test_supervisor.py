"""The supervisor: children start in order, come back, and never outlive their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.supervisor import Process, StartError, Supervisor
from tests.local.waiting import is_alive, wait_until

ENVIRONMENT = {"PATH": os.environ["PATH"]}


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "logs")
    yield made
    made.stop()


def python(name: str, code: str, **options: object) -> Process:
    return Process(name, [sys.executable, "-c", code], ENVIRONMENT, **options)  # type: ignore[arg-type]


def sleeper(name: str = "sleeper", **options: object) -> Process:
    return Process(name, ["sleep", "300"], ENVIRONMENT, **options)  # type: ignore[arg-type]


def test_a_process_starts_only_when_the_one_before_is_ready(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    first = (
        "import pathlib, time\n"
        "time.sleep(0.3)\n"
        f"pathlib.Path({str(flag)!r}).touch()\n"
        "time.sleep(300)"
    )
    second = (
        "import pathlib, time\n"
        f"print(pathlib.Path({str(flag)!r}).exists(), flush=True)\n"
        "time.sleep(300)"
    )
    supervisor.add(python("first", first, ready=flag.exists))
    supervisor.add(python("second", second))

    supervisor.start_all()

    log = supervisor.log_file("second")
    wait_until(log.read_text)
    assert log.read_text() == "True\n"
    assert supervisor.running() == {"first": True, "second": True}


def test_a_process_that_dies_comes_back(supervisor: Supervisor) -> None:
    supervisor.add(sleeper())
    supervisor.start("sleeper")
    before = supervisor.pid("sleeper")

    supervisor.kill("sleeper")

    wait_until(lambda: supervisor.pid("sleeper") not in (None, before))


def test_a_process_without_restart_stays_down(supervisor: Supervisor) -> None:
    supervisor.add(python("once", "print('done')", restart=False))
    supervisor.start("once")
    wait_until(lambda: supervisor.pid("once") is None)
    time.sleep(1)
    assert supervisor.log_file("once").read_text() == "done\n"


def test_what_a_dead_process_leaves_behind_is_cleared_before_it_comes_back(
    supervisor: Supervisor,
) -> None:
    code = (
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '300'], preexec_fn=os.setpgrp)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(300)"
    )
    supervisor.add(python("parent", code))
    supervisor.start("parent")
    log = supervisor.log_file("parent")
    wait_until(lambda: log.read_text().endswith("\n"))
    grandchild = int(log.read_text())
    assert is_alive(grandchild)

    supervisor.kill("parent")

    wait_until(lambda: not is_alive(grandchild))
    wait_until(lambda: log.read_text().count("\n") == 2)


def test_stopping_ends_the_last_started_first_and_kills_what_will_not_end(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    order = tmp_path / "order"
    polite = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(order)!r}, 'a').write(sys.argv[1] + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "time.sleep(300)"
    )
    deaf = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('ready', flush=True)\n"
        "time.sleep(300)"
    )
    for name in ("first", "second"):
        argv = [sys.executable, "-c", polite, name]
        supervisor.add(Process(name, argv, ENVIRONMENT))
    supervisor.add(python("deaf", deaf, stop_seconds=0.5))
    supervisor.start_all()
    for name in ("first", "second", "deaf"):
        wait_until(supervisor.log_file(name).read_text)
    pids = [supervisor.pid(name) for name in ("first", "second", "deaf")]

    supervisor.stop()

    assert order.read_text() == "second first "
    assert not any(is_alive(pid) for pid in pids if pid is not None)


def test_a_failed_start_quotes_the_log_and_names_its_file(supervisor: Supervisor) -> None:
    supervisor.add(python("broken", "raise SystemExit('no such thing')", ready=lambda: False))
    with pytest.raises(StartError) as caught:
        supervisor.start("broken")
    assert "ended with status 1" in str(caught.value)
    assert "no such thing" in str(caught.value)
    assert str(supervisor.log_file("broken")) in str(caught.value)
    assert supervisor.pid("broken") is None


def test_a_process_that_never_becomes_ready_is_stopped_and_said_so(supervisor: Supervisor) -> None:
    supervisor.add(sleeper(ready=lambda: False, ready_seconds=0.3))
    with pytest.raises(StartError, match=r"was not ready after 0\.3 seconds"):
        supervisor.start("sleeper")
    assert supervisor.pid("sleeper") is None


def test_a_large_log_is_put_aside_at_the_start(supervisor: Supervisor) -> None:
    supervisor.add(sleeper())
    log = supervisor.log_file("sleeper")
    log.write_bytes(b"x" * 10_000_001)
    supervisor.start("sleeper")
    assert log.read_bytes() == b""
    assert log.with_suffix(".log.1").stat().st_size == 10_000_001


def test_a_child_sees_only_the_environment_it_is_given(supervisor: Supervisor) -> None:
    given = {**ENVIRONMENT, "ONLY": "this"}
    argv = [sys.executable, "-c", "import os; print('ONLY' in os.environ, 'HOME' in os.environ)"]
    supervisor.add(Process("child", argv, given, restart=False))
    supervisor.start("child")
    wait_until(supervisor.log_file("child").read_text)
    assert supervisor.log_file("child").read_text() == "True False\n"


def test_children_started_from_a_short_lived_thread_outlive_the_thread_but_not_the_parent(
    tmp_path: Path,
) -> None:
    code = (
        "import sys, threading, time, pathlib\n"
        "from local.supervisor import Process, Supervisor\n"
        "made = Supervisor(pathlib.Path(sys.argv[1]))\n"
        "made.add(Process('child', ['sleep', '300'], {'PATH': '/usr/bin:/bin'}))\n"
        "thread = threading.Thread(target=made.start, args=('child',))\n"
        "thread.start(); thread.join(); time.sleep(0.5)\n"
        "print(made.pid('child'), flush=True)\n"
        "time.sleep(300)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.send_signal(signal.SIGKILL)
        wait_until(lambda: not is_alive(child))
