// The last lines of a run's log. Follows the end until the reader scrolls up.
import { refresh } from "../console/refresh.js";

const KEPT = 200;
const RENEW_WITHIN = 1500;
const LOOKS = { warning: ["is-warn", "warn"], error: ["is-err", "err"] };
const SVG = "http://www.w3.org/2000/svg";

class RunLog extends HTMLElement {
  #box = null;
  #list = null;
  #follow = null;
  #renewal = 0;

  connectedCallback() {
    this.#box = this.querySelector("[role=log]");
    this.#list = this.#box.querySelector("ol");
    this.#follow = this.querySelector("[data-follow]");
    // The log of a run that ended has no end to follow: it is only shown.
    if (this.#follow) this.#follows();
    this.#toEnd();
  }

  #follows() {
    this.#follow.parentElement.hidden = false;
    this.#follow.addEventListener("change", () => this.#toEnd());
    this.#box.addEventListener("scroll", () => {
      const { scrollTop, clientHeight, scrollHeight } = this.#box;
      this.#follow.checked = scrollTop + clientHeight >= scrollHeight - 4;
    });
  }

  get #following() {
    return this.#follow?.checked ?? true;
  }

  get after() {
    return Number(this.dataset.after);
  }

  append(lines) {
    const fresh = lines.filter((line) => line.id > this.after);
    if (!fresh.length) return;
    this.dataset.after = fresh.at(-1).id;
    const following = this.#following;
    this.#list.append(...fresh.map(item));
    while (this.#list.children.length > KEPT) this.#list.firstElementChild.remove();
    this.querySelector("[data-cut]").hidden = this.#list.children.length < KEPT;
    this.querySelector(".co-nolines").hidden = true;
    this.querySelector("[data-acts]").hidden = this.#box.hidden = false;
    if (following) this.#toEnd();
    // Of a burst only the last lines come: what failed may be among those that did not.
    if (fresh.length >= KEPT || fresh.some((line) => line.item)) this.#renewFailed();
  }

  // The table of failed items is the server's; a thousand of them ask for it a few times only.
  #renewFailed() {
    if (this.#renewal) return;
    this.#renewal = setTimeout(() => {
      this.#renewal = 0;
      refresh(["part-failed"]);
    }, RENEW_WITHIN);
  }

  #toEnd() {
    if (this.#following) this.#box.scrollTop = this.#box.scrollHeight;
  }
}

function item(line) {
  const row = document.createElement("li");
  const [look, icon] = LOOKS[line.level] ?? [];
  if (look) row.className = look;
  row.dataset.id = line.id;
  const time = document.createElement("time");
  time.dateTime = line.at;
  time.textContent = line.time;
  const level = document.createElement("span");
  level.className = "lv";
  if (icon) level.append(picture(icon));
  level.append(line.level_text);
  const text = document.createElement("span");
  text.textContent = line.text;
  row.append(time, level, text);
  return row;
}

// As the server's {% icon %} writes it.
function picture(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "co-i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#co-i-${name}`);
  svg.append(use);
  return svg;
}

customElements.define("run-log", RunLog);
