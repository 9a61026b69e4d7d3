import { readJql } from "./jql.ts";
import { type Call, invalid, list, type Reply, type Route } from "./reply.ts";
import type { FakeIssue } from "./state.ts";

/** Searches in the cloud. */
export const CLOUD_ISSUE_ROUTES: readonly Route[] = [
  { method: "POST", path: /^\/search\/jql$/, handle: search },
];

/** Searches of a server of a team's own. */
export const SERVER_ISSUE_ROUTES: readonly Route[] = [
  { method: "POST", path: /^\/search$/, handle: searchByOffset },
];

/** Pages that Jira names itself. */
function search(call: Call): Reply {
  const { views, body, pageSize } = call;
  const fresh = list(body["reconcileIssues"]).map(String);
  if (fresh.length > 50) return invalid({}, "No more than 50 issues are reconciled");
  const jql = String(body["jql"] ?? "");
  const found = foundBy(call, jql, fresh);
  if (typeof found === "string") return invalid({}, found);
  const [said, from] = JSON.parse(String(body["nextPageToken"] ?? JSON.stringify([jql, 0])));
  if (said !== jql) return invalid({}, "The page token is of another query");
  const to = from + Math.min(pageSize, Number(body["maxResults"] ?? 50));
  const fields = new Set(list(body["fields"]).map(String));
  const properties = list(body["properties"]).map(String);
  return {
    status: 200,
    body: {
      issues: found.slice(from, to).map((issue) => views.issue(issue, fields, properties)),
      isLast: to >= found.length,
      ...(to >= found.length ? {} : { nextPageToken: JSON.stringify([jql, to]) }),
    },
  };
}

const TAKEN: readonly string[] = ["jql", "startAt", "maxResults", "fields", "expand"];

/** Pages by how many entries come before. */
function searchByOffset(call: Call): Reply {
  const { views, body, pageSize } = call;
  const strange = Object.keys(body).find((name) => !TAKEN.includes(name));
  if (strange !== undefined) return invalid({}, `Unrecognized field "${strange}"`);
  const found = foundBy(call, String(body["jql"] ?? ""), []);
  if (typeof found === "string") return invalid({}, found);
  const startAt = Number(body["startAt"] ?? 0);
  const maxResults = Math.min(pageSize, Number(body["maxResults"] ?? 50));
  const fields = new Set(list(body["fields"]).map(String));
  const issues = found.slice(startAt, startAt + maxResults)
    .map((issue) => views.issue(issue, fields, []));
  return { status: 200, body: { startAt, maxResults, total: found.length, issues } };
}

/** Returns what a query finds; what is wrong with it, in words. */
function foundBy(
  { state, index, caller, now, zoneMinutes }: Call,
  jql: string,
  fresh: readonly string[],
): readonly FakeIssue[] | string {
  const query = readJql(jql, { accountId: caller.accountId, zoneMinutes });
  if (typeof query === "string") return query;
  const gone = query.named.find((id) => !state.issues.has(id));
  if (gone !== undefined) return `An issue with key '${gone}' does not exist for field 'id'.`;
  return index.issues(now, new Set(fresh))
    .filter((issue) => {
      const { isHidden, isArchived } = state.projectOf(issue);
      return !isHidden && !isArchived && caller.permissions.has("BROWSE_PROJECTS") &&
        query.matches(issue);
    })
    .toSorted(query.compare);
}
