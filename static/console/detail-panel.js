// The panel beside the list of keywords: the server's page about one of them, its part taken over.
import { announce, gettext } from "./text.js";

const WAIT = 150;

export class DetailPanel {
  #place;
  #marked;
  #timer = 0;
  #asked = null;

  // `marked` gives the rows that are marked, which the figures after count, too.
  constructor(place, marked) {
    this.#place = place;
    this.#marked = marked;
    place?.addEventListener("click", (event) => {
      const link = event.target.closest("[data-find]");
      if (!link) return;
      event.preventDefault();
      this.#load(link.href, true);
    });
  }

  get visible() {
    return Boolean(this.#place?.offsetParent);
  }

  // Soon, since who walks down the list passes most of the rows by.
  show(row) {
    clearTimeout(this.#timer);
    if (this.visible) this.#timer = setTimeout(() => this.#load(this.#address(row)), WAIT);
  }

  #address(row) {
    const marked = this.#marked().map((other) => ["marked", other.dataset.id]);
    return `${row.querySelector("[data-detail]").href}?${new URLSearchParams(marked)}`;
  }

  // What is asked for last is what is shown.
  async #load(address, toTheHits = false) {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    const question = (this.#asked = new AbortController());
    this.#place.setAttribute("aria-busy", "true");
    try {
      const headers = { Accept: "text/html" };
      const response = await fetch(address, { headers, signal: question.signal });
      if (!response.ok || response.redirected) throw new Error("refused");
      this.#take(await response.text(), toTheHits);
    } catch (error) {
      if (error.name !== "AbortError") announce(gettext("The details of this keyword cannot be shown now."));
    } finally {
      if (question === this.#asked) this.#place.removeAttribute("aria-busy");
    }
  }

  #take(text, toTheHits) {
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("detail");
    if (!fresh) return;
    this.#place.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    if (toTheHits) this.#place.querySelector("#found-h")?.focus();
  }
}
