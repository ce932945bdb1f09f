// A WebSocket that comes back by itself. Events: "change" (state, failures, retryAt), "message".
// `failures` counts the attempts to come back that failed, not the loss before them.
import { pageLanguage } from "./text.js";

const PING_EVERY = 10_000;
const ANSWER_WITHIN = 3_000;
const OPEN_WITHIN = 6_000;
const LONGEST_WAIT = 30;
// The server's refusals: asking again would not help.
const FINAL_CODES = new Set([4401, 4403, 4404]);

export class LiveSocket extends EventTarget {
  #socket = null;
  #timers = new Map();
  #path;
  state = "connecting";
  failures = 0;
  retryAt = 0;
  code = 0;

  constructor(path) {
    super();
    this.#path = path;
  }

  start() {
    addEventListener("online", this.retryNow);
    addEventListener("offline", this.#offline);
    document.addEventListener("visibilitychange", this.#seen);
    this.#open();
  }

  stop() {
    removeEventListener("online", this.retryNow);
    removeEventListener("offline", this.#offline);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#clear();
    this.#drop();
  }

  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  retryNow = () => {
    if (this.state === "live" || this.state === "closed") return;
    this.#open();
  };

  // The server told by another way what it would say here: asking on would not help.
  end(code) {
    if (this.state === "closed") return;
    this.#drop();
    this.#ended(code);
  }

  #offline = () => {
    if (this.state === "live") this.#lost();
  };

  // A tab that slept catches up at once.
  #seen = () => {
    if (document.visibilityState !== "visible" || this.state === "closed") return;
    if (this.state !== "live") return this.#open();
    this.send({ type: "snapshot" });
    this.#ping();
  };

  #open() {
    this.#clear();
    this.#drop();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(
      `${scheme}//${location.host}${this.#path}?language=${encodeURIComponent(pageLanguage)}`,
    );
    this.#socket = socket;
    this.#after("answer", OPEN_WITHIN, () => this.#lost());
    socket.addEventListener("open", () => {
      if (socket === this.#socket) this.#ping();
    });
    socket.addEventListener("message", (event) => {
      if (socket === this.#socket) this.#heard(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => {
      if (socket !== this.#socket) return;
      if (FINAL_CODES.has(event.code)) this.#ended(event.code);
      else this.#lost();
    });
  }

  #ping() {
    this.send({ type: "ping" });
    this.#after("answer", ANSWER_WITHIN, () => this.#lost());
  }

  // Any message proves the line; the pong after joining also means that the snapshot has come.
  #heard(message) {
    this.#cancel("answer");
    this.#after("ping", PING_EVERY, () => this.#ping());
    if (message.type !== "pong") {
      this.dispatchEvent(new CustomEvent("message", { detail: message }));
    } else if (this.state !== "live") {
      this.failures = 0;
      this.#become("live");
    }
  }

  #lost() {
    this.#clear();
    this.#drop();
    if (this.state === "retrying") this.failures += 1;
    const longest = Math.min(LONGEST_WAIT, 2 ** (this.failures + 1));
    const wait = 1000 * (1 + Math.random() * (longest - 1));
    this.retryAt = Date.now() + wait;
    this.#after("retry", wait, () => this.#open());
    this.#become("retrying");
  }

  #ended(code) {
    this.#clear();
    this.code = code;
    this.#become("closed");
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (socket && socket.readyState <= WebSocket.OPEN) socket.close();
  }

  #after(name, wait, action) {
    this.#cancel(name);
    this.#timers.set(name, setTimeout(action, wait));
  }

  #cancel(name) {
    clearTimeout(this.#timers.get(name));
  }

  #clear() {
    this.#timers.forEach((timer) => clearTimeout(timer));
  }
}
