// How long ago something was, on a page that stays open. By the time that passed since the page was
// written, so that the reader's clock may be wrong.
import { duration, fill, gettext } from "../console/text.js";

const EVERY = 1000;
const MINUTE = 60;

class TimeAgo extends HTMLElement {
  #interval = 0;
  #since = 0;

  connectedCallback() {
    this.#since = performance.now() - Number(this.dataset.seconds) * 1000;
    this.#interval = setInterval(() => this.#show(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.#interval);
  }

  // As the server prints it: nobody needs the seconds of minutes ago.
  #show() {
    const passed = Math.floor((performance.now() - this.#since) / 1000);
    const told = passed < MINUTE ? passed : passed - (passed % MINUTE);
    this.textContent = fill(gettext("%(time)s ago"), { time: duration(told) });
  }
}

customElements.define("time-ago", TimeAgo);
