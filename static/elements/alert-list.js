// The alerts as they come: what is new appears and is said, what others have handled goes, and what
// a person does here needs no reload. The server wrote every row; without JavaScript its buttons
// are those of a plain form.
import { LiveLine } from "../console/live-line.js";
import { refresh } from "../console/refresh.js";
import { announce, fill, gettext } from "../console/text.js";

const LIST = ["part-list"];
const COUNTED = /^\([\d,]+\) /;

class AlertList extends HTMLElement {
  #line = null;
  #form = null;
  #marked = new Set();
  #sending = false;
  // A button was pressed that goes, in the row of that place: the next one there takes the focus.
  // Of the marked ones there is no next, and the list's title takes it.
  #pressed = false;
  #place = -1;

  connectedCallback() {
    this.#form = this.querySelector("form[data-handle]");
    this.#form?.addEventListener("submit", (event) => this.#submitted(event));
    this.#form?.addEventListener("change", () => this.#changed());
    this.addEventListener("renewed", (event) => this.#renewed(event.detail));
    this.querySelector("[data-show-new]").addEventListener("click", () => refresh(LIST, { force: true }));
    this.#line = new LiveLine(this, {
      heard: (message) => this.#heard(message),
      back: (first) => first || refresh(LIST),
      poll: () => refresh(["part-levels", ...LIST]),
    });
    this.#line.start();
    this.#changed();
  }

  disconnectedCallback() {
    this.#line.stop();
  }

  get #boxes() {
    return [...this.querySelectorAll("[name=alert]")];
  }

  // ---- what comes -----------------------------------------------------------------------------

  #heard({ type, server_time, open, levels, sentence }) {
    if (type !== "alerts") return;
    this.#line.fresh(server_time);
    document.title = (open ? `(${figure(open)}) ` : "") + document.title.replace(COUNTED, "");
    const changed = Object.entries(levels).map(([severity, n]) => this.#level(severity, n));
    if (sentence) this.#tell(sentence);
    if (sentence || changed.includes(true)) refresh(LIST);
  }

  // Whether another number was shown.
  #level(severity, open) {
    const place = this.querySelector(`[data-level="${severity}"]`);
    const was = place.textContent;
    place.textContent = figure(open);
    return was !== place.textContent;
  }

  #tell(sentence) {
    announce(sentence);
    const list = this.querySelector("#part-list");
    if (!list?.matches(":hover") && !list?.contains(document.activeElement)) return;
    this.querySelector("[data-new-text]").textContent = sentence;
    this.querySelector("[data-new]").hidden = false;
  }

  #renewed({ id, hadFocus }) {
    this.#line.show();
    if (!LIST.includes(id)) return;
    this.querySelector("[data-new]").hidden = true;
    this.#boxes.forEach((box) => (box.checked = this.#marked.has(box.value)));
    this.#form?.dispatchEvent(new Event("change"));
    if (hadFocus || this.#pressed) this.#focus();
    this.#pressed = false;
  }

  #focus() {
    const rows = this.querySelectorAll("tbody tr");
    const row = rows[Math.min(this.#place, rows.length - 1)];
    (row?.querySelector("button") ?? this.querySelector("#alerts-h")).focus();
  }

  // ---- what a person does ---------------------------------------------------------------------

  #changed() {
    this.#marked = new Set(this.#boxes.filter((box) => box.checked).map((box) => box.value));
    const place = this.querySelector("[data-marked]");
    if (!place) return;
    place.textContent = fill(gettext("Marked: %(n)s"), { n: this.#marked.size });
    this.querySelectorAll(".co-bulk button").forEach((button) => (button.disabled = !this.#marked.size));
  }

  async #submitted(event) {
    // Enter in the note: nobody said what to do.
    const button = event.submitter;
    event.preventDefault();
    if (!button || this.#sending) return;
    this.#sending = true;
    const rows = [...this.querySelectorAll("tbody tr")];
    this.#place = rows.indexOf(button.closest("tr"));
    this.#pressed = button === document.activeElement;
    try {
      const body = new FormData(this.#form, button);
      const headers = { Accept: "application/json" };
      const response = await fetch(this.#form.action, { method: "POST", body, headers });
      this.#handled(await response.json());
    } catch {
      this.#say("", gettext("The server does not answer. Reload the page to see whether it was done."));
    } finally {
      this.#sending = false;
    }
  }

  #handled({ sentence = "", detail = "", errors = {}, refused = [] }) {
    const others = sentence ? refused.map((told) => `${told.alert}: ${told.sentence}`) : [];
    this.#say(sentence, [detail, ...Object.values(errors).flat(), ...others].filter(Boolean).join(" "));
    if (!sentence && !detail) return;
    if (sentence) {
      this.#form.elements.note.value = "";
      this.#marked.clear();
    }
    refresh(LIST, { force: true });
  }

  // The fault's place speaks by itself.
  #say(sentence, fault) {
    const [said, error] = ["[data-said]", "[data-error]"].map((place) => this.querySelector(place));
    said.textContent = sentence;
    said.hidden = !sentence;
    error.querySelector("div").textContent = fault;
    error.hidden = !fault;
    announce(sentence);
  }
}

const figure = (number) => number.toLocaleString("en");

customElements.define("alert-list", AlertList);
