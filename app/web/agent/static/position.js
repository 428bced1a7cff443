// Where the driver is: told on shift alone, while the page is open and says so. The latest place is
// all that is sent; what could not be sent is dropped, for it is old by then.

import { api } from "/static/api.js";
import { toast } from "/static/toasts.js";
import { say } from "./said.js";

const SECONDS = 30;
const METRES = 30;
const AT_LEAST = 240;

/** Metres between two places, near enough. */
function apart(a, b) {
  const radian = Math.PI / 180;
  const x = (b.longitude - a.longitude) * radian * Math.cos(((a.latitude + b.latitude) / 2) * radian);
  const y = (b.latitude - a.latitude) * radian;
  return Math.hypot(x, y) * 6_371_000;
}

export class Position {
  /** `changed` hears whether it is shared; `onShift` says whether the server knows of the shift. */
  constructor({ changed, now, onShift }) {
    this.changed = changed;
    this.onShift = onShift;
    this.now = now;
    this.watch = null;
    this.sent = null;
    this.latest = null;
    this.owed = false;
    this.agent = null;
    setInterval(() => this.#send(), 5_000);
  }

  get on() {
    return this.watch !== null;
  }

  start(agent) {
    this.agent = agent;
    if (this.on || !navigator.geolocation) return;
    this.watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        const at = this.now().toISOString();
        this.latest = { longitude: coords.longitude, latitude: coords.latitude, at };
        this.#send();
      },
      (error) => {
        // No place just now passes; no permission does not.
        if (error.code !== error.PERMISSION_DENIED) return;
        this.stop();
        toast(say("no_position"), { problem: true });
      },
      { enableHighAccuracy: true, maximumAge: 15_000, timeout: 60_000 },
    );
    this.changed();
  }

  stop() {
    if (this.on) navigator.geolocation.clearWatch(this.watch);
    this.watch = null;
    this.latest = null;
    this.sent = null;
    this.changed();
  }

  async #send() {
    if (!this.on || !this.latest || !this.onShift()) return;
    if (this.sent) {
      const age = (Date.now() - this.sent.tried) / 1000;
      const news = this.owed || (this.latest !== this.sent && (age >= AT_LEAST || apart(this.sent, this.latest) >= METRES));
      if (age < SECONDS || !news) return;
    }
    this.sent = this.latest;
    this.sent.tried = Date.now();
    const { longitude, latitude, at } = this.latest;
    try {
      await api("POST", `/agents/${this.agent}/position`, { body: { place: { longitude, latitude }, at } });
      this.owed = false;
    } catch (error) {
      this.owed = Boolean(error.passing);
      // The shift was ended elsewhere.
      if (error.status === 409) this.stop();
    }
  }
}
