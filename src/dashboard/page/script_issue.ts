/** One issue, in a dialog over the page. */
export const ISSUE_SCRIPT: string = String.raw`
let opened = null;
let openedFrom = null;
let openRound = 0;
/** Which issue is shown, and the version of everything it was asked for after; null when it has to be asked for. */
let shownIssue = null;

/** A button that opens an issue; what is not in the cache is only named. */
function issueButton(key, handle) {
  if (handle === null) return el("span", null, remote(key));
  return el("button", {
    type: "button", class: "open", "aria-haspopup": "dialog", "data-handle": handle,
    onclick: () => void openIssue(handle),
  }, remote(key));
}

async function openIssue(handle) {
  if (opened === null) openedFrom = handle;
  opened = handle;
  await refreshIssue();
}

/** Asks for the opened issue once more; an answer that was overtaken is dropped. */
async function refreshIssue() {
  if (opened === null) return;
  const own = ++openRound;
  const asked = { handle: opened, tag: known.tag };
  let view = null;
  try {
    view = { issue: await get("issue.json?id=" + opened) };
  } catch (error) {
    // A page without its dashboard says so by itself.
    if (!error.isAnswer) return;
    view = { gone: error.message };
  }
  if (own !== openRound || opened === null) return;
  shownIssue = view.issue === undefined ? null : asked;
  const dialog = byId("issue");
  const hadFocus = dialog.contains(document.activeElement);
  dialog.setAttribute("aria-label", view.issue === undefined ? "Issue" : view.issue.key + " " + view.issue.title);
  draw("issue", view, ({ issue, gone }) => el("div", { class: "sheet" },
    issue === undefined ? [sheetTop("", "Not in the cache"), el("p", { class: "sheet-part" }, gone)] : sheetOf(issue)));
  if (!dialog.open) {
    dialog.showModal();
    dialog.scrollTop = 0;
  } else if (hadFocus && !dialog.contains(document.activeElement)) dialog.querySelector(".close").focus();
}

byId("issue").addEventListener("close", () => {
  opened = null;
  shownIssue = null;
  byId("issue").replaceChildren();
  drawn.delete("issue");
  // The browser gives the focus back, unless the list was drawn again meanwhile.
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const spot = [...document.querySelectorAll("button.open")].find((one) => one.dataset.handle === openedFrom);
  (spot ?? byId("search")).focus();
});
byId("issue").addEventListener("click", (event) => {
  if (event.target === byId("issue")) byId("issue").close();
});

function sheetTop(key, title) {
  return el("div", { class: "sheet-top" },
    el("div", null, el("p", { class: "mono" }, remote(key)), el("h2", { dir: "auto" }, title === "" ? "(no title)" : title)),
    el("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => byId("issue").close() }, "×"));
}

function sheetOf(issue) {
  const [label, tone] = STATUS[issue.status];
  const facts = [
    ["Type", issue.type],
    ["Priority", issue.priority],
    ["Assigned", named(issue.assignees)],
    ["Labels", issue.labels.length === 0 ? null : el("span", { class: "tags" }, issue.labels.map((name) => el("span", { class: "tag" }, remote(name))))],
    ["Parent", issue.parent === null ? null : issueButton(issue.parent.key, issue.parent.handle)],
    ...issue.links.map(({ type, issue: other }) => [capital(type), issueButton(other.key, other.handle)]),
    ["Created", when(issue.created_at)],
    ["Updated", when(issue.updated_at)],
  ].filter(([, value]) => value !== null);
  return [
    sheetTop(issue.key, issue.title),
    el("div", { class: "sheet-line" }, chip(tone, label),
      issue.is_new ? el("span", { class: "tag edited" }, "made here, not sent yet") : null,
      issue.link === null ? null : outward("Open at " + issue.link.host, issue.link)),
    el("dl", { class: "sheet-facts" }, facts.map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, value)))),
    sheetPart("Refused", issue.refused.map(({ field, wanted, reason }) => el("li", null,
      el("p", null, el("strong", null, remote(field)), " → ", remote(wanted)), el("p", { class: "reason" }, remote(reason)))),
      "Drop a refused edit with ${"`tracker issue discard`"}, or send it again with ${"`tracker sync run --retry`"}."),
    sheetPart("To decide", issue.conflicts.map((one) => el("li", null,
      el("p", null, el("strong", null, remote(one.field)), " was changed on both sides, conflict " + one.id + ", ", when(one.detected_at)),
      sides(one))),
      "Decide with ${"`tracker sync conflicts`"}."),
    sheetPart("Waiting to be sent", issue.waiting.map(({ field, from, to }) => el("li", null,
      el("strong", null, remote(field)), " ", remote(from), " → ", remote(to))), null),
    sheetPart("Stays here", issue.staying.map(({ field, from, to, reason }) => el("li", null,
      el("p", null, el("strong", null, remote(field)), " ", remote(from), " → ", remote(to)), el("p", { class: "reason" }, remote(reason)))),
      "The tracker cannot take this, so that no push sends it."),
    el("section", { class: "sheet-part", "aria-label": "Description" }, el("h3", null, "Description"),
      issue.body === null ? el("p", { class: "soft" }, "No description.") : el("div", { class: "text" }, blocks(issue.body.blocks),
        issue.body.cut ? el("p", { class: "soft" }, "The text is longer; the rest is not shown here.") : null)),
  ];
}

function sheetPart(title, items, hint) {
  if (items.length === 0) return null;
  return el("section", { class: "sheet-part", "aria-label": title }, el("h3", null, title), el("ul", { class: "plain" }, items),
    hint === null ? null : el("p", { class: "soft" }, rich(hint)));
}

function sides({ base, ours, theirs }) {
  const rows = [["Before", base], ["Ours", ours], ["Theirs", theirs]].filter(([, value]) => value !== undefined);
  return el("dl", { class: "sides" }, rows.map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, remote(value)))));
}

const named = (names) => names.length === 0 ? null : names.flatMap((name, i) => i === 0 ? [remote(name)] : [", ", remote(name)]);
const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

/** A link that leaves the page; what is said of it holds the host it leads to. */
function outward(words, { url }) {
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words, el("span", { class: "unseen" }, " (opens in a new tab)"));
}

/** Blocks of a text as elements: the text itself only ever becomes text. */
function blocks(list) {
  return list.map((block) => {
    switch (block.kind) {
      case "heading": return el("h" + Math.min(6, block.level + 3), { dir: "auto" }, inline(block.text));
      case "code": return el("pre", null, el("code", null, block.code));
      case "quote": return el("blockquote", null, blocks(block.blocks));
      case "rule": return el("hr");
      case "table": return textTable(block);
      case "list": return el(block.start === null ? "ul" : "ol", { start: block.start }, block.items.map(listItem));
      default: return el("p", { dir: "auto" }, inline(block.text));
    }
  });
}

function textTable({ alignments, head, rows }) {
  const row = (name, cells, more) => el("tr", { role: "row" }, cells.map((cell, at) =>
    el(name, { class: alignments[at], dir: "auto", ...more }, inline(cell))));
  return el("table", { role: "table", "aria-label": "Table" },
    el("thead", { role: "rowgroup" }, row("th", head, { role: "columnheader", scope: "col" })),
    el("tbody", { role: "rowgroup" }, rows.map((cells) => row("td", cells, { role: "cell" }))));
}

function listItem({ checked, blocks: inside }) {
  if (checked === null) return el("li", { dir: "auto" }, blocks(inside));
  return el("li", { class: "task", dir: "auto" },
    el("span", { class: checked ? "box checked" : "box", "aria-hidden": "true" }, checked ? "✓" : ""),
    el("span", { class: "unseen" }, checked ? "Done: " : "To do: "), el("div", null, blocks(inside)));
}

function inline(parts) {
  return parts.map((part) => {
    switch (part.kind) {
      case "code": return el("code", null, part.text);
      case "break": return el("br");
      case "strong": return el("strong", null, inline(part.parts));
      case "emphasis": return el("em", null, inline(part.parts));
      case "struck": return el("s", null, inline(part.parts));
      case "link": return [outward(inline(part.parts), part), wordsOf(part.parts).includes(part.host) ? "" : el("span", { class: "soft" }, " (" + part.host + ")")];
      default: return part.text;
    }
  });
}

const wordsOf = (parts) => parts.map((part) => part.text ?? wordsOf(part.parts ?? [])).join("");
`;
