// Codes that open doors: asked for by a tap, which the audit log keeps, and shown for a short while.
//
// What was read stays in this page's memory until the stop is done, the page is closed or somebody
// else logs in: who stands in a stairwell without a network can read it again. It is never written
// down on the telephone. Encrypting it there would not help, for the key would lie beside it.

import { api } from "/static/api.js";
import { toast } from "/static/toasts.js";
import { say } from "./said.js";

const SHOWN = 60_000;
const read = new Map();

export const forgetCodes = () => read.clear();

function list(items, before) {
  const shown = document.createElement("dl");
  shown.className = "access revealed";
  for (const item of items) {
    const pair = document.createElement("div");
    const name = document.createElement("dt");
    const code = document.createElement("dd");
    name.textContent = item.text;
    code.textContent = item.slots.code;
    pair.append(name, code);
    shown.append(pair);
  }
  if (before) {
    const words = document.createElement("p");
    words.className = "aside";
    words.textContent = say("code_before");
    shown.append(words);
  }
  return shown;
}

/** Show the codes of the card in which the button stands. */
export async function reveal(button) {
  const card = button.closest(".card");
  const { id } = card.dataset;
  button.disabled = true;
  let before = false;
  try {
    read.set(id, (await api("POST", `/deliveries/${id}/codes`)).items);
  } catch (error) {
    before = error.status === 0 && read.has(id);
    if (!before) {
      toast(error.status === 0 ? say("no_codes") : say("refused_api", { why: error.message }), { problem: true });
      return;
    }
  } finally {
    button.disabled = false;
  }
  const place = card.querySelector("[data-codes]");
  place?.querySelector(".revealed")?.remove();
  if (!read.get(id).length) {
    toast(say("code_none"));
    return;
  }
  const shown = list(read.get(id), before);
  place?.append(shown);
  shown.tabIndex = -1;
  shown.focus({ preventScroll: true });
  setTimeout(() => shown.remove(), SHOWN);
}
