// One run: badge, bar, figures, phases. The texts are the server's; here they find their place.
const LEAST_BETWEEN_PAINTS = 250;
const ENDED = new Set(["done", "failed", "cancelled"]);
const PHASE_ICONS = { done: "ok", current: "now", failed: "err", stopped: "off", pending: "todo" };

class RunProgress extends HTMLElement {
  #next = null;
  #paintedAt = 0;
  #scheduled = false;

  get ended() {
    return ENDED.has(this.dataset.state);
  }

  // Take a state unless it is older than the one shown: (epoch, seq), then the moment of reading.
  apply(run) {
    const held = this.#next ?? {
      epoch: Number(this.dataset.epoch),
      seq: Number(this.dataset.seq),
      server_time: this.dataset.at,
    };
    if (older(run, held)) return;
    this.#next = run;
    const wait = ENDED.has(run.state) ? 0 : this.#paintedAt + LEAST_BETWEEN_PAINTS - Date.now();
    if (wait <= 0) this.#schedule();
    else if (!this.#scheduled) setTimeout(() => this.#schedule(), wait);
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // A hidden tab gets no animation frames; it paints all the same, to be right when it is seen.
    if (document.hidden) setTimeout(() => this.#paint(), 0);
    else requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    this.#scheduled = false;
    const run = this.#next;
    if (!run) return;
    this.#paintedAt = Date.now();
    const before = { state: this.dataset.state, attempt: this.dataset.attempt };
    Object.assign(this.dataset, {
      epoch: run.epoch,
      seq: run.seq,
      at: run.server_time,
      state: run.state,
      attempt: run.attempt,
    });
    this.#badge(run);
    this.#texts(run);
    this.#bar(run);
    run.phases.forEach((phase) => this.#phase(phase));
    this.#cancel(run);
    this.dispatchEvent(new CustomEvent("run-painted", { bubbles: true, detail: { run, before } }));
  }

  #badge(run) {
    const badge = this.querySelector("[data-badge]");
    badge.className = run.tone ? `co-badge is-${run.tone}` : "co-badge";
    badge.querySelector("svg").classList.toggle("co-spin", run.state === "running");
    badge.querySelector("use").setAttribute("href", `#co-i-${run.icon}`);
  }

  #texts(run) {
    const texts = { ...run.texts, phase_label: run.phase_label };
    this.querySelectorAll("[data-f]").forEach((place) => {
      const text = texts[place.dataset.f] ?? "";
      if (place.textContent !== text) place.textContent = text;
    });
    this.querySelectorAll("[data-f=percent]").forEach((place) => (place.hidden = !run.has_bar));
    this.querySelectorAll("[data-elapsed]").forEach((place) => {
      place.dataset.since = ENDED.has(run.state) ? "" : (run.started_at ?? run.created_at);
      place.toggleAttribute("data-waits", !run.started_at);
      if (!place.dataset.since) place.textContent = "";
    });
  }

  #bar(run) {
    const bar = this.querySelector("[role=progressbar]");
    bar.hidden = !run.has_bar;
    bar.setAttribute("aria-valuenow", run.progress);
    bar.setAttribute("aria-valuetext", run.texts.bar);
    bar.querySelector("rect").setAttribute("width", `${run.progress}%`);
  }

  #phase(phase) {
    const step = this.querySelector(`[data-phase="${CSS.escape(phase.slug)}"]`);
    if (!step) return;
    step.classList.toggle("is-done", phase.state === "done");
    step.classList.toggle("is-bad", phase.state === "failed");
    if (phase.state === "current") step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
    step.querySelector("use").setAttribute("href", `#co-i-${PHASE_ICONS[phase.state]}`);
    step.querySelector("[data-phase-text]").textContent = phase.text;
  }

  #cancel(run) {
    this.querySelectorAll("[data-cancel]").forEach((button) => {
      if (ENDED.has(run.state)) button.closest("confirm-form").hidden = true;
      else if (run.cancel_requested && !button.disabled) {
        button.disabled = true;
        button.textContent = window.gettext("Cancelling…");
      }
    });
  }
}

function older(run, held) {
  if (run.epoch !== held.epoch) return run.epoch < held.epoch;
  if (run.seq !== held.seq) return run.seq < held.seq;
  return Date.parse(run.server_time) < Date.parse(held.server_time);
}

customElements.define("run-progress", RunProgress);
