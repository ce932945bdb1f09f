// The review of keywords without a reload: keys, decisions row by row or of all marked ones, undo,
// and the panel beside the list. The server wrote every row; without JavaScript its buttons are
// those of a plain form.
import { announce, fill, gettext } from "../console/text.js";
import { DetailPanel } from "../console/detail-panel.js";

const SHORTCUTS = "review-shortcuts";

class ReviewQueue extends HTMLElement {
  #form = null;
  #dialog = null;
  #keys = null;
  #panel = null;
  #current = null;
  #done = [];
  #busy = false;

  connectedCallback() {
    this.#form = this.querySelector("form");
    this.#dialog = this.querySelector("dialog");
    this.#keys = this.querySelector("[data-keys]");
    this.#panel = new DetailPanel(this.querySelector("#detail"), () => this.#marked);
    this.#form.addEventListener("submit", (event) => this.#submitted(event));
    this.#form.addEventListener("change", (event) => this.#changed(event.target));
    this.addEventListener("click", (event) => this.#clicked(event));
    this.addEventListener("focusin", (event) => this.#take(event.target.closest("tbody tr")));
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.#dialog.querySelector("[data-no]").addEventListener("click", () => this.#dialog.close());
    this.#take(this.#rows[0]);
    this.#prepare();
  }

  // What only makes sense with a script.
  #prepare() {
    if (!this.#keys) return;
    this.#keys.closest("[hidden]").hidden = false;
    this.querySelector("[data-all]").hidden = false;
    this.#keys.checked = localStorage.getItem(SHORTCUTS) !== "off";
    this.#count();
  }

  get #rows() {
    return [...this.querySelectorAll("tbody tr")];
  }

  get #open() {
    return this.#rows.filter((row) => row.dataset.state === "open");
  }

