// What a launch would do, asked anew while the form is filled in. The server wrote the first answer
// and writes every other one; this element only puts the parts in their place.
import { Latest } from "../console/latest.js";
import { announce, gettext } from "../console/text.js";

const WAIT = 400;
// They change what is allowed, not what would happen.
const NO_FIGURE = new Set(["confirm", "retry_of", "csrfmiddlewaretoken"]);

class LaunchPreview extends HTMLElement {
  #form = null;
  #timer = 0;
  #latest = new Latest();

  connectedCallback() {
    this.#form = document.getElementById(this.dataset.form);
    this.#form.addEventListener("input", (event) => {
      if (!NO_FIGURE.has(event.target.name)) this.#soon();
    });
    // What ran when the tab was left may have ended.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#ask();
    });
  }

  #soon() {
    this.#become("calculating");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), WAIT);
  }

  async #ask() {
    clearTimeout(this.#timer);
    this.#become("calculating");
    const answer = await this.#latest.ask(`${this.dataset.url}?${this.#fields()}`);
    if (!answer) return;
    if (answer.status === 200 || answer.status === 400) this.#take(answer.text);
    else if (answer.status === 401) this.#fail(gettext("The session ended. Log in again."));
    else if (answer.status) this.#fail(gettext("There is no estimate now; these are the last figures."));
    else this.#fail(gettext("The server does not answer; these are the last figures."));
  }

  #fields() {
    const fields = [...new FormData(this.#form)];
    return new URLSearchParams(fields.filter(([name]) => !NO_FIGURE.has(name)));
  }

  #take(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    fresh.querySelectorAll("[data-part]").forEach((part) => {
      const place = document.querySelector(`#content [data-part="${CSS.escape(part.dataset.part)}"]`);
      const same = place?.textContent.trim() === part.textContent.trim();
      if (!place || same || place.contains(document.activeElement)) return;
      place.replaceChildren(...[...part.childNodes].map((node) => document.importNode(node, true)));
    });
    const said = fresh.querySelector("[data-part=summary]");
    const state = fresh.querySelector("[data-state]")?.dataset.state;
    if (!state) return this.#fail(gettext("There is no estimate now; these are the last figures."));
    this.#become(state);
    this.#form.querySelectorAll("[data-launches]").forEach((part) => (part.hidden = state === "nothing"));
    announce(said.textContent.replace(/\s+/g, " ").trim());
  }

  #fail(sentence) {
    this.#become("error");
    const place = this.querySelector("[data-error]");
    place.textContent = sentence;
    place.hidden = false;
    // Nobody may confirm by figures that are not those of the fields.
    const summary = document.querySelector("#launch-form [data-part=summary]");
    summary.textContent = gettext("It cannot be said now what this would do.");
    announce(sentence);
  }

  #become(state) {
    this.dataset.state = state;
    this.setAttribute("aria-busy", String(state === "calculating"));
    if (state !== "error") this.querySelector("[data-error]").hidden = true;
  }
}

customElements.define("launch-preview", LaunchPreview);
