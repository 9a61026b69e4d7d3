/** "Sync now": starting a sync, following it, and telling its end. */
export const SYNC_SCRIPT: string = String.raw`
const WATCH_MS = 500;
let isSyncing = false;
let toldSync = null;
let watching = 0;

function drawActions({ can_sync, sync }) {
  draw("actions", can_sync, () => can_sync
    ? [el("button", { type: "button", id: "sync-now", class: "button", onclick: () => void pressSync() }, "Sync now"),
      el("p", { id: "sync-progress", class: "progress" })]
    : null);
  if (can_sync) followSync(sync);
}

async function pressSync() {
  if (isSyncing) return;
  showSyncing("");
  try {
    const answer = await fetch("sync-now", {
      method: "POST",
      headers: { "x-dashboard-token": location.pathname.split("/")[1], accept: "application/json" },
    });
    if (!answer.ok) throw new Error();
    followSync(await answer.json());
  } catch {
    showSyncing(null);
    tellOutcome({ tone: "bad", title: "The sync did not start", lines: ["The dashboard did not answer."], failures: [], failures_left_out: 0, next_action: null });
  }
}

/** Shows a sync that is under way, started by this page or another, and tells the end of one that was. */
function followSync({ running, last }) {
  // What ended before this page was opened is no news.
  toldSync ??= last?.id ?? 0;
  clearTimeout(watching);
  if (running !== null) {
    showSyncing(running.progress);
    watching = setTimeout(watchSync, WATCH_MS);
    return;
  }
  const wasSyncing = isSyncing;
  showSyncing(null);
  if (last !== null && last.id > toldSync) {
    toldSync = last.id;
    tellOutcome(last);
    if (wasSyncing) void refresh();
  }
}

async function watchSync() {
  try {
    followSync(await get("sync.json"));
  } catch {
    // The next look at everything tells.
    showSyncing(null);
  }
}

/** Null when no sync is under way. */
function showSyncing(progress) {
  const button = byId("sync-now");
  const now = progress !== null;
  if (now && !isSyncing) say(notice("info", "Sync under way", "The result will be shown here.", null));
  isSyncing = now;
  if (now) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
  button.textContent = now ? "Syncing …" : "Sync now";
  byId("sync-progress").textContent = progress ?? "";
}

function tellOutcome({ tone, title, lines, failures, failures_left_out, next_action }) {
  const box = notice(tone, title, "", null);
  const rest = failures_left_out === 0 ? null : el("li", null, "and " + number(failures_left_out) + " more");
  box.firstElementChild.append(...[
    ...lines.map((line) => el("p", { class: "whole" }, rich(line))),
    failures.length === 0 ? null : el("ul", { class: "failures" },
      failures.map(({ issue, reason }) => el("li", null, el("strong", { class: "mono" }, remote(issue)), " ", remote(reason))), rest),
    next_action === null ? null : el("p", { class: "next whole" }, rich(next_action)),
  ].filter((part) => part !== null));
  box.append(el("button", { type: "button", class: "close", "aria-label": "Dismiss", onclick: () => {
    say();
    byId("sync-now")?.focus();
  } }, "×"));
  say(box);
}
`;
