"""Does a pinned package have a known hole? `python -m tools.audit requirements.lock`

pip-audit asks a service for each package, and calls what it could not ask about "no known
vulnerabilities". So one package is asked about first: where no service knows it, nothing was
audited, and this says so. That is no failure, for a build must not need the network; a hole is.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVICES = ("pypi", "osv")
ACCEPTED: dict[str, str] = {}
"""Holes that do not concern us, by their id, with the reason."""
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Audit:
    """What a service said about the packages."""

    known: int
    unknown: tuple[str, ...]
    holes: tuple[str, ...]


def audit(pins: list[str], service: str) -> Audit | None:
    """Ask a service about pinned packages; None where it cannot be reached."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(pins) + "\n")
        file.flush()
        told = [word for each in ACCEPTED for word in ("--ignore-vuln", each)]
        command = [sys.executable, "-m", "pip_audit", "--service", service, "--format", "json"]
        command += ["--progress-spinner", "off", "--no-deps", "--disable-pip", *told]
        answer = subprocess.run(
            [*command, "--requirement", file.name], capture_output=True, text=True, check=False
        )
    try:
        return read(json.loads(answer.stdout))
    except (ValueError, KeyError, TypeError):
        return None


def read(answer: dict[str, Any]) -> Audit:
    """What pip-audit's JSON says."""
    packages = answer["dependencies"]
    return Audit(
        known=sum("skip_reason" not in each for each in packages),
        unknown=tuple(each["name"] for each in packages if "skip_reason" in each),
        holes=tuple(
            f"{each['name']} {each['version']}: {hole['id']}, mended in "
            f"{', '.join(hole['fix_versions']) or 'no version yet'}"
            for each in packages
            for hole in each.get("vulns", ())
        ),
    )


def main(lock: Path) -> int:
    """Audit a lock file; 1 where a package has a hole."""
    pins = ["==".join(found) for found in _PIN.findall(lock.read_text())]
    for service in SERVICES:
        first = audit(pins[:1], service)
        if first is None or not first.known:
            continue
        found = audit(pins, service)
        if found is not None:
            return _tell(found, service)
    print(f"NOT AUDITED: no service that knows holes can be reached from here ({len(pins)} pins)")
    return 0


def _tell(found: Audit, service: str) -> int:
    for each in found.holes:
        print(f"hole: {each}")
    if found.unknown:
        print(f"not audited, for {service} does not know them: {', '.join(found.unknown)}")
    print(f"audited {found.known} packages by {service}: {len(found.holes)} holes")
    return 1 if found.holes else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
