// What the driver did, as requests to the API: each with its own key and time, made when the button
// was pressed, sent in order for each delivery, and kept until it is known to have arrived.

import { api, newKey, Refused } from "/static/api.js";
import { post, posted, repost, unpost } from "./kept.js";

const PAUSES = [2, 4, 8, 15, 30, 60, 120];
// The API takes no older times.
const OLDEST = 71 * 3_600_000;
const ENDS = { start: "in_transit", complete: "completed", fail: "failed" };

/** Let the browser send it when there is a network, should this page not be there any more. */
async function wanted() {
  try {
    await (await navigator.serviceWorker.getRegistration("/agent")).sync.register("outbox");
  } catch {
    // Not every browser does: then it is sent when the page is open.
  }
}

export class Outbox {
  /** `changed` hears of every change, `loggedOut` that nobody is logged in any more, `reached`
   * whether the server was. */
  constructor({ changed, loggedOut, reached }) {
    this.entries = [];
    this.person = null;
    this.skew = 0;
    this.changed = changed;
    this.loggedOut = loggedOut;
    this.reached = reached;
    this.timer = 0;
    this.running = null;
    this.atOnce = false;
  }

  async open() {
    this.entries = await posted();
    this.changed();
  }

  /** The server's clock, as far as it is known. */
  now() {
    return new Date(Date.now() + this.skew);
  }

  /** Keep these deeds, all or none, and send them when it can be; rejects if they cannot be kept. */
  async add(deeds) {
    const at = this.now().toISOString();
    const made = deeds.map(({ body = {}, ...deed }) => ({
      ...deed, body: { ...body, at }, at, key: newKey(), person: this.person, tries: 0, notBefore: 0, refused: null,
    }));
    this.entries.push(...(await post(made)));
    this.changed();
    this.flush();
    wanted();
  }

  /** The page goes out of sight, and may never come back. */
  leave() {
    if (this.waiting().length) wanted();
  }

  mine() {
    return this.entries.filter((entry) => entry.person === this.person);
  }

  waiting() {
    return this.mine().filter((entry) => !entry.refused);
  }

  /** Those of one lane that still wait. */
  lane(name) {
    return this.waiting().filter((entry) => entry.lane === name);
  }

  refused() {
    return this.mine().filter((entry) => entry.refused);
  }

  others() {
    return this.entries.filter((entry) => entry.person !== this.person);
  }

  async again(n) {
    const entry = this.entries.find((each) => each.n === n);
    const old = this.now() - Date.parse(entry.body.at) > OLDEST;
    const body = old ? { ...entry.body, at: this.now().toISOString() } : entry.body;
    await this.#change(entry, { refused: null, notBefore: 0, body });
    this.flush();
  }

  async drop(n) {
    await unpost(n);
    this.entries = this.entries.filter((each) => each.n !== n);
    this.changed();
  }

  /** Send what is due, or `atOnce` all that waits, one page of this browser at a time. Resolves when
   * there is nothing due. */
  flush({ atOnce = false } = {}) {
    this.atOnce ||= atOnce;
    if (!this.person) return Promise.resolve();
    clearTimeout(this.timer);
    this.running ??= this.#exclusively(() => this.#rounds()).finally(() => {
      this.running = null;
      this.#later();
    });
    return this.running;
  }

  async #exclusively(work) {
    if (!navigator.locks) return work();
    return navigator.locks.request("delauto-outbox", { ifAvailable: true }, (lock) => lock && work());
  }

  async #rounds() {
    // Another page may have sent, or added, some meanwhile.
    this.entries = await posted();
    if (this.atOnce) for (const entry of this.entries) entry.notBefore = 0;
    this.atOnce = false;
    this.changed();
    for (let next = this.#due(); next; next = this.#due()) {
      if (!(await this.#send(next))) return;
    }
  }

  /** The first of each lane may go, if its time has come: no other overtakes it. */
  #due() {
    const lanes = new Set();
    return this.waiting().find((entry) => {
      const first = !lanes.has(entry.lane);
      lanes.add(entry.lane);
      return first && entry.notBefore <= Date.now();
    });
  }

  async #send(entry) {
    const person = this.person;
    try {
      await api("POST", entry.path, { body: entry.body, key: entry.key });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return this.#failed(entry, error);
    }
    this.reached(true);
    await this.drop(entry.n);
    return person === this.person;
  }

  async #failed(entry, error) {
    this.reached(error.status !== 0);
    if (error.status === 401) {
      this.loggedOut();
      return false;
    }
    if (error.passing || error.status === 408 || error.status === 425) {
      const pause = PAUSES[Math.min(entry.tries, PAUSES.length - 1)] * (0.75 + Math.random() / 2);
      await this.#change(entry, { tries: entry.tries + 1, notBefore: Date.now() + pause * 1000 });
      // Without a network the others need not be tried.
      return error.status !== 0;
    }
    if (error.status === 409 && (await this.#isSo(entry))) {
      await this.drop(entry.n);
      return true;
    }
    await this.#change(entry, { refused: { status: error.status, says: error.message } });
    return true;
  }

  /** An answer that was lost for longer than keys are kept: was it done all the same? */
  async #isSo(entry) {
    const wanted = ENDS[entry.kind];
    if (!wanted) return false;
    try {
      return (await api("GET", `/deliveries/${entry.delivery}?fields=status`)).status === wanted;
    } catch {
      return false;
    }
  }

  async #change(entry, changes) {
    Object.assign(entry, changes);
    await repost(entry);
    this.changed();
  }

  #later() {
    const next = Math.min(...this.waiting().map((entry) => (this.atOnce ? 0 : entry.notBefore)));
    if (Number.isFinite(next)) this.timer = setTimeout(() => this.flush(), Math.max(next - Date.now(), 1000));
  }
}
