// A POST form that asks first. Without JavaScript the form is simply sent.
import { gettext } from "../console/text.js";

class ConfirmForm extends HTMLElement {
  #form = null;
  #dialog = null;

  connectedCallback() {
    this.#form = this.querySelector("form");
    this.#dialog = this.querySelector("dialog");
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say("");
      this.#dialog.showModal();
    });
    this.#dialog.querySelector("[data-no]").addEventListener("click", () => this.#dialog.close());
    this.#dialog.querySelector("[data-yes]").addEventListener("click", () => this.#send());
  }

  async #send() {
    const yes = this.#dialog.querySelector("[data-yes]");
    yes.disabled = true;
    try {
      const response = await fetch(this.#form.action, {
        method: "POST",
        body: new FormData(this.#form),
        headers: { Accept: "application/json" },
      });
      const answer = await response.json();
      if (!response.ok) return this.#say(answer.detail);
      this.#dialog.close();
      this.#sent();
    } catch {
      this.#say(gettext("The server does not answer. Nothing was sent; try again."));
    } finally {
      yes.disabled = false;
    }
  }

  // The button stays disabled until the worker confirms; the focus moves to what names the run.
  #sent() {
    const button = this.#form.querySelector("button");
    button.disabled = true;
    button.textContent = gettext("Cancelling…");
    const run = this.closest("run-progress");
    const title = run?.querySelector("h3 a") ?? document.querySelector("#content h1");
    if (title && !title.matches("a")) title.tabIndex = -1;
    title?.focus();
  }

  #say(sentence) {
    const place = this.#dialog.querySelector("[data-error]");
    place.textContent = sentence;
    place.hidden = !sentence;
  }
}

customElements.define("confirm-form", ConfirmForm);
