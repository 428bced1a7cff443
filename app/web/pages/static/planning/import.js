// Keeps the text of a file while the tab is open, so that going back loses nothing; and tells that
// the rows are being tried, which takes a while where there are many.

import { say } from "../words.js";
import { toast } from "../toasts.js";

const KEPT = "delauto.import";
const form = document.getElementById("import");
const text = document.getElementById("text");
const file = document.getElementById("file");

function keep(value) {
  try {
    if (value) sessionStorage.setItem(KEPT, value);
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Too large, or not allowed: it stays in the form.
  }
}

if (form.hasAttribute("data-done")) keep("");
else if (text.value.trim()) keep(text.value);
else if (sessionStorage.getItem(KEPT)) {
  text.value = sessionStorage.getItem(KEPT);
  text.closest("details").open = true;
  toast(say("kept"));
}

text.addEventListener("input", () => {
  keep(text.value);
  // What was typed counts, not the file that was chosen before.
  file.value = "";
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("data-stay")) return;
  form.setAttribute("aria-busy", "true");
  document.getElementById("busy").textContent = say("trying");
  document.getElementById("busy").classList.remove("unseen");
});
addEventListener("pageshow", () => form.removeAttribute("aria-busy"));
