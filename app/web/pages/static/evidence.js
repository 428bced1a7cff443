// What was understood, beside the words from which it was read: pointing at one marks the others.

import { hearingOf } from "./hearing.js";

function mark(line, on) {
  if (!line?.dataset.recording) return;
  const hearing = hearingOf(line.dataset.recording);
  if (on) hearing?.evidence(Number(line.dataset.first), Number(line.dataset.last));
  else hearing?.evidence();
}

const lineOf = (event) => event.target.closest?.("[data-line]");

/** Let lines with data-line, data-recording, data-first and data-last mark their words. */
export function evidences() {
  for (const [name, on] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]]) {
    document.addEventListener(name, (event) => {
      const line = lineOf(event);
      if (!line || (!on && line.contains(event.relatedTarget))) return;
      mark(line, on);
    });
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hear]");
    if (!button) return;
    const { recording, start, end } = button.closest("[data-line]").dataset;
    hearingOf(recording)?.play(Number(start), Number(end) + 0.15);
  });
}
