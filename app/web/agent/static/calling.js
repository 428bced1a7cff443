// The driver is put through to a customer by the company's number. Never from the outbox: a call
// that goes out an hour later is not the one that was asked for.

import { api, Refused } from "/static/api.js";
import { toast } from "/static/toasts.js";
import { say, says } from "./said.js";

// Nobody knows before the server was asked.
let reached = null;
// How long the button waits for news that it was pressed, where they do not come.
const LONGEST = 20_000;

/** Whether the server was reached when it was last asked. */
export function connected(yes) {
  if (reached === yes) return;
  reached = yes;
  for (const card of document.querySelectorAll(".card")) offer(card);
}

/** What the card's button can do now: nothing without a network, or while a call is under way. */
export function offer(card) {
  const button = card.querySelector('[data-do="call-customer"]');
  if (!button) return;
  const line = card.querySelector(".calling");
  // How a call was getting on when the card was kept is not how it is now.
  if (line) line.hidden = reached === false;
  button.disabled = !reached || button.hasAttribute("data-asking") || Boolean(line && !line.hasAttribute("data-over"));
  card.querySelector(".no-call").hidden = reached !== false;
}

function why(error) {
  if (error.status === 0) return say("no_call");
  const known = `why_${error.problem?.reason}`;
  return says(known) ? say(known) : say("refused_api", { why: error.message });
}

/** Ask to be put through to the customer of the card in which the button stands. */
export async function callCustomer(button) {
  const card = button.closest(".card");
  button.toggleAttribute("data-asking", true);
  offer(card);
  try {
    // A new key each time: pressed again while it rings, the server knows that it is the same call.
    await api("POST", `/deliveries/${card.dataset.id}/call-customer`);
    // The card that comes next says how it is getting on, and has a button of its own.
    setTimeout(() => free(button), LONGEST);
  } catch (error) {
    free(button);
    if (!(error instanceof Refused)) throw error;
    toast(why(error), { problem: true });
  }
}

function free(button) {
  button.toggleAttribute("data-asking", false);
  const card = button.closest(".card");
  if (card?.isConnected) offer(card);
}
