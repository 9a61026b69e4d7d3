/**
 * The script of the pages. Everything works without it: it says times in the zone of the browser, keeps a form from being
 * sent twice, and goes to the search field at the key `/`.
 */
export const SCRIPT: string = `"use strict";
const words = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  time.title = time.textContent;
  time.textContent = words.format(at);
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
