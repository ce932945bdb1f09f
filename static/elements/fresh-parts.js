// A page of figures that nobody pushes: its live parts are renewed every few seconds while somebody
// looks. Without JavaScript there is the link "Refresh".
import { refresh } from "../console/refresh.js";

const LATE_AFTER = 3;

class FreshParts extends HTMLElement {
  #interval = 0;
  #renewedAt = Date.now();

  connectedCallback() {
    const wait = Number(this.dataset.every) * 1000;
    this.addEventListener("renewed", () => this.#renewed());
    this.#interval = setInterval(() => this.#turn(wait), wait);
    document.addEventListener("visibilitychange", this.#seen);
    document.addEventListener("refused", this.#refused);
  }

  disconnectedCallback() {
    clearInterval(this.#interval);
    document.removeEventListener("visibilitychange", this.#seen);
    document.removeEventListener("refused", this.#refused);
  }

  #turn(wait) {
    if (document.hidden) return;
    this.querySelector("[data-late]").hidden = Date.now() - this.#renewedAt < LATE_AFTER * wait;
    this.#refresh();
  }

  #refresh() {
    refresh([...this.querySelectorAll("live-part")].map((part) => part.id));
  }

  #renewed() {
    this.#renewedAt = Date.now();
    this.querySelector("[data-late]").hidden = true;
  }

  // Figures of before would be taken for those of now.
  #seen = () => {
    if (document.hidden) return;
    this.#renewedAt = Date.now();
    this.#refresh();
  };

  #refused = () => {
    this.disconnectedCallback();
    this.querySelector("[data-late]").hidden = true;
    this.querySelector("[data-refused]").hidden = false;
  };
}

customElements.define("fresh-parts", FreshParts);
