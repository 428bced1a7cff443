"""Prints what an evaluation found: tables for the eye, the same text for the same answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.rules.analysis import Kind
from tools.evaluation import scores
from tools.evaluation.counting import Compared, Tally
from tools.evaluation.sets import Labelled, Read
from tools.evaluation.sheet import Change

DEFINITIONS = """\
A directive is found where one of its kind is labelled in the same answer; order does not matter.
  P, R, F1  precision, recall and their harmonic mean, by kind alone
  [95 %]    of F1, had other answers like these been drawn (bootstrap over whole answers)
  slots     of directives found and labelled, paired best first: equal slots, of all that either
            side names (case and spaces aside); what was missed or invented does not count here
  exact F1  as F1, where only a directive with all its slots as labelled is right
Confidence is held against exact directives; its expected calibration error is the distance of mean
confidence and share right, row by row, weighted. Sets that were at hand while the rules were
written (answers, dev) tell a loss, not the skill."""


def of_set(name: str, ours: Sequence[Compared], theirs: Sequence[Compared]) -> Iterator[str]:
    """All lines about one set: the product beside the keyword rules."""
    yield f"== {name}: {len(ours)} answers"
    yield f"{'':16}{'':>5}  {'product':<51}  keyword rules"
    one = f"{'P':>6}{'R':>6}{'F1':>6}{'[95 %]':>15}{'slots':>8}{'exact F1':>10}"
    yield f"{'kind':16}{'n':>5}  {one}  {'P':>6}{'R':>6}{'F1':>6}{'slots':>8}{'exact F1':>10}"
    for kind in (*Kind, None):
        tally, other = scores.total(ours, kind), scores.total(theirs, kind)
        if tally.found or tally.labelled or other.found:
            low, high = scores.interval(ours, kind)
            between = f"[{low:.3f} {high:.3f}]"
            left = f"{_rates(tally)}{between:>15}{_slots(tally)}"
            title = kind.value if kind else "all (micro)"
            yield f"{title:16}{tally.labelled:5}  {left}  {_rates(other)}{_slots(other)}"
    yield ""
    yield f"{'':44}{'product':>16}{'keyword rules':>16}"
    for title, mine, their in zip(_TITLES, _others(ours), _others(theirs), strict=True):
        yield f"{title:44}{mine:>16}{their:>16}"
    yield ""
    yield from _calibration(ours)


def _rates(tally: Tally) -> str:
    sides = (tally.right, tally.found), (tally.right, tally.labelled)
    shares = "".join(f"{so / of:6.3f}" if of else f"{'-':>6}" for so, of in sides)
    return f"{shares}{scores.f1(tally.right, tally.found, tally.labelled):6.3f}"


def _slots(tally: Tally) -> str:
    share = f"{tally.slots_right / tally.slots:.3f}" if tally.slots else "-"
    return f"{share:>8}{scores.f1(tally.exact, tally.found, tally.labelled):10.3f}"


_TITLES = (
    "whole answers right, all slots",
    "sentiment right",
    "priority right",
    "invented on answers without directives",
    "needs_review on answers read wrongly",
    "needs_review on answers read rightly",
    "expected calibration error",
)


def _others(answers: Sequence[Compared]) -> list[str]:
    count, where, empty = scores.invented(answers)
    return [
        _share(scores.share(answers, lambda one: one.whole)),
        _share(scores.share(answers, lambda one: one.sentiment)),
        _share(scores.share(answers, lambda one: one.priority)),
        f"{count} in {where} of {empty}",
        _share(scores.reviewed(answers, whole=False)),
        _share(scores.reviewed(answers, whole=True)),
        f"{scores.calibration_error(scores.reliability(answers)):.3f}",
    ]


def _share(share: scores.Share) -> str:
    so, every = share
    return f"{so / every:.3f} ({so}/{every})" if every else "-"


def _calibration(answers: Sequence[Compared]) -> Iterator[str]:
    yield f"{'confidence of directives':26}{'n':>6}{'mean':>8}{'right':>8}"
    for each in scores.reliability(answers):
        row = f"above {each.low:.2f}, to {each.high:.2f}"
        yield f"{row:26}{each.count:6}{each.confidence:8.3f}{each.exact:8.3f}"


def of_changes(changes: Iterable[Change]) -> Iterator[str]:
    """What got better and worse since the accepted run, answer by answer."""
    found = list(changes)
    better = [each for each in found if each.gained > 0]
    worse = [each for each in found if each.gained < 0]
    alike = [each for each in found if each.gained == 0]
    yield (
        f"== since the accepted run: {len(better)} better, {len(worse)} worse, "
        f"{len(alike)} otherwise but no better"
    )
    for title, group in (("better", better), ("worse", worse), ("otherwise", alike)):
        for each in group:
            yield f"{title}: {each.set} {each.label.id}: {each.label.text}"
            yield from (f"    {line}" for line in _differences(each))


def _differences(change: Change) -> Iterator[str]:
    label = change.label
    for what in change.matters:
        if what == "directives":
            yield f"label  {'-' if label.directives is None else worded(label.directives)}"
            yield f"before {worded(change.before.directives)}"
            yield f"now    {worded(change.now.directives)}"
        else:
            right = f"; label {getattr(label, what)}" if hasattr(label, what) else ""
            was, now = getattr(change.before, what), getattr(change.now, what)
            yield f"{what}: {was}, now {now}{right}"


def of_mistakes(pairs: Iterable[tuple[Labelled, Compared, Sequence[Read]]]) -> Iterator[str]:
    """The answers that were read wrongly, each with its label."""
    for label, compared, found in pairs:
        if compared.whole is False:
            yield f"{label.id}: {label.text}"
            yield f"    label  {worded(label.directives or ())}"
            yield f"    found  {worded(found)}"


def worded(directives: Sequence[Read]) -> str:
    """Directives in one line."""
    if not directives:
        return "nothing"
    parts = [
        " ".join([one.kind.value, *(f"{name}={value!r}" for name, value in one.slots.items())])
        for one in directives
    ]
    return "; ".join(parts)
