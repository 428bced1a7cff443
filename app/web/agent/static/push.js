// Notifications of new instructions: asked for after a tap that explains them, and renewed by itself
// where the server's key or the person has changed.

import { api } from "/static/api.js";
import { toast } from "/static/toasts.js";
import { note, noted, pushesAreFor } from "./kept.js";
import { say } from "./said.js";

const strip = document.getElementById("push");

const bytesOf = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

async function key() {
  try {
    return (await api("GET", "/agents/push-key")).public_key;
  } catch {
    return null;
  }
}

async function subscribe(registration, agent, publicKey) {
  let subscription = await registration.pushManager.getSubscription();
  if (subscription && (await noted("push key")) !== publicKey) {
    // The old one is good for the old key alone.
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(publicKey),
  });
  const told = `${agent} ${publicKey} ${subscription.endpoint}`;
  if ((await noted("push told")) === told) return;
  const { endpoint, keys } = subscription.toJSON();
  await api("PUT", `/agents/${agent}/push-subscription`, { body: { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } } });
  await note("push key", publicKey);
  await note("push told", told);
  await pushesAreFor(agent);
}

/** Offer notifications, or see to it that those there are reach this person. */
export async function offer(registration, agent) {
  if (!("PushManager" in window) || !("Notification" in window) || Notification.permission === "denied") return;
  const publicKey = await key();
  if (!publicKey) return;
  if (Notification.permission === "granted" && (await noted("push")) === "on") {
    await subscribe(registration, agent, publicKey).catch(() => {});
  } else if ((await noted("push")) !== "no") {
    strip.hidden = false;
  }
}

/** The driver wants them. */
export async function accept(registration, agent) {
  strip.hidden = true;
  if ((await Notification.requestPermission()) !== "granted") {
    toast(say("no_push"), { problem: true });
    return;
  }
  try {
    await note("push", "on");
    await subscribe(registration, agent, await key());
    toast(say("push_on"));
  } catch (error) {
    strip.hidden = false;
    toast(say("refused_api", { why: error.message }), { problem: true });
  }
}

export async function decline() {
  strip.hidden = true;
  await note("push", "no");
}

/** Somebody else is here now: nothing that is meant for who was is shown any more. */
export async function drop() {
  const registration = await navigator.serviceWorker?.getRegistration("/agent");
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  for (const each of (await registration?.getNotifications()) ?? []) each.close();
}

/** Before somebody logs out: no notification of theirs comes here any more. */
export async function leave(registration, agent) {
  const subscription = await registration?.pushManager?.getSubscription();
  if (!subscription) return;
  const { endpoint } = subscription;
  await api("POST", `/agents/${agent}/push-subscription/forget`, { body: { endpoint } }).catch(() => {});
  await subscription.unsubscribe();
}
