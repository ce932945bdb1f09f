// A message on its way: its state is asked for again until it has arrived or was given up. Without
// JavaScript a link does it.
import { refresh } from "../console/refresh.js";
import { announce } from "../console/text.js";

const FIRST = 500;
const LONGEST = 10000;

class DeliveryState extends HTMLElement {
  #wait = FIRST;
  #timer = 0;

  connectedCallback() {
    this.addEventListener("renewed", () => this.#renewed());
    this.#plan();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #plan() {
    if (this.querySelector("[data-over]")) return;
    this.#timer = setTimeout(() => {
      refresh([this.id], { force: true });
      this.#plan();
    }, this.#wait);
    this.#wait = Math.min(LONGEST, this.#wait * 1.5);
  }

  #renewed() {
    if (!this.querySelector("[data-over]")) return;
    clearTimeout(this.#timer);
    announce(this.querySelector("[data-said]").textContent.trim().replace(/\s+/g, " "));
  }
}

customElements.define("delivery-state", DeliveryState);
