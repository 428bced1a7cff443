// What the driver can do about a stop: into the outbox, all of one press at once.

import { toast } from "/static/toasts.js";
import { pad, photo, signature } from "./photo.js";
import { say } from "./said.js";

const dialogs = { complete: document.getElementById("complete"), fail: document.getElementById("fail") };
let shots = [];
let signing = null;

/** Keep deeds about the delivery of a card; true once they are kept. */
async function keep(outbox, card, deeds) {
  const { id, stop } = card.dataset;
  const about = `${stop ? `${stop} · ` : ""}${card.querySelector("h2").textContent}`;
  try {
    await outbox.add(deeds.map((deed) => ({ ...deed, path: `/deliveries/${id}${deed.path}`, delivery: id, lane: id, about })));
    return true;
  } catch {
    toast(say("not_kept"), { problem: true });
    return false;
  }
}

const acknowledged = (card) => ({
  kind: "acknowledge", path: "/acknowledge", body: { analysis_version: Number(card.dataset.version) },
});

export const acknowledge = (outbox, card) => keep(outbox, card, [acknowledged(card)]);
export const start = (outbox, card) => keep(outbox, card, [
  ...(card.hasAttribute("data-seen") ? [] : [acknowledged(card)]),
  { kind: "start", path: "/start" },
]);

function show(dialog, card) {
  dialog.querySelector("form").reset();
  dialog.querySelector("[data-about]").textContent = `${card.querySelector("h2").textContent}, ${card.querySelector(".address").textContent}`;
  dialog.querySelector("[data-fault]").textContent = "";
  shots = [];
  drawShots(dialog);
  dialog.returnValue = "";
  dialog.showModal();
}

function drawShots(dialog) {
  const buttons = shots.map((shot, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "shot";
    button.setAttribute("aria-label", say("photo_name", { number: at + 1 }));
    button.append(shot.thumb);
    button.addEventListener("click", () => {
      shots = shots.filter((each) => each !== shot);
      drawShots(dialog);
    });
    return button;
  });
  dialog.querySelector("[data-shots]").replaceChildren(...buttons);
}

const taken = () => shots.map(({ content }) => ({ kind: "proof", path: "/proofs", body: { kind: "photo", content } }));

function fault(dialog, name) {
  dialog.querySelector("[data-fault]").textContent = say(name);
  return false;
}

/** Runs `deeds`, which answers false where something is missing, when the dialog's button is pressed. */
function ask(dialog, card, deeds) {
  show(dialog, card);
  const form = dialog.querySelector("form");
  form.onsubmit = async (event) => {
    if (event.submitter?.value !== "do") return;
    event.preventDefault();
    if (event.submitter.disabled) return;
    event.submitter.disabled = true;
    try {
      if (await deeds(form)) dialog.close("done");
    } finally {
      event.submitter.disabled = false;
    }
  };
}

export async function complete(outbox, card) {
  const dialog = dialogs.complete;
  const wanted = card.hasAttribute("data-sign");
  ask(dialog, card, async (form) => {
    const signed = signing && !signing.isEmpty();
    if (wanted && !signed) return fault(dialog, "need_signature");
    const proofs = taken();
    if (signed) {
      const by = form.elements.signed_by.value.trim();
      const body = { kind: "signature", content: await signature(dialog.querySelector("[data-pad]")) };
      proofs.push({ kind: "proof", path: "/proofs", body: by ? { ...body, signed_by: by } : body });
    }
    const notes = form.elements.notes.value.trim();
    return keep(outbox, card, [...proofs, { kind: "complete", path: "/complete", body: notes ? { notes } : {} }]);
  });
  signing?.off();
  signing = null;
  signing = await pad(dialog.querySelector("[data-pad]"));
}

export function fail(outbox, card) {
  const dialog = dialogs.fail;
  ask(dialog, card, async (form) => {
    const picked = form.elements.reason.value;
    const notes = form.elements.notes.value.trim();
    if (!picked || (picked === "other" && !notes)) return fault(dialog, "need_reason");
    const reason = picked === "other" ? notes : [picked, notes].filter(Boolean).join(": ");
    return keep(outbox, card, [...taken(), { kind: "fail", path: "/fail", body: { reason } }]);
  });
}

for (const dialog of Object.values(dialogs).filter(Boolean)) {
  dialog.querySelector("[data-photo]").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    target.value = "";
    if (!file) return;
    try {
      shots.push(await photo(file));
      drawShots(dialog);
    } catch {
      fault(dialog, "bad_photo");
    }
  });
  dialog.querySelector("[data-clear]")?.addEventListener("click", () => signing?.clear());
}
