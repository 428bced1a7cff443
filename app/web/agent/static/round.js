// The driver's page. Where it is the driver's own, everything works without a network: what is done
// goes into the outbox, and the cards were kept.

import { api, Refused } from "/static/api.js";
import { indicator, listen } from "/static/stream.js";
import { toast } from "/static/toasts.js";
import { areOf, clear, folded, heard, overlaidBy, refresh, show, showKept } from "./cards.js";
import { callCustomer, connected } from "./calling.js";
import { forgetCodes, reveal } from "./codes.js";
import { say } from "./said.js";

const AGAIN = 5_000;
// So long who logs out waits, for each try, for what is still to be sent.
const LEAVING = 8_000;
const list = document.getElementById("cards");
const own = list.hasAttribute("data-own");
const connection = indicator(document.getElementById("live"));
document.documentElement.classList.add("js");

async function hear(button) {
  const card = button.closest(".card");
  try {
    const { url } = await api("POST", `/recordings/${button.dataset.recording}/audio-link`);
    card.querySelector("audio")?.remove();
    const audio = document.createElement("audio");
    audio.controls = true;
    audio.src = url;
    audio.addEventListener("error", () => toast(say("no_sound"), { problem: true }));
    button.parentElement.after(audio);
    audio.play().catch(() => {});
    audio.focus();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.status === 0 ? say("no_sound") : say("refused_api", { why: error.message }), { problem: true });
  }
}

// iPhones know no geo: addresses, their maps have an address of their own; desks have none.
function go(link, event) {
  const { place, address } = link.dataset;
  const apple = /iPad|iPhone|Macintosh/.test(navigator.userAgent);
  if (apple) link.href = `maps:?daddr=${encodeURIComponent(place || address)}`;
  else if (!/Android|Mobile/.test(navigator.userAgent)) {
    event.preventDefault();
    navigator.clipboard?.writeText(address).then(() => toast(say("copied")), () => {});
  }
}

