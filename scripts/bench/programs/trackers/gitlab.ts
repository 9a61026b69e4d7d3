import { RELATIONS_QUERIES } from "../../../../src/providers/gitlab/graph.ts";
import { BODY, json, type MeasuredTracker, type Row } from "./tracker.ts";

/** The project that it has. */
const PROJECT = "acme/large";

const PROJECT_ID = 4711;

const PAGE = 100;

/** When the first issue changed last, in milliseconds since 1970; each further one a second later. */
const FIRST_MS: number = Date.UTC(2026, 0, 1);

/** GitLab, with one project. */
export const GITLAB: MeasuredTracker = {
  provider: "gitlab",
  values: (url) => ({ places: PROJECT, token: "glpat-bench", url }),
  pages: (count) => (request, url) => answerTo(request, url, count),
  /** Parents and links are told by GraphQL, for the issues of a page at once. */
  async *read(url) {
    for (let cursor: string | null = "";;) {
      const answer: Response = await fetch(
        `${url}/api/v4/projects/${PROJECT_ID}/issues?scope=all&order_by=updated_at&sort=asc&per_page=${PAGE}` +
          `&pagination=keyset&cursor=${cursor}`,
      );
      const issues: readonly Issue[] = await answer.json();
      const related = await fetch(`${url}/api/graphql`, {
        method: "POST",
        body: JSON.stringify({
          query: RELATIONS_QUERIES.parentsAndLinks,
          variables: { path: PROJECT, iids: issues.map(({ iid }) => String(iid)) },
        }),
      });
      const { data }: Related = await related.json();
      yield issues.map((issue, index) => rowOf(issue, data.project.workItems.nodes[index]));
      cursor = cursorAfter(answer.headers.get("link"));
      if (cursor === null) return;
    }
  },
};

interface Issue {
  readonly id: number;
  readonly iid: number;
  readonly title: string;
  readonly state: string;
  readonly updated_at: string;
}

interface Related {
  readonly data: {
    readonly project: { readonly workItems: { readonly nodes: readonly unknown[] } };
  };
}

function rowOf(issue: Issue, related: unknown): Row {
  const { iid, title, state, updated_at } = issue;
  const text = JSON.stringify({ ...issue, related });
  return { id: iid, title, state, updated: updated_at, json: text };
}

function cursorAfter(link: string | null): string | null {
  const next = /<([^>]*)>; rel="next"/.exec(link ?? "")?.[1];
  return next === undefined ? null : new URL(next).searchParams.get("cursor");
}

/** Answers what a mirror asks. */
async function answerTo(request: Request, url: URL, count: number): Promise<Response> {
  const path = url.pathname.replace("/api/v4", "");
  if (path === "/api/graphql") return json(relationsText(await request.json()));
  if (path === "/user") return json(USER);
  if (path === "/personal_access_tokens/self") return json('{"scopes":["api"]}');
  const project = [`/projects/${PROJECT_ID}`, `/projects/${encodeURIComponent(PROJECT)}`]
    .find((one) => path === one || path.startsWith(`${one}/`));
  const rest = project === undefined ? null : path.slice(project.length);
  if (rest === "") return json(JSON.stringify(projectAt(url)));
  const iid = Number(rest?.replace("/issues/", ""));
  if (iid > 0 && iid <= count) return json(issueText(url.origin, iid - 1));
  if (rest !== "/issues") return json('{"message":"404 Not Found"}', {}, 404);
  const after = Date.parse(url.searchParams.get("updated_after") ?? "") || FIRST_MS;
  const cursor = url.searchParams.get("cursor") || "0";
  const from = Math.max(Number(cursor), (after - FIRST_MS) / 1_000);
  const to = Math.min(from + PAGE, count);
  const issues: string[] = [];
  for (let index = from; index < to; index++) issues.push(issueText(url.origin, index));
  const next = new URL(url);
  next.searchParams.set("cursor", String(to));
  return json(`[${issues.join(",")}]`, to < count ? { link: `<${next.href}>; rel="next"` } : {});
}

