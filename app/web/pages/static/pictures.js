// Photos and signatures of a delivery: fetched when somebody asks to see them, for that is noted.

import { api } from "./api.js";
import { say } from "./words.js";

const fetched = new Map();
const slots = () => [...document.querySelectorAll("[data-proof]")];
const missing = () => slots().filter((slot) => !fetched.has(slot.dataset.proof));
const dialog = document.getElementById("picture");

/** Is one of this part's pictures open in full? */
export const isOpen = (part) => Boolean(dialog?.open && part.querySelector("[data-proof]"));

/** Put what was fetched into its places: the page's part may be another one by now. */
export function placePictures() {
  if (dialog?.open) return;
  for (const slot of slots()) {
    const image = fetched.get(slot.dataset.proof);
    if (!image) continue;
    if (!slot.contains(image)) slot.append(image);
    slot.hidden = false;
  }
  const asks = document.querySelector(".show-pictures");
  if (asks) asks.hidden = !missing().length;
}

/** Show all pictures. Throws, when the others are there, for one that could not be fetched. */
export async function showPictures(button) {
  let failed = null;
  button.disabled = true;
  for (const { dataset } of missing()) {
    try {
      fetched.set(dataset.proof, await picture(dataset));
      placePictures();
    } catch (error) {
      failed = error;
    }
  }
  button.disabled = false;
  if (failed) throw failed;
  slots()[0]?.focus();
}

async function picture({ proof, told }) {
  const { url } = await api("POST", `/proofs/${proof}/link`);
  const image = new Image();
  image.alt = told;
  image.src = url;
  try {
    await image.decode();
  } catch {
    throw new Error(say("unseen"));
  }
  return image;
}

/** Show one in full. It is the same element, as its address is not valid for long. */
export function openPicture(slot) {
  dialog.querySelector("h2").textContent = slot.dataset.told;
  dialog.querySelector("div").replaceChildren(fetched.get(slot.dataset.proof));
  dialog.showModal();
}
