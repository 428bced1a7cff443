"""That the evaluation counts rightly: made-up answers whose figures were reckoned by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from shutil import copy

import pytest
from click.testing import CliRunner

from app.rules.analysis import Kind
from tools.evaluation import hearing, report, scores, sets, sheet
from tools.evaluation.__main__ import main
from tools.evaluation.counting import Tally, compare
from tools.evaluation.hearing import word_errors
from tools.evaluation.readers import Answered, keywords
from tools.evaluation.sets import Labelled, Read

GATE = {"kind": "access", "code": "4519#", "unit": "3B"}
PORCH = {"kind": "leave_at", "place": "porch"}
SHED = {"kind": "leave_at", "place": "shed"}
CALM = {"kind": "avoid", "action": "knock"}


def label(*directives: dict, name: str = "a1", **judged) -> Labelled:
    return sets.answer_of({"id": name, "text": "words", "directives": directives, **judged})


def answered(*directives: dict, review: bool = False, **judged) -> Answered:
    reads = tuple(Read.of(one) for one in directives)
    basics = {"sentiment": "neutral", "priority": "normal"}
    return Answered(reads, **{**basics, **judged}, needs_review=review)


def test_kinds_slots_and_exact_directives_are_counted() -> None:
    found = compare(label(PORCH, GATE, CALM), answered(PORCH, {**GATE, "unit": "3A"}, SHED))
    assert found.kinds == {
        # Two found, one labelled: the one that agrees is right, the other is too much.
        Kind.LEAVE_AT: Tally(right=1, found=2, labelled=1, exact=1, slots_right=1, slots=1),
        Kind.ACCESS: Tally(right=1, found=1, labelled=1, exact=0, slots_right=1, slots=2),
        Kind.AVOID: Tally(right=0, found=0, labelled=1, exact=0, slots_right=0, slots=0),
    }
    every = scores.total([found])
    assert every == Tally(right=2, found=3, labelled=3, exact=1, slots_right=2, slots=3)
    assert scores.f1(every.right, every.found, every.labelled) == pytest.approx(2 / 3)
    assert found.whole is False


def test_a_slot_too_many_counts_as_much_as_one_too_few() -> None:
    more = compare(label(PORCH), answered({**PORCH, "condition": "it's raining"}))
    less = compare(label({**PORCH, "condition": "it's raining"}), answered(PORCH))
    for found in (more, less):
        tally = found.kinds[Kind.LEAVE_AT]
        assert (tally.slots_right, tally.slots, tally.exact) == (1, 2, 0)


def test_case_and_spaces_make_no_difference_but_words_do() -> None:
    same = compare(
        label({**PORCH, "place": "Back  Porch"}), answered({**PORCH, "place": "back porch"})
    )
    assert same.whole is True
    assert compare(label(PORCH), answered({**PORCH, "place": "the porch"})).whole is False


def test_order_makes_no_difference_and_each_label_is_used_once() -> None:
    assert compare(label(PORCH, SHED), answered(SHED, PORCH)).whole is True
    twice = compare(label(PORCH), answered(PORCH, PORCH)).kinds[Kind.LEAVE_AT]
    assert (twice.right, twice.found, twice.labelled, twice.exact) == (1, 2, 1, 1)


def test_what_was_not_labelled_is_not_counted() -> None:
    only_felt = sets.answer_of({"text": "you are late again", "sentiment": "negative"})
    found = compare(only_felt, answered(PORCH))
    assert (found.kinds, found.whole, found.sentiment, found.priority) == ({}, None, False, None)


def test_inventions_are_counted_on_answers_that_say_nothing() -> None:
    answers = [
        compare(label(), answered(PORCH, CALM)),
        compare(label(), answered()),
        compare(label(PORCH), answered(PORCH, CALM)),
    ]
    assert scores.invented(answers) == (2, 1, 2)


def test_asking_a_person_is_told_apart_by_whether_it_was_called_for() -> None:
    answers = [
        compare(label(PORCH), answered(SHED, review=True)),
        compare(label(PORCH), answered(SHED)),
        compare(label(PORCH), answered(CALM)),
        compare(label(PORCH), answered(PORCH, review=True)),
    ]
    assert scores.reviewed(answers, whole=False) == (1, 3)
    assert scores.reviewed(answers, whole=True) == (1, 1)


def test_confidence_is_held_against_what_was_right() -> None:
    def sure(one: dict, confidence: float) -> dict:
        return {**one, "confidence": confidence}

    answers = [
        compare(label(PORCH), answered(sure(PORCH, 0.92))),
        compare(label(PORCH), answered(sure(SHED, 0.94))),
        compare(label(CALM), answered(sure(CALM, 0.7))),
    ]
    low, high = scores.reliability(answers)
    assert (low.low, low.high, low.count, low.exact) == (0.6, 0.7, 1, 1.0)
    assert (high.low, high.count, high.exact) == (0.9, 2, 0.5)
    assert high.confidence == pytest.approx(0.93)
    # (1 * |0.7 - 1| + 2 * |0.93 - 0.5|) / 3
    assert scores.calibration_error([low, high]) == pytest.approx(1.16 / 3)


def test_even_no_confidence_at_all_has_its_row() -> None:
    (row,) = scores.reliability([compare(label(PORCH), answered({**PORCH, "confidence": 0.0}))])
    assert (row.low, row.count) == (0.0, 1)


def test_the_interval_is_the_same_each_time_and_narrows_with_more_answers() -> None:
    right, wrong = compare(label(PORCH), answered(PORCH)), compare(label(PORCH), answered(CALM))
    few, many = [right, wrong] * 10, [right, wrong] * 200
    low, high = scores.interval(few)
    assert (low, high) == scores.interval(few)
    assert low < 0.5 < high
    # One of two is right in each draw: the standard deviation is a half over the root of n.
    assert (low, high) == pytest.approx((0.5 - 0.22, 0.5 + 0.22), abs=0.04)
    nearer = scores.interval(many)
    assert nearer == pytest.approx((0.5 - 0.049, 0.5 + 0.049), abs=0.01)
    assert scores.interval([right] * 5) == (1.0, 1.0)


def test_an_answer_without_directives_is_no_mistake_of_any_kind() -> None:
    assert scores.f1(0, 0, 0) == 1.0
    assert compare(label(), answered()).whole is True


def test_a_sheet_is_read_as_it_was_written_and_sorted(tmp_path: Path) -> None:
    run = {
        ("b", "2"): answered(GATE, review=True),
        ("a", "9"): answered({**PORCH, "confidence": 0.5}),
    }
    sheet.write(tmp_path / "new" / "sheet.jsonl", run)
    assert sheet.read(tmp_path / "new" / "sheet.jsonl") == run
    lines = (tmp_path / "new" / "sheet.jsonl").read_text().splitlines()
    assert [json.loads(line)["set"] for line in lines] == ["a", "b"]


def test_what_got_better_and_worse_is_told_answer_by_answer() -> None:
    answers = (label(PORCH, name="one"), label(GATE, name="two"), label(CALM, name="same"))
    before = {
        ("s", "one"): answered(SHED, review=True),
        ("s", "two"): answered(GATE),
        ("s", "same"): answered(CALM),
        ("s", "gone"): answered(CALM),
    }
    now = {**before, ("s", "one"): answered(PORCH), ("s", "two"): answered(GATE, CALM)}
    found = list(sheet.changes([sets.LabelledSet("s", answers)], before, now))
    assert [(each.label.id, each.gained, each.matters) for each in found] == [
        ("one", 1, ("directives", "needs_review")),
        # A directive invented, and nobody is asked about it.
        ("two", -2, ("directives",)),
    ]
    text = "\n".join(report.of_changes(found))
    assert "1 better, 1 worse, 0 otherwise" in text
    assert "before leave_at place='shed'" in text
    assert "now    leave_at place='porch'" in text


def test_words_replaced_left_out_and_put_in_are_wrong_words() -> None:
    assert word_errors(["the gate code is four"], ["the gate code is five"]) == (1, 5)
    assert word_errors(["leave it there", "thanks"], ["leave there", "many thanks"]) == (2, 4)
    assert word_errors(["Leave it, please."], ["leave it please"]) == (0, 3)
    assert word_errors(["two words"], [""]) == (2, 2)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"text": "x", "directives": [{"kind": "fly"}]}', "fly"),
        ('{"text": "x", "directives": [{"kind": "avoid", "action": "sing"}]}', "sing"),
        ('{"directives": []}', "text"),
        ('{"text": "x", "tz": "Mars/Olympus"}', "Mars/Olympus"),
        ("no json", "Expecting value"),
        ("[]", "it must be an object"),
        ('{"text": "x", "directives": ["leave it"]}', "it must be an object"),
        ('{"text": "x", "directives": [{"kind": "leave_at", "plaice": "shed"}]}', "has no plaice"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text('{"text": "fine", "directives": []}\n' + line + "\n")
    with pytest.raises(sets.LabelError, match=rf"set\.jsonl, line 2: .*{complaint}"):
        sets.load(path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(sets.LabelError, match=r"set\.jsonl is no text in UTF-8"):
        sets.load(path)


def test_every_set_of_the_project_can_be_read() -> None:
    loaded = {path.stem: sets.load(path) for path in sets.usual()}
    assert len(loaded["dev"].answers) == 60
    assert len(loaded["answers"].answers) > 500


def test_an_answer_says_its_moment_in_the_zone_of_its_customer() -> None:
    told = sets.answer_of({"text": "x", "now": "2026-07-01T09:00:00", "tz": "Europe/Madrid"})
    assert told.at.isoformat() == "2026-07-01T09:00:00+02:00"


def test_the_keyword_rules_are_simple_and_not_blind() -> None:
    found = keywords(sets.answer_of({"text": "Leave it behind the planter, and don't ring."}))
    assert [(one.kind, dict(one.slots)) for one in found.directives] == [
        (Kind.LEAVE_AT, {"place": "planter"}),
        (Kind.AVOID, {"action": "ring_bell"}),
    ]


def test_the_command_prints_both_readers_and_writes_the_sheet(tmp_path: Path) -> None:
    labelled, target = tmp_path / "mine.jsonl", tmp_path / "sheet.jsonl"
    rows = [
        {
            "id": "p",
            "text": "please leave it behind the planter",
            "directives": [{**PORCH, "place": "planter"}],
        },
        {"id": "q", "text": "please leave it behind the planter thanks", "directives": [CALM]},
    ]
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows))
    arguments = [str(labelled), "--no-speech", "--mistakes", "--sheet", str(target)]
    first = CliRunner().invoke(main, arguments)
    assert first.exit_code == 0, first.output
    assert "== mine: 2 answers" in first.output
    assert "keyword rules" in first.output
    assert re.search(
        r"whole answers right, all slots +0\.500 \(1/2\) +0\.500 \(1/2\)\n", first.output
    )
    assert "q: please leave it behind the planter thanks\n    label  avoid" in first.output
    again = CliRunner().invoke(main, [str(labelled), "--no-speech", "--against", str(target)])
    assert "0 better, 0 worse, 0 otherwise" in again.output


def test_held_out_recordings_are_heard_where_there_are_any(tmp_path: Path, monkeypatch) -> None:
    answer = hearing.rows()[0]
    rows = [{"kind": "free", "text": "not kept"}, {"kind": "free", "text": answer["text"]}]
    (tmp_path / "unseen.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "recordings").mkdir()
    copy(hearing.CARRIER / answer["file"], tmp_path / "recordings" / "unseen-001.wav")
    monkeypatch.setattr(hearing, "HELD_OUT", tmp_path)
    monkeypatch.setattr(hearing, "rows", lambda: [answer])
    told = list(hearing.lines())
    words = len(answer["text"].split())
    assert re.match(rf"shipped answers +1 +{words} +0 +0\.0% +1/1", told[3])
    assert re.match(rf"unseen voices, free +1 +{words} +0 +0\.0% +1/1", told[4])
