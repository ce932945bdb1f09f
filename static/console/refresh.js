// Markup is written once, by the server: a part of the page is renewed by fetching the page again
// and taking that part over. Figures that move come over the socket and never this way.
const TOGETHER = 120;
const wanted = new Map();
let timer = 0;
let running = false;

// Ask for parts by id. With `force` also under the pointer or the focus. Resolves to nothing;
// a renewed part dispatches "renewed".
export function refresh(ids, { force = false } = {}) {
  ids.forEach((id) => wanted.set(id, force || wanted.get(id) === true));
  clearTimeout(timer);
  timer = setTimeout(renew, TOGETHER);
}

async function renew() {
  if (running) return;
  running = true;
  const parts = new Map(wanted);
  wanted.clear();
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (response.redirected) return refused(4401);
    if (response.status === 403) return refused(4403);
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    parts.forEach((force, id) => take(id, fresh, force));
  } catch {
    // The server is away: the banner says so, and the next turn tries again.
  } finally {
    running = false;
    if (wanted.size) refresh([]);
  }
}

// The page's right has ended; the number is the socket's close code for the same.
function refused(code) {
  document.dispatchEvent(new CustomEvent("refused", { detail: code }));
}

function take(id, fresh, force) {
  const old = document.getElementById(id);
  const next = fresh.getElementById(id);
  if (!old || !next || old.querySelector("dialog[open]")) return;
  if (busy(old) && (!force || grew(old, next))) return later(old, id);
  const hadFocus = old.contains(document.activeElement);
  keepFolds(old, next);
  old.replaceChildren(...[...next.childNodes].map((node) => document.importNode(node, true)));
  old.dispatchEvent(new CustomEvent("renewed", { bubbles: true, detail: { id, hadFocus } }));
}

// Nothing may jump away from under a pointer or a focus.
const busy = (part) => part.matches(":hover") || part.contains(document.activeElement);

// A list under the pointer or the focus takes new rows at its end, and changes nothing else.
function grew(old, next) {
  const [rows, fresh] = [old, next].map((part) => part.querySelector(".co-runs"));
  if (!rows || !fresh) return false;
  const known = new Set([...rows.querySelectorAll("[data-run]")].map((run) => run.dataset.run));
  [...fresh.children]
    .filter((row) => !known.has(row.querySelector("[data-run]").dataset.run))
    .forEach((row) => rows.append(document.importNode(row, true)));
  const [title, freshTitle] = [old, next].map((part) => part.querySelector("h2"));
  title.replaceChildren(...[...freshTitle.childNodes].map((node) => document.importNode(node, true)));
  old.dispatchEvent(new CustomEvent("renewed", { bubbles: true, detail: { id: old.id, hadFocus: false } }));
  return true;
}

function later(part, id) {
  const again = () => refresh([id]);
  part.addEventListener("pointerleave", again, { once: true });
  part.addEventListener("focusout", again, { once: true });
}

function keepFolds(old, next) {
  old.querySelectorAll("details[id]").forEach((fold) => {
    const twin = next.querySelector(`#${fold.id}`);
    if (twin && (fold.dataset.touched || fold.open)) twin.open = fold.open;
    if (twin && fold.dataset.touched) twin.dataset.touched = "1";
  });
}

document.addEventListener("click", (event) => {
  const fold = event.target.closest("summary")?.parentElement;
  if (fold) fold.dataset.touched = "1";
});