  get #marked() {
    return this.#open.filter((row) => row.querySelector("[name=keyword]")?.checked);
  }

  #row(id) {
    return this.querySelector(`#kw-${CSS.escape(id)}`);
  }

  // --- the current row: the one that Tab reaches, and that the panel shows

  #take(row) {
    if (!row || row === this.#current) return;
    this.#rows.forEach((other) => {
      other.tabIndex = other === row ? 0 : -1;
      other.toggleAttribute("aria-current", other === row);
    });
    row.setAttribute("aria-current", "true");
    const first = this.#current === null;
    this.#current = row;
    // The server wrote the first one's.
    if (!first) this.#panel.show(row);
  }

  #go(row) {
    this.#take(row);
    row?.focus();
  }

  #step(by) {
    const rows = this.#rows;
    const inside = this.contains(document.activeElement);
    const place = rows.indexOf(this.#current) + (inside ? by : 0);
    this.#go(rows[Math.max(0, Math.min(place, rows.length - 1))]);
  }

  // --- what a person does

  #pressed(event) {
    if (!this.#keys?.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    const within = this.contains(event.target) || event.target === document.body;
    if (!within || this.#dialog.open || writing(event.target)) return;
    const acts = {
      j: () => this.#step(1),
      k: () => this.#step(-1),
      a: () => this.#press("approve"),
      r: () => this.#press("reject"),
      s: () => this.#press("snooze"),
      x: () => this.#mark(),
      z: () => this.#undoLast(),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  // For all marked ones where there are some, else for the current row.
  #press(action) {
    const value = this.#marked.length ? "marked" : this.#current?.dataset.id;
    const one = this.#current?.dataset.state === "open";
    if (value === "marked" || one) this.#ask(action, value);
  }

  #mark() {
    const box = this.#current?.querySelector("[name=keyword]");
    if (!box || box.disabled) return;
    box.checked = !box.checked;
    this.#changed(box);
    announce(this.querySelector("[data-marked]").textContent);
  }

  #undoLast() {
    const ids = this.#done.pop();
    if (ids) this.#send("undo", ids);
    // Decided before this page was opened: only the server knows how it was.
    else document.querySelector("#last-decision button")?.click();
  }

  #submitted(event) {
    const { name, value } = event.submitter ?? {};
    event.preventDefault();
    if (name) this.#ask(name, value);
  }

  #ask(action, value) {
    const rows = value === "marked" ? this.#marked : [this.#row(value)];
    if (!rows.length) return announce(gettext("Mark at least one keyword."));
    const ids = rows.map((row) => row.dataset.id);
    if (action === "reject" && ids.length > 1) this.#confirm(ids);
    else this.#send(action, ids);
  }

  #confirm(ids) {
    this.#dialog.querySelector("[data-question]").textContent = fill(
      gettext("Reject %(n)s keywords?"),
      { n: ids.length },
    );
    this.#dialog.querySelector("[data-yes]").onclick = () => {
      this.#dialog.close();
      this.#send("reject", ids);
    };
    this.#dialog.showModal();
  }

  #clicked(event) {
    const link = event.target.closest("[data-detail]");
    // Where there is no room for the panel, the link leads to the keyword's own page.
    if (!link || !this.#panel.visible || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#take(link.closest("tr"));
  }

  #changed(box) {
    if (box.matches("[data-keys]")) localStorage.setItem(SHORTCUTS, box.checked ? "on" : "off");
    if (box.matches("[data-all]")) {
      this.#open.forEach((row) => (row.querySelector("[name=keyword]").checked = box.checked));
    }
    this.#count();
    if (box.matches("[name=keyword]") && this.#current) this.#panel.show(this.#current);
  }

  #count() {
    const place = this.querySelector("[data-marked]");
    if (!place) return;
    const marked = this.#marked.length;
    place.textContent = fill(gettext("Marked: %(n)s"), { n: marked });
    const all = this.querySelector("[data-all]");
    all.checked = marked > 0 && marked === this.#open.length;
    all.indeterminate = marked > 0 && !all.checked;
    this.querySelectorAll(".co-bulk button").forEach((button) => (button.disabled = !marked));
  }

  // --- what the server says

  async #send(action, ids) {
    if (this.#busy) return;
    this.#busy = true;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.#form.elements.csrfmiddlewaretoken.value);
    body.set(action, "marked");
    ids.forEach((id) => body.append("keyword", id));
    try {
      const headers = { Accept: "application/json" };
      const response = await fetch(this.dataset.url, { method: "POST", body, headers });
      const told = await response.json();
      if (told.done) this.#show(action, told);
      else this.#fault(told.detail ?? Object.values(told.errors ?? {}).flat().join(" "));
    } catch {
      this.#fault(gettext("The server does not answer. Reload the page to see whether it was decided."));
    } finally {
      this.#busy = false;
    }
  }

  #show(action, { done, refused, left, sentence, detail }) {
    this.#fault("");
    const ids = done.map(({ id }) => String(id));
    if (action !== "undo") this.#done.push(ids);
    else this.#done = this.#done.map((batch) => batch.filter((id) => !ids.includes(id))).filter((b) => b.length);
    const touched = [
      ...done.map((told) => this.#become(told, action === "undo" ? "open" : told.state)),
      ...refused.map((told) => this.#become(told, "refused", told.sentence)),
    ].filter(Boolean);
    document.querySelectorAll("[data-left]").forEach((place) => (place.textContent = left.toLocaleString("en")));
    this.#count();
    this.#moveOn(action, touched);
    announce([sentence, detail, ...(sentence ? refused.map((told) => told.sentence) : [])].filter(Boolean).join(" "));
  }

  #become({ id, label }, state, sentence = label) {
    const row = this.#row(String(id));
    if (!row) return null;
    row.dataset.state = state;
    const open = state === "open";
    const box = row.querySelector("[name=keyword]");
    if (box) {
      box.disabled = !open;
      if (!open) box.checked = false;
    }
    row.querySelector("[data-open]")?.toggleAttribute("hidden", !open);
    const decided = row.querySelector("[data-decided]");
    decided.hidden = open;
    decided.querySelector("[data-label]").textContent = open ? "" : sentence;
    decided.querySelector("button")?.toggleAttribute("hidden", state === "refused");
    return row;
  }

  // Only where the focus was on what has changed; it never jumps away from elsewhere.
  #moveOn(action, touched) {
    const focused = document.activeElement;
    const lost = focused === document.body || this.contains(focused);
    if (!lost || !touched.length) return;
    if (action === "undo") return this.#go(touched[0]);
    const rows = this.#rows;
    const after = rows.indexOf(this.#current);
    const next = rows.find((row, place) => place >= after && row.dataset.state === "open");
    this.#go(next ?? this.#open.at(-1) ?? touched.at(-1));
    const more = this.querySelector("[data-more]");
    if (more && !this.#open.length) more.hidden = false;
  }

  #fault(sentence) {
    const place = this.querySelector("[data-error]");
    place.querySelector("div").textContent = sentence;
    place.hidden = !sentence;
  }
}

const writing = (element) =>
  element.matches("select, textarea, [contenteditable]") ||
  (element.matches("input") && element.type !== "checkbox");

customElements.define("review-queue", ReviewQueue);
