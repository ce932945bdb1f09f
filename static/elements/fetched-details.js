// A fold whose content is asked for when it is first opened. Without JavaScript a link in it leads
// to the page with the content in place.
import { Latest, place } from "../console/latest.js";
import { gettext } from "../console/text.js";

class FetchedDetails extends HTMLElement {
  #latest = new Latest();

  connectedCallback() {
    const fold = this.querySelector("details");
    fold.addEventListener("toggle", () => {
      if (fold.open) this.#fetch(this.querySelector("[data-content]"));
    });
  }

  async #fetch(content) {
    if ("there" in content.dataset) return;
    content.textContent = gettext("Asking…");
    const answer = await this.#latest.ask(this.dataset.url);
    if (!answer) return;
    if (answer.status !== 200) {
      content.textContent = gettext("No answer; close and open it to ask again.");
      return;
    }
    place(content, answer.text);
    content.dataset.there = "";
  }
}

customElements.define("fetched-details", FetchedDetails);
