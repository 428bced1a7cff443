// Recordings to listen to and read along: a waveform, and the words in time with the sound. Whoever
// only looks fetches no sound: the waveform's figures come from the server, and listening is counted
// where it happens.

import WaveSurfer from "./vendor/wavesurfer/wavesurfer.esm.js";
import { api } from "./api.js";
import { say } from "./words.js";

const SPEEDS = [1, 1.5, 2, 0.75];
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const nonce = document.querySelector('meta[name="csp-nonce"]')?.content;
const all = new Set();

/** One recording on the page. */
class Hearing {
  constructor(element) {
    this.element = element;
    this.audio = element.querySelector("audio");
    this.words = [...element.querySelectorAll("[data-n]")];
    this.seconds = Number(element.dataset.seconds) || 0;
    this.until = Infinity;
    this.cursor = 0;
    if (this.audio) this.#sound();
    this.#read();
    all.add(this);
  }

  get playing() {
    return Boolean(this.audio && !this.audio.paused);
  }

  #sound() {
    const { audio, element } = this;
    this.button = element.querySelector("[data-play]");
    this.seek = element.querySelector(".seek");
    this.button.addEventListener("click", () => this.toggle());
    this.seek.addEventListener("input", () => this.go(Number(this.seek.value)));
    const speed = element.querySelector(".speed");
    speed.addEventListener("click", () => {
      const next = SPEEDS[(SPEEDS.indexOf(audio.playbackRate) + 1) % SPEEDS.length];
      audio.playbackRate = next;
      speed.textContent = `${next}×`;
    });
    for (const name of ["play", "pause", "ended", "timeupdate", "seeked"]) audio.addEventListener(name, () => this.follow());
    audio.addEventListener("play", () => this.#run());
    audio.addEventListener("error", () => this.#broken());
    this.#draw();
  }

  async #draw() {
    try {
      const { peaks } = await api("GET", `/recordings/${this.element.dataset.recording}/waveform`);
      if (!this.element.isConnected) return;
      this.wave = WaveSurfer.create({
        container: this.element.querySelector(".wave"), media: this.audio, cspNonce: nonce,
        peaks: [peaks.map((each) => each / 100)], duration: this.seconds,
        height: 56, barWidth: 2, barGap: 1, barRadius: 2, hideScrollbar: true, dragToSeek: true, cursorWidth: 2, ...colours(),
      });
      this.element.dataset.wave = "";
    } catch {
      // The slider and the words do without.
    }
  }

  #broken() {
    this.audio.pause();
    this.element.querySelector(".fault").hidden = false;
    this.follow();
  }

  #read() {
    const box = this.element.querySelector(".transcript");
    if (!box || !this.audio) return;
    box.addEventListener("click", (event) => {
      const word = event.target.closest("[data-n]");
      if (!word || !getSelection().isCollapsed) return;
      this.#point(Number(word.dataset.n));
      this.play(Number(word.dataset.start));
    });
    box.addEventListener("keydown", (event) => this.#key(event));
    box.addEventListener("blur", () => this.words[this.cursor]?.classList.remove("cursor"));
    box.addEventListener("focus", () => box.matches(":focus-visible") && this.#point(this.cursor));
  }

  #key(event) {
    const to = { ArrowRight: this.cursor + 1, ArrowLeft: this.cursor - 1, Home: 0, End: this.words.length - 1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (to !== undefined) this.#point(to);
    else if (event.key === "Enter") this.play(Number(this.words[this.cursor].dataset.start));
    else return;
    event.preventDefault();
  }

  #point(to) {
    this.words[this.cursor]?.classList.remove("cursor");
    this.cursor = Math.max(0, Math.min(to, this.words.length - 1));
    this.words[this.cursor]?.classList.add("cursor");
  }

  toggle() {
    if (this.playing) this.audio.pause();
    else this.play();
  }

  /** Play from `start` on, until `until` where that is given; both in seconds. */
  play(start = null, until = Infinity) {
    for (const other of all) if (other !== this && other.playing) other.audio.pause();
    if (this.audio.error) {
      this.element.querySelector(".fault").hidden = true;
      this.audio.load();
    }
    this.until = until;
    if (start !== null) this.audio.currentTime = start;
    // A refusal also arrives as an `error` event, where it is shown.
    this.audio.play().catch(() => {});
  }

  go(seconds) {
    this.until = Infinity;
    this.audio.currentTime = seconds;
    this.follow();
  }

  #run() {
    if (!this.playing || !this.element.isConnected) return;
    if (this.audio.currentTime >= this.until) {
      this.until = Infinity;
      this.audio.pause();
    }
    this.follow();
    requestAnimationFrame(() => this.#run());
  }

  /** Show where the sound is. */
  follow() {
    const now = this.audio.currentTime;
    const { playing } = this;
    this.element.toggleAttribute("data-playing", playing);
    this.button.setAttribute("aria-label", say(playing ? "pause" : "play"));
    this.seek.value = String(now);
    this.seek.setAttribute("aria-valuetext", say("seconds", { now: Math.round(now), all: Math.round(this.seconds) }));
    this.element.querySelector(".clock").textContent = clock(now > 0 ? now : this.seconds);
    this.#mark(now === 0 || this.audio.ended ? -1 : now);
  }

  #mark(now) {
    let said = null;
    for (const word of this.words) {
      if (Number(word.dataset.start) > now) break;
      said = word;
    }
    if (said && now > Number(said.dataset.end) + 0.6) said = null;
    if (said === this.marked) return;
    this.marked?.classList.remove("now");
    said?.classList.add("now");
    this.marked = said;
  }

  /** Mark the words from `first` to `last`, or none. */
  evidence(first = 1, last = 0) {
    this.words.forEach((word, n) => word.classList.toggle("evidence", n >= first && n <= last));
  }

  close() {
    this.audio?.pause();
    this.wave?.destroy();
    all.delete(this);
  }
}

const colours = () => ({ waveColor: colour("--edge"), progressColor: colour("--accent"), cursorColor: colour("--accent") });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const each of all) each.wave?.setOptions(colours());
});

/** Bring the recordings beneath `root` to life; those that have left the page are let go. */
export function hear(root = document) {
  for (const each of [...all]) if (!each.element.isConnected) each.close();
  for (const element of root.querySelectorAll(".hearing")) {
    if (![...all].some((each) => each.element === element)) new Hearing(element);
  }
}

/** The recording by this id, or the first one. */
export function hearingOf(id) {
  return [...all].find((each) => !id || each.element.dataset.recording === id);
}

/** Is anything beneath `root` playing? */
export const isPlaying = (root) => [...all].some((each) => each.playing && root.contains(each.element));
