"""What customers do by themselves: call us, write to us, open the link that we sent them."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

from local.carrier.behaviour import CallBehaviour, read_steps
from tests.simulation.network import Asked, Killed
from tests.simulation.orders import Order
from tests.simulation.people import CALLS_IN, Customer
from tests.simulation.product import PUBLIC_URL
from tests.simulation.speech import answers
from tests.simulation.world import World

_WRITES = ("STOP", "START", "HELP", "1", "please leave it behind the planter", "¿quién es?")
_STRANGER = "+14155550999"


async def unasked(order: Order, world: World, dice: random.Random) -> None:
    """Perhaps call or write at some moment between planning and van, for reasons of one's own."""
    way = dice.random()
    at = order.planned_at + dice.random() * (order.van_at - order.planned_at)
    await world.time.until(at)
    if way < 0.06:
        _ring(order.customer.number, world, dice)
    elif way < 0.12:
        to = world.product.settings.twilio_from_number
        world.carrier.exchange.texts.receive(order.customer.number, to, dice.choice(_WRITES))
    elif way < 0.13:
        _ring(_STRANGER, world, dice)


def _ring(number: str, world: World, dice: random.Random) -> None:
    steps = read_steps(CALLS_IN(dice)["steps"], "a customer calls", Path.cwd())
    to = world.product.settings.twilio_from_number
    world.carrier.exchange.ring(number, to, CallBehaviour("answers", steps=steps))


async def visit(
    asked: Asked, whom: Customer, world: World, dice: random.Random, stopped: list[float]
) -> None:
    """Open the link some time later and answer on the page, three times if it does not work.

    Adds to ``stopped`` when the page took a wish for no more contact.
    """
    await world.time.sleep(60 + dice.expovariate(1 / 1800))
    browser = world.product.flask.test_client()
    path = asked.link.removeprefix(PUBLIC_URL)
    sound = b""
    form: dict[str, object] = {"key": f"{dice.getrandbits(128):032x}"}
    if whom.visits_link in ("fine", "no_contact"):
        form["choice"] = whom.visits_link
    elif whom.visits_link == "note":
        form["note"] = "please leave it with the neighbor at number fourteen"
    else:
        sound = Path(dice.choice(list(answers()))).read_bytes()
    for _ in range(3):
        upload = {"audio": (BytesIO(sound), "answer.wav")} if sound else {}
        try:
            answer = browser.post(path, base_url=PUBLIC_URL, data={**form, **upload})
        except Killed:
            await world.time.sleep(60)
            continue
        if answer.status_code == 303 and whom.visits_link == "no_contact":
            stopped.append(world.time.now())
        if answer.status_code < 500:
            return
        await world.time.sleep(30)
