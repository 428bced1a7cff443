"""What is told to people keeps what it was made of, wherever it is carried."""

from __future__ import annotations

import copy
import pickle

from app.errors import PermanentError
from app.saying import Saying, Sayings

_SPANISH = {
    "it is %(state)s": "está %(state)s",
    "open": "abierta",
    "100% full": "llena al 100%",
}


def spanish(english: str) -> str:
    return _SPANISH.get(english, english)


def test_it_is_its_english_text() -> None:
    assert Saying("it is %(state)s", state="open") == "it is open"
    assert Saying("100% full") == "100% full"


def test_its_values_are_told_too_where_they_are_told_to_people() -> None:
    assert Saying("it is %(state)s", state=Saying("open")).told(spanish) == "está abierta"
    assert Saying("it is %(state)s", state="open").told(spanish) == "está open"
    assert Saying("100% full").told(spanish) == "llena al 100%"


def test_several_are_told_one_by_one() -> None:
    both = Sayings.of([Saying("open"), Saying("it is %(state)s", state="x; y")])
    assert both == "open; it is x; y"
    assert both.told(spanish) == "abierta; está x; y"
    assert [part.english for part in Sayings.of(both.parts).parts] == ["open", "it is %(state)s"]


def test_an_exception_gives_it_back_whole() -> None:
    said = str(PermanentError(Saying("it is %(state)s", state=Saying("open"))))
    assert isinstance(said, Saying)
    assert said.told(spanish) == "está abierta"


def test_it_can_be_told_again_in_another_language() -> None:
    told = Saying("it is %(state)s", state=Saying("open")).told(spanish)
    assert told.told(lambda english: english) == "it is open"


def test_copies_are_as_whole_as_it_is() -> None:
    said = Saying("it is %(state)s", state=Saying("open"))
    for other in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert other.told(spanish) == "está abierta"
