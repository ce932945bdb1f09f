// Words, figures and times in the page's language. The catalogue comes from Django.
const page = document.getElementById("co");
const language = page?.dataset.language || "es-HN";
const timeZone = page?.dataset.timeZone || undefined;
const NBSP = "\u00a0";

export const gettext = (text) => window.gettext(text);
// `text` is translated already: xgettext only sees what stands inside gettext(...).
export const fill = (text, values) => window.interpolate(text, values, true);

const clockFormat = new Intl.DateTimeFormat(language, {
  timeZone,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

export const clock = (date) => clockFormat.format(date);
export const pageLanguage = language;

// 48 s, 2 min 29 s, 1 h 5 min: whole seconds, as the server prints them.
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}${NBSP}s`;
  const [unit, name, below, belowName] =
    whole >= 86400 ? [86400, "d", 3600, "h"] : whole >= 3600 ? [3600, "h", 60, "min"] : [60, "min", 1, "s"];
  const rest = Math.floor((whole % unit) / below);
  const head = `${Math.floor(whole / unit)}${NBSP}${name}`;
  return rest ? `${head} ${rest}${NBSP}${belowName}` : head;
}

// The one polite live region. A repeated sentence is not spoken again.
export function announce(sentence) {
  const region = document.getElementById("co-announce");
  if (region && sentence && region.textContent !== sentence) region.textContent = sentence;
}
