// Everything live on a page of runs: who gets which message of the line, and what is renewed.
import { LiveLine } from "../console/live-line.js";
import { refresh } from "../console/refresh.js";
import { announce, duration, fill, gettext } from "../console/text.js";

const RENEW_EVERY = 15_000;
const ROW_STAYS = 10_000;
const SPEAK_EVERY = 10_000;
const HOME_PARTS = ["part-state", "part-jobs", "part-missed", "part-details"];
const RUN_PARTS = ["part-actions", "part-outcome", "part-failed", "part-side"];
const LIST_PARTS = ["part-list"];
const ENDED = new Set(["done", "failed", "cancelled"]);
// What the status address answers when the page's right has ended, as the socket's close codes.
const REFUSALS = { 401: 4401, 403: 4403, 404: 4404 };

class LiveStatus extends HTMLElement {
  #line = null;
  #spokenAt = 0;
  #seenEnded = new Set();
  #focusOutcome = false;

  get home() {
    return "home" in this.dataset;
  }

  // A list shows the runs it shows; no other comes in while somebody reads it.
  get list() {
    return "list" in this.dataset;
  }

  connectedCallback() {
    this.addEventListener("run-painted", (event) => this.#painted(event.detail));
    this.addEventListener("renewed", (event) => this.#renewed(event.detail));
    if (!this.home && this.#runs().every((run) => run.ended)) return;
    this.#connect();
  }

  disconnectedCallback() {
    this.#line?.stop();
  }

  #connect() {
    this.#line = new LiveLine(this, {
      heard: (message) => this.#heard(message),
      back: (first) => this.#back(first),
      poll: () => this.#poll(),
    });
    this.#line.start();
    this.#line.every(1000, () => this.#tick());
    if (this.home) this.#line.every(RENEW_EVERY, () => this.#renewHome());
  }

  #runs() {
    return [...this.querySelectorAll("run-progress")];
  }

  // ---- the line -------------------------------------------------------------------------------

  // Back on line: what was missed comes by snapshot, lines are asked for, parts are renewed.
  #back(first) {
    const log = this.querySelector("run-log");
    if (log) this.#line.send({ type: "lines", after: log.after });
    if (first) return;
    if (this.list) refresh(LIST_PARTS);
    else refresh(this.home ? [...HOME_PARTS, "part-runs", "part-recent"] : RUN_PARTS);
  }

  #tick() {
    if (this.#line.state !== "live") return;
    this.querySelectorAll("[data-elapsed]").forEach((place) => {
      if (!place.dataset.since) return;
      const time = duration((this.#line.now - Date.parse(place.dataset.since)) / 1000);
      const sentence =
        "waits" in place.dataset ? gettext("waiting for %(time)s") : gettext("running for %(time)s");
      place.textContent = `; ${fill(sentence, { time })}`;
    });
  }

  // ---- messages -------------------------------------------------------------------------------

  #heard(message) {
    if (message.lines) return this.querySelector("run-log")?.append(message.lines);
    if (!message.status) return;
    this.#line.fresh(message.server_time);
    const element = this.querySelector(`run-progress[data-run="${CSS.escape(message.task_id)}"]`);
    if (element) element.apply(message);
    else if (this.home) this.#stranger(message);
  }

  // A run this page has no row for: the server writes the row.
  #stranger(run) {
    if (!ENDED.has(run.state)) return refresh(["part-runs", "part-jobs", "part-state"], { force: true });
    const listed = this.querySelector(`#part-recent a[href="${CSS.escape(run.run_url)}"]`);
    if (listed || this.#seenEnded.has(run.task_id)) return;
    this.#seenEnded.add(run.task_id);
    refresh([...HOME_PARTS, "part-recent"]);
  }

  #painted({ run, before }) {
    const changed = before.state !== run.state;
    const ended = ENDED.has(run.state);
    this.#speak(run, changed);
    if (!changed && before.attempt === String(run.attempt)) return;
    if (this.list) {
      if (ended) refresh(LIST_PARTS);
      if (this.#runs().every((each) => each.ended)) setTimeout(() => this.#line.rest(), 3000);
    } else if (!this.home) {
      refresh(RUN_PARTS, { force: true });
      // A terminal row never changes: the line has done its work once the last lines are here.
      if (ended) setTimeout(() => this.#line.rest(), 3000);
    } else if (ended && changed) {
      this.#seenEnded.add(run.task_id);
      refresh(HOME_PARTS);
      setTimeout(() => refresh(["part-runs", "part-recent"]), ROW_STAYS);
    }
  }

  #speak(run, changed) {
    const due = !this.home && !this.list && Date.now() - this.#spokenAt > SPEAK_EVERY;
    if (!changed && !due) return;
    this.#spokenAt = Date.now();
    announce(run.texts.spoken);
  }

  #renewed({ id, hadFocus }) {
    this.#line?.show();
    if (id === "part-actions" && hadFocus) this.#focusOutcome = true;
    if (id === "part-outcome" && this.#focusOutcome) {
      this.#focusOutcome = false;
      this.querySelector("#outcome")?.focus();
    }
  }

  // ---- without the socket ---------------------------------------------------------------------

  async #poll() {
    const active = this.#runs().filter((run) => !run.ended);
    const log = this.querySelector("run-log");
    if (this.home) refresh([...HOME_PARTS, "part-runs", "part-recent"]);
    await Promise.all(active.map((run) => this.#ask(run.dataset.statusUrl)));
    // After its state: a run's last lines are written before its end.
    if (log && active.length) await this.#askLines(log);
  }

  // What the address says goes the way of a message of the socket; null while none is to be had.
  async #ask(url) {
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      if (response.status in REFUSALS) this.#line.end(REFUSALS[response.status]);
      if (!response.ok) return null;
      const message = await response.json();
      this.#heard(message);
      return message;
    } catch {
      // Still away: the banner stands, and the next turn asks again.
      return null;
    }
  }

  // Of more lines than one page holds only the last are shown, as the socket sends them.
  async #askLines(log) {
    const page = await this.#ask(`${log.dataset.url}?after=${log.after}`);
    if (page?.newer) await this.#ask(log.dataset.url);
  }

  #renewHome() {
    if (document.hidden || this.#line.state !== "live") return;
    refresh([...HOME_PARTS, "part-recent"]);
  }
}

customElements.define("live-status", LiveStatus);