const USER = JSON.stringify({
  id: 7,
  username: "ada",
  public_email: null,
  name: "Ada Lovelace",
  state: "active",
  locked: false,
  avatar_url:
    "https://secure.gravatar.com/avatar/205e460b479e2e5b48aec07710c08d50?s=80&d=identicon",
  web_url: "https://gitlab.example.com/ada",
});

function projectAt({ origin }: URL): object {
  return {
    id: PROJECT_ID,
    name: "large",
    path_with_namespace: PROJECT,
    web_url: `${origin}/${PROJECT}`,
    namespace: { full_path: "acme" },
    issues_enabled: true,
    archived: false,
    permissions: { project_access: { access_level: 40 }, group_access: null },
  };
}

/** What is the same in all issues, as GitLab gives it. */
const REST = JSON.stringify({
  closed_by: null,
  labels: ["bug", "area::api", "needs triage"],
  milestone: null,
  assignees: [JSON.parse(USER)],
  author: JSON.parse(USER),
  type: "ISSUE",
  assignee: JSON.parse(USER),
  user_notes_count: 3,
  merge_requests_count: 0,
  upvotes: 0,
  downvotes: 0,
  start_date: null,
  due_date: null,
  confidential: false,
  discussion_locked: null,
  issue_type: "issue",
  imported: false,
  imported_from: "none",
  time_stats: {
    time_estimate: 0,
    total_time_spent: 0,
    human_time_estimate: null,
    human_total_time_spent: null,
  },
  task_completion_status: { count: 8, completed_count: 0 },
  weight: null,
  blocking_issues_count: 0,
  has_tasks: true,
  severity: "UNKNOWN",
  moved_to_id: null,
  service_desk_reply_to: null,
  epic_iid: null,
  epic: null,
  iteration: null,
  health_status: null,
}).slice(1, -1);

const LINKS = ["notes", "award_emoji"];

function issueText(origin: string, index: number): string {
  const iid = index + 1;
  const api = `${origin}/api/v4/projects/${PROJECT_ID}`;
  const at = new Date(FIRST_MS + index * 1_000).toISOString();
  const isClosed = iid % 3 === 0;
  const lists = LINKS.map((name) => `"${name}":"${api}/issues/${iid}/${name}"`).join(",");
  return `{"id":${1_000_000 + iid},"iid":${iid},"project_id":${PROJECT_ID},` +
    `"title":"Issue ${iid} of the large list","description":"${BODY} ${iid}",` +
    `"state":"${isClosed ? "closed" : "opened"}","created_at":"2025-06-01T00:00:00.000Z",` +
    `"updated_at":"${at}","closed_at":${isClosed ? `"${at}"` : "null"},${REST},` +
    `"web_url":"${origin}/${PROJECT}/-/issues/${iid}",` +
    `"references":{"short":"#${iid}","relative":"#${iid}","full":"${PROJECT}#${iid}"},` +
    `"_links":{"self":"${api}/issues/${iid}",${lists},"project":"${api}","closed_as_duplicate_of":null}}`;
}

/** Each third issue is related to the one before. Of widgets that were not asked about, GitLab shows nothing. */
function relationsText({ variables }: { readonly variables: { readonly iids: string[] } }): string {
  const nodes = variables.iids.map((iid) => {
    const linked = Number(iid) % 3 === 0
      ? [{ linkType: "relates_to", workItem: itemBefore(iid) }]
      : [];
    const widgets = [{ parent: null }, { linkedItems: { nodes: linked } }, ...UNASKED];
    return { iid, widgets };
  });
  return JSON.stringify({ data: { project: { workItems: { nodes } } } });
}

const UNASKED: readonly object[] = Array.from({ length: 12 }, () => ({}));

function itemBefore(iid: string): object {
  const before = String(Number(iid) - 1);
  return {
    iid: before,
    webUrl: `https://gitlab.example.com/${PROJECT}/-/work_items/${before}`,
    project: { id: `gid://gitlab/Project/${PROJECT_ID}`, fullPath: PROJECT },
  };
}
