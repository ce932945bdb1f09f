// The admin's form of a periodic task: the chosen crontab in words, below its field.
const crontabs = JSON.parse(document.getElementById("readable-crontabs").textContent);
const field = document.getElementById("id_crontab");
const help = document.querySelector(".field-crontab .help");
const words = document.createElement("p");

document.querySelector(".field-crontab_translation")?.setAttribute("hidden", "");
if (field && help) {
  help.append(words);
  field.addEventListener("change", show);
  show();
}

function show() {
  words.textContent = crontabs[field.value] ?? "";
}