async function ownRound() {
  const [{ Outbox }, deeds, { Position }, push, kept, strips] = await Promise.all([
    import("./outbox.js"), import("./deeds.js"), import("./position.js"), import("./push.js"), import("./kept.js"), import("./strips.js"),
  ]);
  const outbox = new Outbox({ changed: redraw, loggedOut: out, reached });
  const onShift = () => outbox.lane("shift").length === 0;
  const position = new Position({ changed: shift, now: () => outbox.now(), onShift });
  const state = { me: null, registration: null };
  let following = false;

  function reached(yes) {
    strips.reached(yes);
    connected(yes);
  }

  function redraw() {
    overlaidBy(() => outbox.waiting().filter((entry) => entry.delivery));
    refresh();
    strips.outbox(outbox);
    shift();
  }

  function shift() {
    if (state.me) strips.shift(state.me, outbox.waiting(), position.on);
  }

  async function out() {
    // Whoever ended the session may have meant this very telephone: the round goes.
    document.getElementById("out").hidden = false;
    outbox.person = null;
    state.me = null;
    state.wasOut = true;
    position.stop();
    await forget();
  }

  /** Nothing of a round stays on this telephone but what waits to be sent. */
  async function forget() {
    forgetCodes();
    clear();
    await Promise.all([kept.forgetRound(), push.drop()]);
  }

  /** Somebody else has logged in here, in another window: this page is not theirs. */
  const changedHands = () => Boolean(state.me && kept.whose() && kept.whose() !== state.me.id);

  async function is(me, fresh) {
    const known = await kept.noted("me");
    if (known && known.id !== me.id) {
      await forget();
      // Everything anew, also what came with the page.
      [list.dataset.live] = list.dataset.live.split("?");
    }
    state.me = me;
    areOf(me.id);
    outbox.person = me.id;
    if (fresh) {
      outbox.skew = Date.parse(me.now) - Date.now();
      await kept.note("me", { ...me, csrf: "" });
      await kept.note("skew", outbox.skew);
    } else {
      outbox.skew = (await kept.noted("skew")) ?? 0;
    }
    strips.me(me);
    redraw();
    if (me.shift_since && (await kept.noted("sharing"))) position.start(me.id);
  }

  /** Who is logged in; where nobody can be asked, who was. */
  async function whoAmI() {
    clearTimeout(state.timer);
    try {
      const answer = await fetch("/agent/me", { signal: AbortSignal.timeout(6000), redirect: "error" });
      if (answer.status === 401 || answer.status === 403) return await out();
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      reached(true);
      if (state.wasOut) return location.reload();
      await is(await answer.json(), true);
      follow();
      outbox.flush({ atOnce: true });
    } catch {
      reached(false);
      if (!following) connection("offline");
      state.timer = setTimeout(whoAmI, AGAIN);
      if (changedHands()) return location.reload();
      const before = await kept.noted("me");
      // Who was here is whoever logged in last: what is another's is not shown, and does not stay.
      if (before && kept.whose() && before.id !== kept.whose()) {
        await Promise.all([kept.forgetRound(kept.whose()), push.drop()]);
      }
      const known = state.me ?? (before?.id === kept.whose() ? before : null);
      if (!known) return;
      if (!state.me) {
        await is(known, false);
        await showKept();
      }
      outbox.flush();
    }
  }

  function follow() {
    if (following) return;
    following = true;
    listen(list.dataset.live, heard, connection);
    if (state.registration) push.offer(state.registration, state.me.id);
  }

  async function shiftIs(on) {
    await outbox.add([{ kind: on ? "shift_on" : "shift_off", lane: "shift", path: `/agents/${state.me.id}/shift`, body: { on }, about: "" }]);
    state.me.shift_since = on ? outbox.now().toISOString() : null;
    await kept.note("me", { ...state.me, csrf: "" });
    if (!on) {
      position.stop();
      await kept.note("sharing", false);
    }
    shift();
  }

  async function share(on) {
    await kept.note("sharing", on);
    if (on) position.start(state.me.id);
    else position.stop();
  }

  async function leave() {
    await push.leave(state.registration, state.me?.id).catch(() => {});
    document.getElementById("me").submit();
  }

  const DO = {
    "call-customer": callCustomer,
    acknowledge: (button) => deeds.acknowledge(outbox, button.closest(".card")),
    start: (button) => deeds.start(outbox, button.closest(".card")),
    complete: (button) => deeds.complete(outbox, button.closest(".card")),
    fail: (button) => deeds.fail(outbox, button.closest(".card")),
    "shift-on": () => shiftIs(true),
    "shift-off": () => shiftIs(false),
    share: () => document.getElementById("share-ask").showModal(),
    "share-yes": (button) => (button.closest("dialog").close(), share(true)),
    unshare: () => share(false),
    push: (button) => (button.closest("dialog").close(), push.accept(state.registration, state.me.id)),
    "no-push": () => push.decline(),
    "send-now": () => outbox.flush({ atOnce: true }),
    again: (button) => outbox.again(Number(button.dataset.n)),
    drop: (button) => outbox.drop(Number(button.dataset.n)),
    update: () => state.registration.waiting?.postMessage("update"),
    leave: (button) => (button.closest("dialog").close(), leave()),
  };
  document.addEventListener("click", (event) => {
    const dialog = event.target.closest("[data-open]")?.dataset.open;
    if (dialog) document.getElementById(dialog).showModal();
    const button = event.target.closest("[data-do]");
    if (button && DO[button.dataset.do]) DO[button.dataset.do](button);
  });
  document.getElementById("me").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!navigator.onLine || !state.me?.csrf) return toast(say("offline_out"), { problem: true });
    const pause = (milliseconds) => new Promise((on) => setTimeout(on, milliseconds));
    for (let tries = 0; outbox.waiting().length && tries < 3; tries += 1) {
      // One that was under way may have passed over what waits.
      if (tries) await pause(500);
      await Promise.race([outbox.flush({ atOnce: true }), pause(LEAVING)]);
    }
    if (outbox.entries.length) document.getElementById("leave").showModal();
    else leave();
  });

  addEventListener("online", () => (whoAmI(), outbox.flush({ atOnce: true })));
  addEventListener("offline", () => reached(false));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return outbox.leave();
    if (changedHands()) location.reload();
    else outbox.flush();
  });
  await outbox.open();
  await whoAmI();
  state.registration = await installed(strips, outbox);
  if (state.registration && state.me && following) push.offer(state.registration, state.me.id);
}

async function installed(strips, outbox) {
  if (!navigator.serviceWorker) return null;
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.show) show(data.show);
    if (data?.outbox) outbox.flush();
  });
  let controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (controlled) location.reload();
    controlled = true;
  });
  try {
    const registration = await navigator.serviceWorker.register("/agent/sw.js", { scope: "/agent" });
    strips.update(registration);
    return registration;
  } catch {
    // Without it the page works as long as it is open.
    return null;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  const name = button?.dataset.do;
  if (name === "codes") reveal(button);
  else if (name === "fold") folded(button.closest(".card"));
  else if (name === "listen") hear(button);
  else if (name === "go") go(button, event);
});
refresh();
if (own) await ownRound();
else listen(list.dataset.live, heard, connection);
if (location.hash.startsWith("#delivery-")) show(location.hash.slice(10));
