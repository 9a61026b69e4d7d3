import { BODY, json, type MeasuredTracker, type Row } from "./tracker.ts";

/** The repository that it has. */
const REPOSITORY = "acme/large";

const REPOSITORY_ID = 4711;

const PAGE = 100;

/** When the first issue changed last, in milliseconds since 1970; each further one a second later. */
const FIRST_MS: number = Date.UTC(2026, 0, 1);

/** GitHub, with one repository. */
export const GITHUB: MeasuredTracker = {
  provider: "github",
  values: (url) => ({ places: REPOSITORY, token: "github_pat_bench", url }),
  pages: (count) => (_request, url) => answerTo(url, count),
  async *read(url) {
    for (let since: string | null = null;;) {
      const from: string = since === null ? "" : `&since=${since}`;
      const answer = await fetch(
        `${url}/repos/${REPOSITORY}/issues?state=all&sort=updated&direction=asc&per_page=100${from}`,
      );
      const issues: readonly Issue[] = await answer.json();
      yield issues.map(rowOf);
      since = issues.at(-1)?.updated_at ?? null;
      if (!answer.headers.has("link")) return;
    }
  },
};

interface Issue {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly updated_at: string;
}

function rowOf(issue: Issue): Row {
  const { number, title, state, updated_at } = issue;
  return { id: number, title, state, updated: updated_at, json: JSON.stringify(issue) };
}

/** Answers what a mirror asks. */
function answerTo(url: URL, count: number): Response {
  const { pathname } = url;
  if (pathname === "/user") return budgeted(JSON.stringify(ADA));
  if (pathname === `/repos/${REPOSITORY}`) return budgeted(JSON.stringify(repositoryAt(url)));
  const number = Number(pathname.replace(`/repos/${REPOSITORY}/issues/`, ""));
  if (number > 0 && number <= count) return budgeted(issueText(url.origin, number - 1));
  if (pathname !== `/repos/${REPOSITORY}/issues`) return budgeted('{"message":"Not Found"}', 404);
  const since = url.searchParams.get("since");
  const after = since === null ? 0 : Math.max(0, (Date.parse(since) - FIRST_MS) / 1_000);
  const page = Number(url.searchParams.get("page") ?? "1");
  const from = after + (page - 1) * PAGE;
  const to = Math.min(from + PAGE, count);
  const issues: string[] = [];
  for (let index = from; index < to; index++) issues.push(issueText(url.origin, index));
  const next = new URL(url);
  next.searchParams.set("page", String(page + 1));
  return budgeted(`[${issues.join(",")}]`, 200, to < count ? `<${next.href}>; rel="next"` : null);
}

function budgeted(body: string, status = 200, link: string | null = null): Response {
  return json(body, {
    "x-ratelimit-limit": "1000000",
    "x-ratelimit-remaining": "999999",
    "x-ratelimit-reset": String(Math.ceil(Date.now() / 1_000) + 3_600),
    "x-ratelimit-resource": "core",
    ...(link === null ? {} : { link }),
  }, status);
}

const ADA = userNamed("ada", 7);

function userNamed(login: string, id: number): object {
  const api = `https://api.github.com/users/${login}`;
  const lists = ["followers", "subscriptions", "organizations", "repos", "received_events"];
  return {
    login,
    id,
    node_id: `MDQ6VXNlcj${id}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: "",
    url: api,
    html_url: `https://github.com/${login}`,
    ...Object.fromEntries(lists.map((name) => [`${name}_url`, `${api}/${name}`])),
    type: "User",
    site_admin: false,
  };
}

function repositoryAt({ origin }: URL): object {
  const [owner = "", name = ""] = REPOSITORY.split("/");
  return {
    id: REPOSITORY_ID,
    name,
    full_name: REPOSITORY,
    html_url: `${origin}/${REPOSITORY}`,
    owner: userNamed(owner, 3),
    has_issues: true,
    archived: false,
    permissions: { push: true, triage: true },
  };
}

/** What is the same in all issues, as GitHub gives it. */
const USER = JSON.stringify(ADA);

const LABELS = JSON.stringify(["bug", "area: api", "needs triage"].map((name, index) => ({
  id: 100 + index,
  node_id: `MDU6TGFiZWwx${index}`,
  url: `https://api.github.com/repos/${REPOSITORY}/labels/${encodeURIComponent(name)}`,
  name,
  color: "d73a4a",
  default: false,
  description: "What it is about",
})));

const LISTS = ["labels{/name}", "comments", "events", "timeline"];

function issueText(origin: string, index: number): string {
  const number = index + 1;
  const api = `${origin}/repos/${REPOSITORY}/issues/${number}`;
  const at = new Date(FIRST_MS + index * 1_000).toISOString().replace(".000", "");
  const lists = LISTS.map((name) => `"${name.replace(/\{.*/, "")}_url":"${api}/${name}"`).join(",");
  const isClosed = number % 3 === 0;
  return `{"url":"${api}","repository_url":"${origin}/repos/${REPOSITORY}",${lists},` +
    `"html_url":"${origin}/${REPOSITORY}/issues/${number}","id":${1_000_000 + number},` +
    `"node_id":"I_kwDO${number}","number":${number},"title":"Issue ${number} of the large list",` +
    `"user":${USER},"labels":${LABELS},"state":"${isClosed ? "closed" : "open"}","locked":false,` +
    `"assignee":${USER},"assignees":[${USER}],"milestone":null,"comments":3,` +
    `"created_at":"2025-06-01T00:00:00Z","updated_at":"${at}",` +
    `"closed_at":${isClosed ? `"${at}"` : "null"},"author_association":"MEMBER",` +
    `"active_lock_reason":null,"body":"${BODY} ${number}","closed_by":null,` +
    `"reactions":{"url":"${api}/reactions","total_count":0,"+1":0,"-1":0,"laugh":0},` +
    `"performed_via_github_app":null,"state_reason":${isClosed ? '"completed"' : "null"}}`;
}
