/** Polling and keys: what makes the page live. */
export const LIVE_SCRIPT: string = String.raw`
const POLL_MS = 3000;
const SLOW_POLL_MS = 10000;
let lastState = null;
let isConnected = true;
let timer = 0;
let round = 0;

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
    await refreshIssue();
    if (own !== round) return;
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
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && opened === null) {
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
