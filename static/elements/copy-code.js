// A button that copies a code. Without JavaScript the code is there to be marked.
import { announce, fill, gettext } from "../console/text.js";

const STAYS = 2000;

class CopyCode extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const copied = await copy(this.dataset.text);
      const said = copied
        ? fill(gettext("Copied: %(code)s"), { code: this.dataset.text })
        : gettext("The browser does not let it be copied: mark the code.");
      announce(said);
      button.textContent = copied ? gettext("Copied") : said;
      setTimeout(() => (button.textContent = label), STAYS);
    });
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain http there is no clipboard; a marked text can still be copied.
    return copyMarked(text);
  }
}

function copyMarked(text) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return copied;
}

customElements.define("copy-code", CopyCode);
