// Copies what is shown once, and keeps a reload from doing a deed again.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // Without the permission, or off HTTPS, the older way still works.
      if (!document.execCommand("copy")) return;
    }
    button.textContent = button.dataset.copied;
    document.getElementById("announcer").textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 3000);
  });
}

// A page that came of a form is not asked for again by sending that form once more.
const made = document.querySelector("[data-made]");
if (made) history.replaceState(null, "", made.dataset.made);

// A text is played here; without script it opens by itself.
const player = new Audio();
let address = "";
document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (!form.dataset.sound || submitter?.name !== "listen") return;
  event.preventDefault();
  const given = new FormData(form, submitter);
  submitter.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.dataset.sound, { method: "POST", body: given });
    if (!answer.ok) throw new Error((await answer.text()).replace(/^[^:]*: /, ""));
    URL.revokeObjectURL(address);
    address = URL.createObjectURL(await answer.blob());
    player.src = address;
    await player.play();
    submitter.dataset.played = "yes";
  } catch (error) {
    const { toast } = await import("/static/toasts.js");
    toast(error.message, { problem: true });
  } finally {
    submitter.removeAttribute("aria-busy");
  }
});

for (const button of document.querySelectorAll("[data-reset]")) {
  const text = document.getElementById(button.dataset.reset);
  button.hidden = false;
  button.addEventListener("click", () => {
    text.value = text.dataset.default;
    text.focus();
  });
}

// A name is put where the caret stood last, or at the end of a text that was never touched.
for (const button of document.querySelectorAll("[data-insert]")) {
  const text = document.getElementById(button.dataset.into);
  let touched = false;
  text.addEventListener("focus", () => { touched = true; });
  button.hidden = false;
  button.addEventListener("click", () => {
    const at = touched ? text.selectionStart : text.value.length;
    const before = at && !/\s$/.test(text.value.slice(0, at)) ? " " : "";
    text.setRangeText(before + button.dataset.insert, at, touched ? text.selectionEnd : at, "end");
    text.focus();
  });
}

// All events are all of them: while that is chosen, the single ones are not to be.
for (const all of document.querySelectorAll('input[type="checkbox"][value="*"]')) {
  const group = all.closest("fieldset");
  const others = [...group.querySelectorAll('input[type="checkbox"]')].filter((each) => each !== all);
  const fit = () => {
    group.toggleAttribute("data-all", all.checked);
    for (const each of others) each.disabled = all.checked;
  };
  all.addEventListener("change", fit);
  fit();
}
