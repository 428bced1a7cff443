"""Many calls at the same time."""

from __future__ import annotations

from pathlib import Path

from tests.local.carrier.carrier_world import COMPANY, World, await_truth, twiml, write_tone


def test_a_hundred_customers_answer_at_once(world: World, tmp_path: Path) -> None:
    speech = str(write_tone(tmp_path / "speech.wav", seconds=2))
    numbers = [f"+1202555{index:04d}" for index in range(100)]
    steps = [{"on": "gather", "press": "2"}, {"on": "record", "speak": speech}]
    for number in numbers:
        world.admin.assign(number, [{"outcome": "answers", "steps": steps}])
    world.product.script["/voice"] = twiml('<Gather numDigits="1" action="/menu"/>')
    world.product.script["/menu"] = twiml('<Record recordingStatusCallback="/news"/>')
    for number in numbers:
        world.client.calls.create(to=number, from_=COMPANY, url=f"{world.product.url}/voice")
    await_truth(lambda: len(world.product.at("/news")) == 100, "all recordings", seconds=60)
    calls = world.admin.calls()
    assert {call["status"] for call in calls} <= {"completed", "in-progress"}
    recorded = {hook.parameters["CallSid"] for hook in world.product.at("/news")}
    assert recorded == {call["sid"] for call in calls}
