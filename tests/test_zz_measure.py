"""events a second: publish and post, with 2,000 moves, one subscriber that answers at once."""
import time, threading
from datetime import UTC, datetime, timedelta
import pytest
from app.models import Event, Posting, Delivery
from app.states import DELIVERY
from app.pipeline import publish as P, post as T
from app.gateways.webhook_posts import WebhookPosts
from tests import factories
from tests.pipeline.event_side import subscriber
from tests.workers.receiver import receiver

def test_m(settings):
    from app.rules.webhooks import addresses
    made=[factories.delivery(reference=f"R-{i}") for i in range(1000)]
    t=time.perf_counter()
    for d in made: d.move_to(DELIVERY,"assigned",at=datetime.now(UTC),cause="x")
    print("moves/s", 1000/(time.perf_counter()-t))
    with receiver() as shop:
        s=subscriber(url=shop.url); shop.secret=s.secrets[0].value
        s.modify(set__created_at=datetime(2020,1,1,tzinfo=UTC))
        t=time.perf_counter(); n=0
        while True:
            r=P.publish("default",now=datetime.now(UTC),most=200); n+=r.events
            if not r.more: break
        print("published",n, n/(time.perf_counter()-t),"events/s")
        t=time.perf_counter(); n=0; turns=0
        posts=WebhookPosts(to_loopback=True)
        while True:
            r=T.post(s.pk,posts,clock=lambda: datetime.now(UTC)); n+=r.taken; turns+=1
            if not r.more: break
        print("posted",n,turns,"turns",n/(time.perf_counter()-t),"events/s", len(shop.seen))
    # the duty with nobody listening
    from app.models import Subscription
    Subscription.of("default").delete()
    for d in made: d.move_to(DELIVERY,"in_transit",at=datetime.now(UTC),cause="x")
    t=time.perf_counter(); k=P.forget_unheard(now=datetime.now(UTC)+timedelta(minutes=2)); print("forgot",k,(time.perf_counter()-t)*1000,"ms")
    t=time.perf_counter(); P.forget_unheard(now=datetime.now(UTC)); print("nothing to forget",(time.perf_counter()-t)*1000,"ms")
