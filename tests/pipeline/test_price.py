"""What a call cost: asked for after its end, seldom and not for ever, and never twice at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from app.cli import main
from app.errors import TransientError
from app.gateways import CallFacts, CallRequest, Placed
from app.models import CallLog
from app.pipeline import price, progress, sweep
from app.pipeline.price import FIRST_LOOK, GIVEN_UP_AFTER
from app.pipeline.progress import Report
from app.pipeline.reconcile import reconcile
from app.states import CALL_ENDED
from tests import factories
from tests.factories import NOW, sid
from tests.fakes import FakeVoice

FIRST = NOW + FIRST_LOOK


def ended(**fields) -> CallLog:
    basics = {
        "status": "completed", "in_flight": False, "call_sid": sid("CA"), "dialing_at": NOW,
        "end_time": NOW, "settled_at": NOW, "price_due_at": FIRST,
    }  # fmt: skip
    return factories.call(**{**basics, **fields})


class Network(FakeVoice):
    """Counts how often it is asked; answers with this price."""

    def __init__(self, cost: str | None = "0.0140", currency: str | None = "USD") -> None:
        super().__init__()
        self.asked = 0
        self._price = (Decimal(cost) if cost else None, currency)

    def fetch_call(self, call_sid: str) -> CallFacts | None:
        self.asked += 1
        nothing = ("completed", "+15550000001", "+15550000002", None, None, None, 31, None)
        return CallFacts(call_sid, *nothing, *self._price)


class Away(FakeVoice):
    """A network that cannot be asked."""

    def fetch_call(self, call_sid: str) -> CallFacts | None:
        raise TransientError("the network is away")


def asked(call: CallLog, voice: FakeVoice, at: datetime = FIRST) -> bool:
    known = price.ask(call.pk, voice, now=at)
    call.reload()
    return known


def offered(at: datetime) -> list:
    (rule,) = [rule for rule in sweep.RULES if rule.remedy == "ask_price"]
    CallLog._get_collection().update_many({}, {"$set": {"updatedAt": NOW}})
    return [each.document_id for each in sweep.stuck(rule, now=at, patience=1, limit=10)]


def test_what_the_network_says_is_written_down_and_it_is_asked_no_more(settings) -> None:
    call, network = ended(), Network()
    assert asked(call, network)
    assert (call.cost, call.currency, call.price_due_at) == (0.014, "USD", None)
    assert not asked(call, network, FIRST + timedelta(days=1))
    assert network.asked == 1


def test_a_call_that_cost_nothing_has_a_price(settings) -> None:
    call = ended()
    assert asked(call, Network(cost="0", currency=None))
    assert (call.cost, call.currency) == (0.0, None)


def test_nobody_is_asked_before_it_is_due(settings) -> None:
    call, network = ended(), Network()
    assert not asked(call, network, FIRST - timedelta(seconds=1))
    assert network.asked == 0


def test_it_is_asked_ever_more_seldom_and_given_up_after_three_days(settings) -> None:
    call, network, looks = ended(), Network(cost=None), []
    while call.price_due_at is not None:
        looks.append(call.price_due_at - NOW)
        assert not asked(call, network, call.price_due_at)
    assert network.asked == len(looks) == 8
    assert looks[:3] == [FIRST_LOOK, 3 * FIRST_LOOK, 9 * FIRST_LOOK]
    assert looks[-1] == GIVEN_UP_AFTER
    assert call.cost is None
    assert offered(NOW + timedelta(days=30)) == []


def test_after_a_week_in_which_nothing_ran_it_is_asked_once(settings) -> None:
    call, network = ended(), Network(cost=None)
    assert not asked(call, network, NOW + timedelta(days=7))
    assert (network.asked, call.price_due_at) == (1, None)


def test_a_network_that_is_away_is_asked_later(settings) -> None:
    call = ended()
    with pytest.raises(TransientError):
        asked(call, Away())
    call.reload()
    assert call.price_due_at == FIRST + 2 * FIRST_LOOK
    assert asked(call, Network(), call.price_due_at)


def test_of_two_workers_one_asks(settings) -> None:
    call = ended()

    class Beside(Network):
        def fetch_call(self, call_sid: str) -> CallFacts | None:
            assert not price.ask(call.pk, other, now=FIRST)
            return super().fetch_call(call_sid)

    other = Network()
    assert asked(call, Beside())
    assert other.asked == 0


def test_what_was_never_placed_or_is_gone_or_is_forgotten_there_harms_nobody(settings) -> None:
    network = Network()
    never = ended(call_sid=None, status="failed")
    assert not asked(never, network)
    assert never.price_due_at is None
    gone = ended()
    gone.delete()
    assert not price.ask(gone.pk, network, now=FIRST)
    assert network.asked == 0
    forgotten = ended()
    assert not asked(forgotten, FakeVoice())
    assert forgotten.price_due_at is not None


@pytest.mark.parametrize("status", sorted(CALL_ENDED))
def test_the_networks_report_of_an_end_plans_the_first_look_and_once(settings, status) -> None:
    call = factories.call(status="ringing", call_sid=sid("CA"))
    for number in range(2):
        later = NOW + timedelta(minutes=number)
        report = Report(call.call_sid, f"{number}", status, {}, status=status)
        query, change = progress.as_update(call.pk, report, later)
        CallLog._get_collection().update_one(query, change)
    call.reload()
    assert (call.status, call.price_due_at) == (status, FIRST)


def test_a_report_that_ends_nothing_plans_no_look(settings) -> None:
    call = factories.call(status="queued", call_sid=sid("CA"))
    report = Report(call.call_sid, "1", "ringing", {}, status="ringing")
    CallLog._get_collection().update_one(*progress.as_update(call.pk, report, NOW))
    assert CallLog.across_tenants(pk=call.pk).get().price_due_at is None


def test_the_sweep_offers_who_is_due_longest_due_first(settings) -> None:
    later = ended(price_due_at=FIRST + timedelta(minutes=1))
    first = ended()
    ended(price_due_at=FIRST + timedelta(hours=1))
    ended(price_due_at=None)
    assert offered(FIRST - timedelta(seconds=1)) == []
    assert offered(FIRST + timedelta(minutes=2)) == [first.pk, later.pk]


def test_the_sweep_finds_them_by_an_index(settings) -> None:
    for number in range(40):
        ended(price_due_at=FIRST if number == 0 else None)
    rested = {"$or": [{"offered.ask_price": None}, {"offered.ask_price": {"$lt": FIRST}}]}
    ours = {"price_due_at": {"$lte": FIRST}, "status": {"$in": sorted(CALL_ENDED)}}
    query = {"updatedAt": {"$lt": datetime.now(UTC)}, **ours, **rested}
    found = CallLog._get_collection().find(query).sort("price_due_at", 1).limit(3)
    assert found.explain()["executionStats"]["totalDocsExamined"] == 1


def test_prices_stand_aside_for_every_other_work(settings) -> None:
    (rule,) = [rule for rule in sweep.RULES if rule.remedy == "ask_price"]
    other = sweep.RULES[0]
    assert [sweep.room(rule, waiting=n, deepest=50) for n in (0, 1, 60)] == [3, 0, 0]
    assert [sweep.room(other, waiting=n, deepest=50) for n in (0, 1, 60)] == [50, 49, 0]


@pytest.fixture
def script() -> Iterator[str]:
    """Where a call is told to last half a minute."""
    words = Response('<Response><Pause length="30"/></Response>', content_type="text/xml")
    product = make_server("127.0.0.1", 0, words, threaded=True)
    thread = threading.Thread(target=product.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{product.server_port}/"
    product.shutdown()
    thread.join()
    product.server_close()


def wait_for(condition) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.1)


def test_the_price_of_a_real_call_is_found_and_told(
    surroundings, settings, carrier, runtime, script
) -> None:
    call = factories.call(status="queued", dialing_at=NOW, claimed_at=datetime.now(UTC))
    carrier.assign(call.to_number, [{"outcome": "answers", "rings": 0}])
    placed = runtime.voice.place_call(
        CallRequest(call.to_number, call.from_number, script, script, script)
    )
    assert isinstance(placed, Placed)
    call.modify(set__call_sid=placed.call_sid)

    def over() -> bool:
        reconcile(call.pk, runtime.voice, now=datetime.now(UTC), grace=timedelta(minutes=2))
        call.reload()
        return call.status == "completed"

    wait_for(over)
    assert call.cost is None
    assert call.price_due_at is not None
    wait_for(lambda: asked(call, runtime.voice, call.price_due_at))
    assert (call.cost, call.currency) == (0.014, "USD")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    said = CliRunner().invoke(
        main, ["metrics", "--from", today, "--to", today, "--csv", "-"], env=surroundings
    )
    assert said.exit_code == 0, said.stderr
    assert "cost of calls,USD,amount,0.014" in said.stdout
    assert "calls with a price,all,share,1" in said.stdout
