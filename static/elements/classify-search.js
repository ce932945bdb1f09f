// One field, the lines it finds, the line that is chosen. The server writes each list and panel;
// here they find their place, and the keys find their way. The links work without any of this.
// Pattern: combobox with a listbox, focus in the field (aria-activedescendant), nothing chosen
// unless somebody chooses.
import { Latest, place } from "../console/latest.js";
import { announce, gettext } from "../console/text.js";

const WAIT = 150;
// A query that stands so long was asked in earnest.
const STANDS = 3000;

class ClassifySearch extends HTMLElement {
  #hits = new Latest();
  #line = new Latest();
  #field = null;
  #active = -1;
  #timer = 0;
  #standing = 0;
  #noted = "";

  connectedCallback() {
    this.#field = this.querySelector("[name=q]");
    this.#noted = this.#query;
    this.#field.setAttribute("role", "combobox");
    this.#field.setAttribute("aria-autocomplete", "list");
    this.#field.setAttribute("aria-controls", "hits");
    this.#field.addEventListener("input", () => this.#typed());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => this.#clicked(event));
    this.querySelector("#add-word")?.addEventListener("input", (event) => {
      event.target.dataset.written = "";
    });
    // A reload or the way back brings the text before the list; typing goes on at its end.
    this.#field.setSelectionRange(this.#field.value.length, this.#field.value.length);
    this.#dress();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    clearTimeout(this.#standing);
    this.#hits.drop();
    this.#line.drop();
  }

  get #query() {
    return this.#field.value.trim();
  }

  get #list() {
    return this.querySelector("[data-hits]");
  }

  get #options() {
    return [...this.#list.querySelectorAll(".co-hit")];
  }

  // ---- the list -------------------------------------------------------------------------------

  #typed() {
    this.#activate(-1);
    this.#list.classList.add("co-old");
    clearTimeout(this.#timer);
    clearTimeout(this.#standing);
    this.#timer = setTimeout(() => this.#search(), WAIT);
  }

  async #search() {
    const query = this.#query;
    const answer = await this.#hits.ask(`${this.dataset.hitsUrl}?${new URLSearchParams({ q: query })}`);
    if (!answer) return;
    this.#list.classList.remove("co-old");
    const kept = code(this.#options[this.#active]);
    if (answer.status === 200) place(this.#list, answer.text);
    else this.#list.textContent = trouble(answer.status);
    this.#dress();
    // Who moved in the old list stays on the same line, where it is found again.
    this.#activate(this.#options.findIndex((option) => code(option) === kept));
    announce((this.#list.querySelector("[data-said]") ?? this.#list).textContent.replace(/\s+/g, " ").trim());
    if (this.#list.querySelector("[data-none]")) this.#suggest("text", query);
    this.#standing = setTimeout(() => this.#stood(query), STANDS);
  }

  // Counted once, and only as long as nobody types on.
  #stood(query) {
    if (!query || query === this.#noted || query !== this.#query) return;
    this.#noted = query;
    fetch(`${this.dataset.hitsUrl}?${new URLSearchParams({ q: query, earnest: 1 })}`).catch(() => {});
  }

  // What the pattern asks of the server's list of links.
  #dress() {
    const list = this.#list.querySelector("#hits");
    list?.setAttribute("role", "listbox");
    this.#options.forEach((option) => {
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.tabIndex = -1;
      option.parentElement.setAttribute("role", "none");
    });
    this.#field.setAttribute("aria-expanded", String(Boolean(list)));
  }

  #activate(place) {
    const options = this.#options;
    options.forEach((option) => option.setAttribute("aria-selected", "false"));
    this.#active = place;
    const option = options[place];
    if (!option) return this.#field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", option.id);
  }

  #key(event) {
    const last = this.#options.length - 1;
    if (event.isComposing || last < 0) return;
    const next = {
      ArrowDown: this.#active < last ? this.#active + 1 : 0,
      ArrowUp: this.#active > 0 ? this.#active - 1 : last,
    }[event.key];
    if (next !== undefined) this.#activate(next);
    else if (event.key === "Enter" && this.#active >= 0) this.#choose(this.#options[this.#active]);
    else if (event.key === "Escape" && this.#active >= 0) this.#activate(-1);
    else return;
    event.preventDefault();
  }

  // ---- the line -------------------------------------------------------------------------------

  #clicked(event) {
    const option = event.target.closest(".co-hit");
    if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#activate(this.#options.indexOf(option));
    this.#choose(option);
  }

  async #choose(option) {
    const asked = new URL(option.href);
    clearTimeout(this.#standing);
    const query = asked.searchParams.get("q");
    const wanted = new URLSearchParams(asked.searchParams);
    if (query !== this.#noted) wanted.set("earnest", 1);
    this.#noted = query;
    const answer = await this.#line.ask(`${this.dataset.lineUrl}?${wanted}`);
    if (!answer) return;
    const panel = this.querySelector("[data-line]");
    const there = answer.status === 200 || answer.status === 404;
    if (there) place(panel, answer.text);
    else panel.textContent = trouble(answer.status);
    announce(panel.textContent.replace(/\s+/g, " ").trim().slice(0, 160));
    if (answer.status !== 200) return;
    history.replaceState(null, "", option.href);
    this.#suggest("code", asked.searchParams.get("code"));
    panel.querySelector("[name=cif]").focus();
  }

  // The form of a new word is filled in with what was just seen, unless somebody wrote in it.
  #suggest(name, value) {
    const field = this.querySelector(`#add-word [name=${name}]`);
    if (field && !("written" in field.dataset)) field.value = value.slice(0, field.maxLength);
  }
}

const code = (option) => option?.querySelector(".co-hit__code").textContent;

function trouble(status) {
  if (status === 401) return gettext("The session ended. Log in again.");
  if (status === 403) return gettext("You no longer have permission to see this.");
  return gettext("The server does not answer. Your text stays; type on to ask again.");
}

customElements.define("classify-search", ClassifySearch);
