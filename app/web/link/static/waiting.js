// Shows what was understood as soon as it is known, without taking the page away from its reader.

const PAUSES = [1, 2, 2, 3, 3, 5, 5, 5, 10, 10, 10, 20, 20, 30, 30, 60, 60];

async function look(tries = 0) {
  if (tries >= PAUSES.length) return;
  await new Promise((resolve) => setTimeout(resolve, PAUSES[tries] * 1000));
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("back");
    if (fresh && fresh.innerHTML.trim() !== document.getElementById("back").innerHTML.trim()) {
      document.getElementById("back").replaceChildren(...fresh.childNodes);
    }
    if (fresh && !("waiting" in fresh.dataset)) return;
  } catch {
    // The next look may find the way again.
  }
  look(tries + 1);
}

look();
