// The console's one entry: it registers the elements that bring server-rendered pages to life.
import "../elements/alert-list.js";
import "../elements/confirm-form.js";
import "../elements/fresh-parts.js";
import "../elements/launch-preview.js";
import "../elements/live-status.js";
import "../elements/mark-all.js";
import "../elements/review-queue.js";
import "../elements/run-log.js";
import "../elements/run-progress.js";
import "../elements/time-ago.js";

// A second click while the first is on its way would only earn a 409.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
// A page restored from the back-forward cache must be usable again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
