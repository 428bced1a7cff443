// The recordings: a button, a slider and the words themselves, each of which the audio follows.
// Listens once on the document, so that rows may come and go.

const box = (element) => element.closest(".player");
const audioOf = (row) => row?.querySelector("audio");
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function length(player, audio) {
  if (Number.isFinite(audio.duration)) return audio.duration;
  return Number(player.querySelector(".clock").dataset.length) || 0;
}

function start(audio) {
  for (const other of document.querySelectorAll(".player[data-playing] audio")) {
    if (other !== audio) other.pause();
  }
  if (audio.error) {
    box(audio).removeAttribute("data-broken");
    audio.load();
  }
  // A refusal also arrives as an `error` event, where it is shown.
  audio.play().catch(() => {});
}

function follow(audio) {
  const player = box(audio);
  if (!player || audio.error) return;
  player.toggleAttribute("data-playing", !audio.paused);
  name(audio, audio.paused ? "play" : "pause");
  const now = audio.currentTime;
  const whole = length(player, audio);
  const part = whole ? Math.min(now / whole, 1) : 0;
  const seek = player.querySelector(".seek");
  seek.value = String(part * 1000);
  seek.style.setProperty("--played", `${part * 100}%`);
  seek.setAttribute("aria-valuetext", player.dataset.saysPlace.replace("{now}", Math.round(now)).replace("{whole}", Math.round(whole)));
  player.querySelector(".clock").textContent = clock(now > 0 ? now : whole);
  mark(player.closest(".row"), audio.ended || now === 0 ? -1 : now);
}

function mark(row, now) {
  let current = null;
  for (const word of row.querySelectorAll("[data-start]")) {
    if (Number(word.dataset.start) > now) break;
    current = word;
  }
  if (current && now > Number(current.dataset.end) + 0.6) current = null;
  const marked = row.querySelector(".now");
  if (marked === current) return;
  marked?.classList.remove("now");
  current?.classList.add("now");
}

function run(audio) {
  if (audio.paused) return;
  follow(audio);
  requestAnimationFrame(() => run(audio));
}

function open(row, wide) {
  row.toggleAttribute("data-open", wide);
  row.querySelector(".more")?.setAttribute("aria-expanded", String(wide));
}

function onClick(event) {
  const row = event.target.closest(".row");
  const audio = audioOf(row);
  if (event.target.closest(".more")) {
    open(row, !row.hasAttribute("data-open"));
  } else if (audio && event.target.closest(".play")) {
    if (audio.paused) start(audio);
    else audio.pause();
  } else if (audio && event.target.closest("[data-start]")) {
    if (!getSelection().isCollapsed) return;
    audio.currentTime = Number(event.target.closest("[data-start]").dataset.start);
    start(audio);
  }
}

function onSeek(event) {
  if (!event.target.matches(".seek")) return;
  const player = box(event.target);
  const audio = audioOf(player);
  audio.currentTime = (Number(event.target.value) / 1000) * length(player, audio);
  follow(audio);
}

const HEARD = {
  play(audio) {
    open(box(audio).closest(".row"), true);
    run(audio);
  },
  pause: follow,
  ended: follow,
  timeupdate: follow,
  error(audio) {
    const player = box(audio);
    // A recording that cannot be loaded would count as playing for ever.
    audio.pause();
    player.removeAttribute("data-playing");
    player.setAttribute("data-broken", "");
    player.querySelector(".clock").textContent = player.dataset.saysBroken;
    name(audio, "play");
  },
};

function name(audio, action) {
  const button = box(audio).querySelector(".play");
  const label = button.dataset[action];
  if (label !== button.getAttribute("aria-label")) button.setAttribute("aria-label", label);
}

/** Bring every recording on the page to life, now and later. */
export function players() {
  document.addEventListener("click", onClick);
  document.addEventListener("input", onSeek);
  for (const [kind, handle] of Object.entries(HEARD)) {
    // Media events do not bubble; they can be caught on their way down.
    const onMedia = ({ target }) => target.matches?.(".player audio") && handle(target);
    document.addEventListener(kind, onMedia, true);
  }
}
