// Questions to the server of which only the newest counts: asking again aborts the one before, and
// an answer that comes late is never shown.
export class Latest {
  #asked = null;

  // {status, text}, or null when something newer was asked meanwhile. Status 0: no answer came;
  // 401: the session ended.
  async ask(url) {
    this.drop();
    const question = (this.#asked = new AbortController());
    try {
      const response = await fetch(url, {
        headers: { Accept: "text/html" },
        signal: question.signal,
      });
      const text = await response.text();
      const status = response.redirected ? 401 : response.status;
      return question === this.#asked ? { status, text } : null;
    } catch {
      return question === this.#asked ? { status: 0, text: "" } : null;
    }
  }

  drop() {
    this.#asked?.abort();
    this.#asked = null;
  }
}

// Put a fragment that the server rendered in a place.
export function place(target, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  target.replaceChildren(...[...fresh.body.childNodes].map((node) => document.importNode(node, true)));
}
