// The taxes on a value, computed by the server while the value is typed.
import { Latest, place } from "../console/latest.js";
import { gettext } from "../console/text.js";

const WAIT = 250;
const ASKED = ["code", "cif", "currency"];

class TaxEstimate extends HTMLElement {
  #latest = new Latest();
  #timer = 0;
  #form = null;

  connectedCallback() {
    this.#form = document.getElementById(this.dataset.form);
    this.#form.querySelector("[data-calculate]").hidden = true;
    this.#form.addEventListener("input", () => {
      this.classList.add("co-old");
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), WAIT);
    });
  }

  async #ask() {
    const fields = new FormData(this.#form);
    const asked = new URLSearchParams(ASKED.map((name) => [name, fields.get(name)]));
    const answer = await this.#latest.ask(`${this.dataset.url}?${asked}`);
    if (!answer) return;
    this.classList.remove("co-old");
    // The server's own error stands there until the field changes.
    this.#form.querySelectorAll("[id$=_error]").forEach((error) => error.remove());
    const target = this.querySelector("[data-taxes]");
    if (answer.status === 200 || answer.status === 400) place(target, answer.text);
    else if (answer.status === 401) target.textContent = gettext("The session ended. Log in again.");
    else target.textContent = gettext("There is no estimate now: the server does not answer.");
  }
}

customElements.define("tax-estimate", TaxEstimate);
