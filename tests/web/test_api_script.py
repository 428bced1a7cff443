"""The call script through the API: its texts, how one would be heard, a call walked through."""

from __future__ import annotations

import pytest

from app.models import CallLog, Tenant
from tests.web import api_side
from tests.web.api_side import Api


@pytest.fixture
def api(client) -> Api:
    return api_side.key_for(client, "default")


def test_texts_are_listed_with_the_companys_own_in_their_places(api) -> None:
    own = {"de": {"goodbye": "Tschüss von {company}."}}
    assert api.patch("/settings", {"prompts": own}).status_code == 200
    script = api.get("/settings/script?language=de").json
    texts = {each["name"]: each for each in script["texts"]}
    goodbye = texts["goodbye"]
    assert (goodbye["is_own"], goodbye["text"]) == (True, "Tschüss von {company}.")
    assert goodbye["spoken"] == "Tschüss von Company default."
    assert goodbye["default"] != goodbye["text"]
    assert texts["greeting"]["needed"] == ["company"]
    assert "Greeting and menu" in texts["greeting"]["scenes"]
    assert not texts["greeting"]["is_own"]


def test_how_a_text_would_be_heard_is_told_or_what_is_wrong_with_it(api) -> None:
    thought_of = {"language": "en", "name": "goodbye", "text": "Bye from {company}."}
    told = api.post("/settings/script/speak", thought_of)
    assert told.json["spoken"] == "Bye from Company default."
    assert told.json["seconds"] > 0
    wrong = api.post("/settings/script/speak", {**thought_of, "text": "Bye from {nobody}."})
    assert wrong.status_code == 422
    assert wrong.json["errors"][0]["pointer"] == "/prompts/en/goodbye"


def test_a_call_is_walked_through_and_nothing_kept(api) -> None:
    steps = [{"key": "2"}, {"words": "leave it with my neighbor"}]
    call = api.post("/settings/script/rehearse", {"language": "en", "steps": steps}).json
    assert [turn["scene"] for turn in call["turns"]] == ["greeting", "instructions", "thanks"]
    assert [turn["waits_for"] for turn in call["turns"]] == ["answer", "recording", "nothing"]
    assert call["turns"][0]["given"]["key"] == "2"
    assert call["over"]
    assert "neighbor" in call["meaning"]["instructions"].lower()
    assert CallLog.of("default").count() == 0


def test_texts_that_are_thought_of_are_said_in_a_call_and_not_kept(api) -> None:
    asked = {"steps": [{"key": "1"}], "prompts": {"confirmed": "Lovely. Bye."}}
    call = api.post("/settings/script/rehearse", asked).json
    assert call["turns"][-1]["words"] == ["Lovely. Bye."]
    assert not Tenant.of("default").get().prompts
    wrong = api.post("/settings/script/rehearse", {"prompts": {"notice": "We are happy."}})
    assert wrong.json["errors"][0]["pointer"] == "/prompts/en/notice"


@pytest.mark.parametrize("step", [{"key": "12"}, {"key": "x"}, {"words": 5}, {"other": 1}])
def test_what_is_no_step_is_refused(api, step) -> None:
    assert api.post("/settings/script/rehearse", {"steps": [step]}).status_code == 400
