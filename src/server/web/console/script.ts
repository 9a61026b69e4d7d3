/**
 * The script of the pages. Everything works without it: it says times in the zone of the browser, copies what is shown
 * once, keeps a form from being sent twice, and goes to the search field at the key `/`.
 */
export const SCRIPT: string = `"use strict";
const words = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  time.title = time.textContent;
  time.textContent = words.format(at);
}
for (const field of document.querySelectorAll("input[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain-button";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    field.select();
    if (navigator.clipboard === undefined) document.execCommand("copy");
    else await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  });
  field.addEventListener("focus", () => field.select());
  field.after(button);
}
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent === "yes") event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
addEventListener("keydown", (event) => {
  const search = document.querySelector("input[type=search]");
  const isTyping = event.target.closest?.("input, textarea, select") != null;
  if (event.key !== "/" || isTyping || search === null || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  search.focus();
});
`;
