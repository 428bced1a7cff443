"""`python -m local.carrier`: run the carrier until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from local.carrier.exchange_parts import CarrierOptions
from local.carrier.persona_fields import PersonaError
from local.carrier.personas import SHIPPED
from local.carrier.server import start_carrier
from local.carrier.sids import is_sid


def read_options(arguments: Sequence[str]) -> CarrierOptions:
    """Return the options on the command line; the token comes from TWILIO_AUTH_TOKEN."""
    parser = argparse.ArgumentParser(prog="python -m local.carrier", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--account-sid", required=True, help="AC and 32 hexadecimal digits")
    parser.add_argument("--folder", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--speed", type=float, default=1.0, help="call seconds per second")
    parser.add_argument("--personas", type=Path, help="who answers; default: the shipped ones")
    parsed = parser.parse_args(arguments)
    token = os.environ.get("TWILIO_AUTH_TOKEN", "")
    if not token:
        parser.error("the environment variable TWILIO_AUTH_TOKEN is not set")
    if not is_sid(parsed.account_sid, "AC"):
        parser.error("--account-sid must be AC and 32 hexadecimal digits")
    if parsed.speed <= 0:
        parser.error("--speed must be above 0")
    shipped = SHIPPED if SHIPPED.exists() else None
    return CarrierOptions(
        account_sid=parsed.account_sid,
        auth_token=token,
        folder=parsed.folder,
        speed=parsed.speed,
        personas_file=parsed.personas or shipped,
        port=parsed.port,
    )


async def serve(options: CarrierOptions) -> None:
    """Run the carrier until SIGTERM or SIGINT; print one JSON line when it answers."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    carrier = await start_carrier(options)
    print(json.dumps({"event": "ready", "url": carrier.url, "pid": os.getpid()}), flush=True)
    await stop.wait()
    await carrier.stop()


def main() -> int:
    """Run from the command line; return the exit status."""
    try:
        asyncio.run(serve(read_options(sys.argv[1:])))
    except (PersonaError, OSError) as error:
        print(f"carrier: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
