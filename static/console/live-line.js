// The line between a page and the server: the socket, how fresh the data are, and what the page
// says of both. The element it serves carries the state, and has the places that are filled.
import { LiveSocket } from "./socket.js";
import { announce, clock, duration, fill, gettext } from "./text.js";

const POLL_AFTER_FAILURES = 3;
const POLL_EVERY = 10_000;
const STATES = ["live", "retrying", "polling", "closed"];

export class LiveLine {
  #element;
  #calls;
  #socket;
  #intervals = [];
  #clockOffset = 0;
  #asOf = new Date();

  // `calls`: heard(message); back(first) once it is live, again where it is not the first time;
  // poll() every ten seconds while there is no line.
  constructor(element, calls) {
    this.#element = element;
    this.#calls = calls;
    this.#socket = new LiveSocket(element.dataset.socket);
    this.#socket.addEventListener("change", () => this.#changed());
    this.#socket.addEventListener("message", (event) => this.#calls.heard(event.detail));
    element.addEventListener("click", (event) => {
      if (event.target.closest("[data-retry-now]")) this.#socket.retryNow();
    });
  }

  start() {
    document.addEventListener("refused", this.#refused);
    this.#socket.start();
    this.every(1000, () => this.#tick());
    this.every(POLL_EVERY, () => this.#poll());
  }

  stop() {
    document.removeEventListener("refused", this.#refused);
    this.#socket.stop();
    this.#intervals.forEach((interval) => clearInterval(interval));
    this.#intervals = [];
  }

  // The work is done: nothing is said of the line any more.
  rest() {
    this.stop();
    this.#element.setAttribute("state", "ended");
    this.show();
  }

  get state() {
    return this.#element.getAttribute("state");
  }

  // The server's clock, by the last message: the reader's may be wrong.
  get now() {
    return new Date(Date.now() + this.#clockOffset);
  }

  every(wait, action) {
    this.#intervals.push(setInterval(action, wait));
  }

  send(message) {
    this.#socket.send(message);
  }

  end(code) {
    this.#socket.end(code);
  }

  // What the page shows is as the server had it then.
  fresh(serverTime) {
    this.#asOf = new Date(serverTime);
    this.#clockOffset = this.#asOf - Date.now();
  }

  // Also once a part of the page was renewed.
  show() {
    const state = this.state;
    STATES.forEach((name) => {
      this.#all(`.when-${name}`).forEach((place) => (place.hidden = name !== state));
    });
    if (state === "closed") {
      const text = {
        4403: gettext("You no longer have permission to see this."),
        4404: gettext("This run no longer exists."),
      }[this.#socket.code];
      if (text) this.#all("[data-closed-text]")[0].textContent = text;
    }
    this.#tick();
  }

  #refused = (event) => this.end(event.detail);

  #all(places) {
    return [...this.#element.querySelectorAll(places)];
  }

  #changed() {
    const was = this.state;
    const { state, failures } = this.#socket;
    const shown = state === "retrying" && failures >= POLL_AFTER_FAILURES ? "polling" : state;
    this.#element.setAttribute("state", shown);
    this.show();
    if (state === "live") this.#back(!was);
    else if (state === "closed") announce(this.#all("[data-closed-text]")[0].textContent);
    else if (was === "live" || !was) announce(gettext("Connection lost, retrying."));
    if (shown === "polling" && was !== "polling") this.#poll();
  }

  #back(first) {
    if (!first) announce(gettext("Connected again."));
    this.#calls.back(first);
  }

  #poll() {
    if (this.state === "polling" && !document.hidden) this.#calls.poll();
  }

  #tick() {
    const asOf = fill(gettext("Data as of %(time)s."), { time: clock(this.#asOf) });
    this.#all("[data-as-of]").forEach((place) => (place.textContent = asOf));
    this.#all("[data-countdown]").forEach((place) => (place.textContent = this.#countdown()));
    if (this.state !== "live") return;
    this.#all("[data-clock]").forEach((place) => (place.textContent = clock(this.now)));
  }

  #countdown() {
    const seconds = Math.ceil((this.#socket.retryAt - Date.now()) / 1000);
    if (seconds <= 0) return gettext("Connecting…");
    return fill(gettext("Next try in %(time)s."), { time: duration(seconds) });
  }
}
