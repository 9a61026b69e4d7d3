import { PRIORITY_WORDS } from "../../contract/issue.ts";

const PRIORITIES = PRIORITY_WORDS.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);

/** The issues: search, filters, list. */
export const ISSUES_SCRIPT: string = String.raw`
const STATUS = {
  todo: ["To do", "plain"], in_progress: ["In progress", "blue"], in_review: ["In review", "violet"],
  blocked: ["Blocked", "red"], done: ["Done", "green"], canceled: ["Canceled", "faint"],
};
const PRIORITY = ${JSON.stringify(PRIORITIES)};
const EDITED = { "to push": "changed here", "stays here": "stays here" };
const STEP = 50;
const MOST = 500;
const query = { text: "", status: "", limit: STEP };

function issuesAddress() {
  const parameters = new URLSearchParams({ limit: String(query.limit) });
  if (query.text !== "") parameters.set("q", query.text);
  if (query.status !== "") parameters.set("status", query.status);
  return "issues.json?" + parameters;
}

function drawFilters(cache) {
  const counts = cache?.counts;
  byId("filters").hidden = counts === undefined || counts.total === 0;
  if (counts === undefined) return;
  const entries = [["", "All", counts.total], ["open", "Open", counts.open]];
  for (const [name, [label]] of Object.entries(STATUS)) {
    if (counts.byStatus[name] > 0 || query.status === name) entries.push([name, label, counts.byStatus[name]]);
  }
  const focused = document.activeElement?.getAttribute("data-status");
  draw("filters", [entries, query.status], () => entries.map(([name, label, count]) =>
    el("button", {
      type: "button", class: "filter", "data-status": name, "aria-pressed": String(query.status === name),
      onclick: () => choose(name),
    }, label + " ", el("span", { class: "tally" }, number(count)))));
  if (focused !== null && focused !== undefined) {
    [...byId("filters").children].find((one) => one.dataset.status === focused)?.focus();
  }
}

function choose(status) {
  query.status = query.status === status ? "" : status;
  query.limit = STEP;
  drawFilters(lastState?.cache ?? null);
  void refreshIssues();
}

function issueRow(issue) {
  const [label, tone] = STATUS[issue.status];
  const marks = [
    issue.edited === null ? null : el("span", { class: "tag edited" }, EDITED[issue.edited]),
    ...issue.refused.map((words) => el("span", { class: "tag edited" }, remote(words))),
    ...issue.held.map((words) => el("span", { class: "tag edited" }, remote(words))),
    ...issue.labels.map((name) => el("span", { class: "tag" }, remote(name))),
  ].filter((mark) => mark !== null);
  return [
    issueButton(issue.key, issue.handle),
    [el("span", { class: "title" }, issue.title === "" ? "(no title)" : remote(issue.title)),
      marks.length === 0 ? "" : el("span", { class: "tags" }, marks)],
    chip(tone, label),
    PRIORITY[issue.priority],
    issue.assignees.length === 0 ? "–" : remote(issue.assignees.join(", ")),
    when(issue.updated_at),
  ];
}

/** A press anywhere in a row opens its issue, but not one that marks text. */
function openable(list, issues) {
  [...list.tBodies[0].rows].forEach((row, i) => row.addEventListener("click", (event) => {
    if (event.target.closest("a, button") !== null || String(getSelection()) !== "") return;
    void openIssue(issues[i].handle);
  }));
  return list;
}

const COLUMNS = [["Key", "key"], ["Title", "name"], ["Status", "status"], ["Priority", "priority"],
  ["Assigned", "assigned"], ["Updated", "updated"]];

function drawIssues(found, state) {
  const isFiltered = query.text !== "" || query.status !== "";
  const { issues, more } = found;
  const spot = document.activeElement;
  const focused = spot?.matches("#issue-list button.open") ? spot.dataset.handle : undefined;
  draw("issue-list", { found, isFiltered, bound: state.binding !== null, cache: state.cache === null }, () => {
    if (issues.length > 0) {
      return [openable(table("Issues", COLUMNS, issues.map(issueRow), "issues"), issues), more ? moreBelow() : null];
    }
    if (isFiltered) {
      return [el("div", { class: "empty" },
        el("p", { class: "empty-title" }, "No issue matches."),
        el("p", null, el("button", { type: "button", class: "plain-button", onclick: clearQuery }, "Show all issues")))];
    }
    if (state.binding === null) return empty("No issues to show.", rich("Bind this project with ${"`tracker bind`"}, then pull its issues."));
    return empty("No issues are cached yet.", rich("Fetch them with ${"`tracker sync pull`"}."));
  });
  if (focused !== undefined) {
    [...byId("issue-list").querySelectorAll("button.open")].find((one) => one.dataset.handle === focused)?.focus();
  }
  const count = issues.length === 0 ? "" : more ? "The first " + number(issues.length) : plural(issues.length, "issue");
  const words = isFiltered && issues.length > 0 ? count + (more ? " that match" : issues.length === 1 ? " matches" : " match") : count;
  const text = isFiltered && issues.length === 0 ? "No issue matches" : words;
  if (byId("issue-count").textContent !== text) byId("issue-count").textContent = text;
}

function moreBelow() {
  if (query.limit >= MOST) return el("p", { class: "more" }, "Search to find the others.");
  return el("p", { class: "more" }, el("button", { type: "button", class: "plain-button", onclick: () => {
    query.limit = Math.min(MOST, query.limit + 100);
    void refreshIssues();
  } }, "Show more"));
}

function clearQuery() {
  query.text = "";
  query.status = "";
  byId("search").value = "";
  drawFilters(lastState?.cache ?? null);
  byId("search").focus();
  void refreshIssues();
}
`;
