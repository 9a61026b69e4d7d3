/** Polling and keys: what makes the page live. */
export const LIVE_SCRIPT: string = String.raw`
const POLL_MS = 3000;
const SLOW_POLL_MS = 10000;
let lastState = null;
let isConnected = true;
let timer = 0;
let round = 0;

async function get(address) {
  return await bodyOf(await fetch(address, { headers: { accept: "application/json" }, cache: "no-store" }));
}

async function bodyOf(answer) {
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.error?.message ?? "The page got no answer."), { isAnswer: true });
  return body;
}

/** The last state, and the version by which the next look asks whether it is still so; null when it has none. */
let known = { tag: null, state: null };
/** Which issues are shown, and the version of everything they were asked for after; null when they have to be asked for. */
let shownIssues = null;

/** Asks for the state; 304 says that it is the known one, and that no issue has changed either. */
async function look() {
  const before = known;
  const headers = { accept: "application/json", ...(before.tag === null ? {} : { "if-none-match": before.tag }) };
  const answer = await fetch("state.json", { headers, cache: "no-store" });
  if (answer.status === 304) return before;
  const state = await bodyOf(answer);
  return { tag: answer.headers.get("etag"), state };
}

/** Whether what was asked for is still so: nothing was written since, or it would have another version. */
function isCurrent(shown, what) {
  return shown !== null && known.tag !== null && shown.tag === known.tag && (shown.address ?? shown.handle) === what;
}

/** Asks for the issues of the query; returns null when it is answered that they cannot be read. */
async function lookForIssues() {
  const asked = { address: issuesAddress(), tag: known.tag };
  const found = await get(asked.address).catch((error) => {
    if (error.isAnswer) return null;
    throw error;
  });
  return { asked, found };
}

function drawAll(state) {
  lastState = state;
  drawTop(state);
  drawActions(state);
  drawNotices(state);
  drawTiles(state);
  drawFilters(state.cache);
  drawPanels(state);
}

function showIssues({ asked, found }) {
  shownIssues = found === null ? null : asked;
  if (found !== null) drawIssues(found, lastState);
}

/** One look at everything; an answer that a later look has overtaken is dropped. */
async function refresh() {
  const own = ++round;
  clearTimeout(timer);
  try {
    const now = await look();
    if (own !== round) return;
    known = now;
    const issues = isCurrent(shownIssues, issuesAddress()) ? null : await lookForIssues();
    if (own !== round) return;
    drawAll(known.state);
    if (issues !== null) showIssues(issues);
    refreshTimes();
    if (!isCurrent(shownIssue, opened)) await refreshIssue();
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
    const issues = await lookForIssues();
    if (own === issueRound && lastState !== null) showIssues(issues);
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
