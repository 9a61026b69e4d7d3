import { type Call, paged, type Reply } from "./reply.ts";
import type { FakeIssue, FakeProject } from "./state.ts";

const PLANNER = 15;

/** Lists the issues of a project: none where they are turned off. */
export function listIssues(call: Call, project: FakeProject): Reply {
  const { query, answers, paging } = call;
  const wantsCursor = query.get("pagination") === "keyset";
  if (wantsCursor && paging === "refused") {
    const error = "Keyset pagination is not yet available for this type of request";
    return { status: 405, body: { error } };
  }
  const found = shownIn(call, project);
  const page = wantsCursor && paging === "cursor" ? byCursor(call, found) : paged(call, found);
  const issues: unknown = page.body;
  return {
    ...page,
    body: (Array.isArray(issues) ? issues : []).map((issue) => answers.issue(project, issue)),
  };
}

function shownIn(call: Call, project: FakeProject): readonly FakeIssue[] {
  const { query, now, listLagMs, state, token } = call;
  if (!project.hasIssues) return [];
  const after = (name: string) => Date.parse(query.get(name) ?? "1970-01-01T00:00:00Z");
  const [updatedAfter, createdAfter] = [after("updated_after"), after("created_after")];
  const author = [...state.users.values()].find(({ id }) => String(id) === query.get("author_id"));
  const isMember = (project.members.get(token.username) ?? 0) >= PLANNER;
  const way = query.get("sort") === "asc" ? 1 : -1;
  const at = timeOf(query);
  return [...project.issues.values()].filter((issue) =>
    issue.updatedAt >= updatedAfter && issue.createdAt >= createdAfter &&
    (!query.has("author_id") || issue.author === author?.username) &&
    (!issue.confidential || isMember || issue.author === token.username) &&
    issue.createdAt + listLagMs <= now
  ).sort((one, other) => way * (at(one) - at(other) || one.id - other.id));
}

function timeOf(query: URLSearchParams): (issue: FakeIssue) => number {
  return query.get("order_by") === "updated_at"
    ? ({ updatedAt }) => updatedAt
    : ({ createdAt }) => createdAt;
}

/** A page that begins after an entry, whatever comes before that meanwhile. */
function byCursor(call: Call, entries: readonly FakeIssue[]): Reply {
  const per = Math.min(100, Number(call.query.get("per_page") ?? 20));
  const at = timeOf(call.query);
  const [time, id] = (call.query.get("cursor") ?? "-1_-1").split("_").map(Number);
  const rest = entries.filter((issue) =>
    at(issue) > (time ?? 0) || at(issue) === time && issue.id > (id ?? 0)
  );
  const shown = rest.slice(0, per);
  const last = shown.at(-1);
  const next = new URL(call.url);
  if (last !== undefined) next.searchParams.set("cursor", `${at(last)}_${last.id}`);
  return {
    status: 200,
    body: shown,
    headers: rest.length > per ? { link: `<${next.href}>; rel="next"` } : {},
  };
}
