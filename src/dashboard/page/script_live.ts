/** Polling, "Sync now", keys: what makes the page live. */
export const LIVE_SCRIPT: string = String.raw`
const POLL_MS = 3000;
const SLOW_POLL_MS = 10000;
let lastState = null;
let isConnected = true;
let timer = 0;
let round = 0;
let isSyncing = false;

async function get(address) {
  const answer = await fetch(address, { headers: { accept: "application/json" }, cache: "no-store" });
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.error?.message ?? "The page got no answer."), { isAnswer: true });
  return body;
}

function drawAll(state, issues) {
  lastState = state;
  drawTop(state);
  drawActions(state);
  drawNotices(state);
  drawTiles(state);
  drawFilters(state.cache);
  drawPanels(state);
  if (issues !== null) drawIssues(issues, state);
  refreshTimes();
}

/** One look at everything; an answer that a later look has overtaken is dropped. */
async function refresh() {
  const own = ++round;
  clearTimeout(timer);
  try {
    const state = await get("state.json");
    const issues = await get(issuesAddress()).catch((error) => {
      if (error.isAnswer) return null;
      throw error;
    });
    if (own !== round) return;
    drawAll(state, issues);
    connected(true);
  } catch {
    if (own === round) connected(false);
  } finally {
    if (own === round) {
      byId("main").setAttribute("aria-busy", "false");
      if (!document.hidden) timer = setTimeout(refresh, isConnected ? POLL_MS : SLOW_POLL_MS);
    }
  }
}

let issueRound = 0;
async function refreshIssues() {
  const own = ++issueRound;
  // A poll under way would bring the answer to the former question.
  round++;
  clearTimeout(timer);
  try {
    const found = await get(issuesAddress());
    if (own === issueRound && lastState !== null) drawIssues(found, lastState);
  } catch {
    // The next look tells.
  } finally {
    if (own === issueRound) timer = setTimeout(refresh, POLL_MS);
  }
}

function connected(now) {
  byId("live").classList.toggle("lost", !now);
  byId("live-text").textContent = now ? "Live" : "Not connected";
  if (now === isConnected) return;
  isConnected = now;
  if (now) say();
  else say(notice("bad", "The dashboard has stopped.", "What is shown here may be out of date.", "Start it again with ${"`tracker dashboard`"}."));
}

/** Says something where assistive technology hears it; nothing clears it. */
function say(...content) {
  byId("said").replaceChildren(...content);
}

function drawActions({ hosted }) {
  draw("actions", hosted, () => hosted
    ? el("button", { type: "button", id: "sync-now", class: "button", onclick: () => void pressSync() }, "Sync now")
    : null);
}

async function pressSync() {
  if (isSyncing) return;
  isSyncing = true;
  const button = byId("sync-now");
  button.setAttribute("aria-disabled", "true");
  button.textContent = "Syncing …";
  try {
    const answer = await fetch("sync-now", {
      method: "POST",
      headers: { "x-dashboard-token": location.pathname.split("/")[1], accept: "application/json" },
    });
    const outcome = await answer.json();
    tellOutcome(answer.ok ? outcome : { kind: "failed", message: outcome.error.message, next_action: outcome.error.next_action });
  } catch {
    tellOutcome({ kind: "failed", message: "The dashboard did not answer.", next_action: null });
  } finally {
    isSyncing = false;
    button.removeAttribute("aria-disabled");
    button.textContent = "Sync now";
    void refresh();
  }
}

function tellOutcome(outcome) {
  const words = {
    manual: () => ["info", "Nothing was sent", outcome.notice[0], outcome.notice[1]],
    not_ready: () => ["warn", "Not ready to sync", outcome.message, outcome.next_action],
    nothing_waiting: () => ["good", "Up to date", "No events were waiting. Background sync is running.", null],
    uploaded: () => ["good", "Uploaded " + plural(outcome.uploaded, "event"),
      outcome.remaining === 0 ? "Nothing is waiting any more." : plural(outcome.remaining, "event") + " still waiting.", null],
    under_way: () => ["info", "Background sync is at work", plural(outcome.remaining, "event") + " still waiting; the count above is live.", null],
    failed: () => ["bad", "The sync did not work", outcome.message, outcome.next_action],
  };
  const box = notice(...words[outcome.kind]());
  box.append(el("button", { type: "button", class: "close", "aria-label": "Dismiss", onclick: () => {
    say();
    byId("sync-now")?.focus();
  } }, "×"));
  say(box);
}

let typing = 0;
byId("search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    query.text = byId("search").value.trim();
    query.limit = STEP;
    void refreshIssues();
  }, 150);
});
document.addEventListener("keydown", (event) => {
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    byId("search").focus();
  }
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else void refresh();
});
void refresh();
`;
