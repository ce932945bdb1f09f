// A box that marks all boxes of one name in its form. It makes the box itself: without JavaScript it
// would do nothing.
class MarkAll extends HTMLElement {
  connectedCallback() {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.setAttribute("aria-label", this.dataset.label);
    box.addEventListener("change", () => {
      for (const each of this.#boxes) each.checked = box.checked;
    });
    this.closest("form").addEventListener("change", () => {
      const marked = this.#boxes.filter((each) => each.checked).length;
      box.checked = marked > 0 && marked === this.#boxes.length;
      box.indeterminate = marked > 0 && !box.checked;
    });
    this.prepend(box);
  }

  get #boxes() {
    return [...this.closest("form").querySelectorAll(`input[name="${this.dataset.name}"]`)];
  }
}

customElements.define("mark-all", MarkAll);
