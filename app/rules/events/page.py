"""The page for whoever builds a receiver: ``docs/webhooks.md``."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum

from pydantic import BaseModel

from app.rules.events import KEPT_DAYS, TYPES, Envelope
from app.rules.events.examples import EXAMPLE
from app.rules.events.payloads import Payload
from app.rules.webhooks import again
from app.rules.webhooks.addresses import PORTS

_HOURS = again.GIVE_UP_AFTER // timedelta(hours=1)
_DAYS = again.DISABLE_AFTER.days
_OPENING = f"""# Webhooks: events for your system

DelAuto tells your system what happens to deliveries: it posts each event to an address of yours, as
JSON, signed. This page is made from the code by `delauto webhooks document` and is never edited by
hand; a test holds it against the code.

## Receiving

Answer with any 2xx status as soon as you have the event safe, within ten seconds; work on it
afterwards. Anything else, redirects included, counts as not taken. `410` ends the subscription.

- **Verify** every request. The signature is that of
  [Standard Webhooks](https://www.standardwebhooks.com), for which there are libraries in most
  languages: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`, HMAC-SHA256 over
  `id.timestamp.body` with your secret (`whsec_...`), and a timestamp not older than five minutes.
  While a secret is rotated, the header holds a signature by each that is valid, with a space
  between them.
- **Drop repetitions** by `id` (the same as `webhook-id`). Every event is sent at least once; what
  you took while we did not hear your answer is sent again, and so is what somebody replays.
- **Order**: events may overtake one another. `sequence` grows with each event of one delivery, in
  the order in which they were written, and an event with a higher one never shows an older state of
  that delivery. Skip what is lower than you know. There are gaps where you do not listen to a type.

```python
from standardwebhooks import Webhook

event = Webhook(secret).verify(request.get_data(), dict(request.headers))  # or it raises
```

## When you do not take it

An event is tried again after 5 seconds, 15, 45, and so on to every two hours (each a quarter sooner
or later), for {_HOURS} hours; then it is given up. `Retry-After` in seconds is heeded. After
{again.UNWELL_AFTER} failures in a row you get one event at a time, with pauses of up to five
minutes. If nothing gets through for {_DAYS} days, the subscription is disabled: administrators see
a notice, your other subscriptions get `subscription.disabled`. What happens while it is disabled
waits, and is sent when it is enabled again. Events, and each try to send them, are kept for
{KEPT_DAYS} days and can be sent again that long, singly or all that was missed in a while.

## Addresses

HTTPS with a valid certificate, a name (no number) on the public internet, port
{" or ".join(map(str, PORTS))}, no user name or password. The name may only lead to public
addresses, and is looked up anew for each request; redirects are not followed. An address may hold a
token of yours in its path or query: it is kept encrypted and never logged.

## Versions

`version` is that of the shape of `data`, for its type. Within a version, fields may be added:
ignore what you do not know. A field that goes, or means something else, makes a new version, which
this page will describe beside the former one.

Of what a customer said an event tells what was understood of it, without names, addresses,
telephone numbers and door codes: `masked` names the slots that are left out. Who may see them asks
the API by the ids.

## What every event has
"""


def page() -> str:
    """The whole page, Markdown."""
    parts = [_OPENING, *_fields(Envelope), "\n```json", EXAMPLE.model_dump_json(indent=2), "```"]
    parts += ["\n## Events\n", "| type | version | it says | data |", "| --- | --- | --- | --- |"]
    parts += [
        f"| `{each.name}` | {each.version} | {each.meaning} | {_link(each.data)} |"
        for each in TYPES.values()
    ]
    parts.append("\n## Shapes of `data`")
    for shape in _shapes():
        parts += [f"\n### {shape.__name__}\n", (shape.__doc__ or "").strip() + "\n"]
        parts += _fields(shape)
    return "\n".join(parts) + "\n"


def _shapes() -> list[type[BaseModel]]:
    """Every shape, those within others behind them."""
    found: dict[type[BaseModel], None] = {each.data: None for each in TYPES.values()}
    for shape in list(found):
        for field in shape.model_fields.values():
            for inner in _parts(field.annotation):
                if isinstance(inner, type) and issubclass(inner, Payload):
                    found[inner] = None
    return list(found)


def _fields(shape: type[BaseModel]) -> Iterator[str]:
    yield "| field | holds | |"
    yield "| --- | --- | --- |"
    for name, field in shape.model_fields.items():
        yield f"| `{name}` | {_named(field.annotation)} | {field.description or ''} |"


def _parts(annotation: object) -> tuple[object, ...]:
    inner = typing.get_args(annotation)
    return tuple(part for each in inner for part in _parts(each)) if inner else (annotation,)


_NAMES: dict[object, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    datetime: "time (RFC 3339, UTC)",
    type(None): "null",
    typing.Any: "see below",
}


def _named(annotation: object) -> str:
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is tuple:
        return f"list of {_named(inner[0])}"
    if origin is dict:
        return "object"
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_named(each) for each in inner)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "one of " + ", ".join(f"`{each.value}`" for each in annotation)
    if isinstance(annotation, type) and issubclass(annotation, Payload):
        return _link(annotation)
    return _NAMES[annotation]


def _link(shape: type[BaseModel]) -> str:
    return f"[{shape.__name__}](#{shape.__name__.lower()})"
