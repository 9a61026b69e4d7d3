import { json, type MeasuredTracker, type Row, TIMES, WORDS } from "./tracker.ts";

/** The project that it has. */
const PROJECT = "LARGE";

const PROJECT_ID = "10001";

const PAGE = 100;

/** When the oldest issue changed last, in milliseconds since 1970. */
const FIRST_MS: number = Date.UTC(2025, 0, 1);

/** Milliseconds between two issues. */
const STEP_MS = 5 * 60_000;

/** Jira Cloud, with one project. */
export const JIRA: MeasuredTracker = {
  provider: "jira",
  values: (url) => ({ url, email: "ada@example.com", token: "bench", places: PROJECT }),
  pages: (count) => (request, url) => answerTo(request, url, count),
  async *read(url) {
    for (let after: string | null = null;;) {
      const answer: Response = await fetch(`${url}/rest/api/3/search/jql`, {
        method: "POST",
        body: JSON.stringify({
          jql: `project = ${PROJECT_ID} ORDER BY updated DESC, key DESC`,
          maxResults: PAGE,
          ...(after === null ? {} : { nextPageToken: after }),
        }),
      });
      const found: Found = await answer.json();
      yield found.issues.map(rowOf);
      after = found.nextPageToken ?? null;
      if (after === null) return;
    }
  },
};

interface Found {
  readonly issues: readonly Issue[];
  readonly nextPageToken?: string;
}

interface Issue {
  readonly id: string;
  readonly fields: {
    readonly summary: string;
    readonly status: { readonly name: string };
    readonly updated: string;
  };
}

function rowOf(issue: Issue): Row {
  const { summary, status, updated } = issue.fields;
  return {
    id: Number(issue.id),
    title: summary,
    state: status.name,
    updated,
    json: JSON.stringify(issue),
  };
}

/** Answers what a mirror asks. */
async function answerTo(request: Request, url: URL, count: number): Promise<Response> {
  const path = url.pathname.replace("/rest/api/3", "");
  switch (path) {
    case "/serverInfo":
      return json(JSON.stringify({ baseUrl: url.origin, deploymentType: "Cloud" }));
    case "/myself":
      return json(PERSON);
    case "/mypermissions":
      return json(permissionsText(url));
    case `/project/${PROJECT}`:
    case `/project/${PROJECT_ID}`:
      return json(JSON.stringify(projectAt(url.origin)));
    case "/search/jql":
      return json(foundText(url.origin, await request.json(), count));
  }
  const number = Number(path.replace("/issue/", "")) - FIRST_ID;
  if (number > 0 && number <= count) return json(issueText(url.origin, number));
  return json('{"errorMessages":["Not found"],"errors":{}}', {}, 404);
}

interface Asked {
  readonly jql: string;
  readonly fields?: readonly string[];
  readonly nextPageToken?: string;
}

/** Finds issues, the latest change first. */
function foundText(origin: string, { jql, fields, nextPageToken }: Asked, count: number): string {
  const ids = /^id in \(([^)]*)\)/.exec(jql)?.[1]?.split(", ");
  if (ids !== undefined) {
    return `{"issues":[${ids.map((id) => issueText(origin, Number(id) - FIRST_ID)).join(",")}]}`;
  }
  const [since, until] = [/updated >= (\d+)/, /updated < (\d+)/].map((bound) =>
    bound.exec(jql)?.[1]
  );
  // The number of the last issue that changed before a time.
  const before = (time: string) => Math.ceil((Number(time) - FIRST_MS) / STEP_MS);
  const last = Math.min(count, until === undefined ? count : before(until));
  const first = since === undefined ? 0 : Math.max(0, before(since));
  const from = nextPageToken === undefined ? last : Number(nextPageToken);
  const to = Math.max(first, from - PAGE);
  const isStamp = fields?.length === 1;
  const issues: string[] = [];
  for (let number = from; number > to; number--) {
    issues.push(isStamp ? stampText(number) : issueText(origin, number));
  }
  const next = to > first ? `,"nextPageToken":"${to}"` : "";
  return `{"issues":[${issues.join(",")}]${next},"isLast":${to <= first}}`;
}

function permissionsText(url: URL): string {
  const keys = url.searchParams.get("permissions")?.split(",") ?? [];
  const permissions = Object.fromEntries(keys.map((key) => [key, { havePermission: true }]));
  return JSON.stringify({ permissions });
}

function projectAt(origin: string): object {
  return {
    self: `${origin}/rest/api/3/project/${PROJECT_ID}`,
    id: PROJECT_ID,
    key: PROJECT,
    name: "Large",
    issueTypes: [],
  };
}

const SITE = "https://acme.atlassian.net";

const SIZES = ["48x48", "24x24", "16x16", "32x32"];

function avatars(path: string): object {
  return Object.fromEntries(SIZES.map((size) => [size, `${SITE}/${path}?size=${size}`]));
}

const PERSON = JSON.stringify({
  self: `${SITE}/rest/api/3/user?accountId=5b10ac8d82e05b22cc7d4ef5`,
  accountId: "5b10ac8d82e05b22cc7d4ef5",
  emailAddress: "ada@example.com",
  avatarUrls: avatars("avatar/ada"),
  displayName: "Ada Lovelace",
  active: true,
  timeZone: "Europe/Vienna",
  accountType: "atlassian",
});

function statusNamed(name: string, id: number, key: string): object {
  return {
    self: `${SITE}/rest/api/3/status/${id}`,
    description: "",
    iconUrl: `${SITE}/`,
    name,
    id: String(id),
    statusCategory: {
      self: `${SITE}/rest/api/3/statuscategory/${id}`,
      id,
      key,
      colorName: "blue-gray",
      name,
    },
  };
}

const TO_DO = JSON.stringify(statusNamed("To Do", 10_000, "new"));
const DONE = JSON.stringify(statusNamed("Done", 10_002, "done"));

const TYPE = {
  self: `${SITE}/rest/api/3/issuetype/10004`,
  id: "10004",
  description: "A problem or error.",
  iconUrl: `${SITE}/rest/api/2/universal_avatar/view/type/issuetype/avatar/10303?size=medium`,
  name: "Bug",
  subtask: false,
  avatarId: 10_303,
  hierarchyLevel: 0,
};

const PRIORITY = {
  self: `${SITE}/rest/api/3/priority/3`,
  iconUrl: `${SITE}/images/icons/priorities/medium_new.svg`,
  name: "Medium",
  id: "3",
};

/** What is the same in all issues, as Jira gives it. */
const REST = JSON.stringify({
  issuetype: TYPE,
  priority: PRIORITY,
  assignee: JSON.parse(PERSON),
  reporter: JSON.parse(PERSON),
  labels: ["area-api", "needs-triage"],
  resolution: null,
  components: [{ self: `${SITE}/rest/api/3/component/10000`, id: "10000", name: "Lists" }],
  fixVersions: [],
  duedate: null,
}).slice(1, -1);

const AVATARS = JSON.stringify(
  avatars("rest/api/3/universal_avatar/view/type/project/avatar/10400"),
);

function text(words: string, mark?: string): object {
  return { type: "text", text: words, ...(mark === undefined ? {} : { marks: [{ type: mark }] }) };
}

const TASKS = WORDS.tasks.map((task, index) => ({
  type: "taskItem",
  attrs: { localId: `b9a1c0de-0000-4000-8000-00000000000${index}`, state: "TODO" },
  content: [text(task)],
}));

/** What the other trackers say in Markdown. */
const BLOCKS = JSON.stringify(
  Array.from({ length: TIMES }, () => [
    {
      type: "paragraph",
      content: [
        text(WORDS.before),
        text(WORDS.name, "code"),
        text(WORDS.between),
        text(WORDS.strong, "strong"),
        text(WORDS.after),
      ],
    },
    {
      type: "taskList",
      attrs: { localId: "b9a1c0de-0000-4000-8000-000000000009" },
      content: TASKS,
    },
  ]).flat(),
).slice(1, -1);

/** Ids of issues begin above it. */
const FIRST_ID = 1_000_000;

function updatedOf(number: number): string {
  return new Date(FIRST_MS + (number - 1) * STEP_MS).toISOString().replace("Z", "+0000");
}

function stampText(number: number): string {
  return `{"id":"${FIRST_ID + number}","fields":{"updated":"${updatedOf(number)}"}}`;
}

function issueText(origin: string, number: number): string {
  const id = FIRST_ID + number;
  const isDone = number % 3 === 0;
  const about = `{"type":"paragraph","content":[{"type":"text","text":"${number}"}]}`;
  return `{"expand":"operations,versionedRepresentations,editmeta,changelog,renderedFields","id":"${id}",` +
    `"self":"${origin}/rest/api/3/issue/${id}","key":"${PROJECT}-${number}","fields":{` +
    `"project":{"self":"${origin}/rest/api/3/project/${PROJECT_ID}","id":"${PROJECT_ID}",` +
    `"key":"${PROJECT}","name":"Large","projectTypeKey":"software","simplified":false,` +
    `"avatarUrls":${AVATARS}},"summary":"Issue ${number} of the large list",` +
    `"description":{"version":1,"type":"doc","content":[${BLOCKS},${about}]},` +
    `"status":${isDone ? DONE : TO_DO},${REST},"issuelinks":[${
      number > 1 && isDone ? linkTo(number - 1) : ""
    }],` +
    `"created":"2024-06-01T00:00:00.000+0000","updated":"${updatedOf(number)}"},"properties":{}}`;
}

const LINK_TYPE = JSON.stringify({
  id: "10003",
  name: "Relates",
  inward: "relates to",
  outward: "relates to",
  self: `${SITE}/rest/api/3/issueLinkType/10003`,
});

function linkTo(number: number): string {
  const id = FIRST_ID + number;
  const { summary, ...other } = {
    summary: `Issue ${number} of the large list`,
    priority: PRIORITY,
    issuetype: TYPE,
  };
  return `{"id":"${id}","self":"${SITE}/rest/api/3/issueLink/${id}","type":${LINK_TYPE},` +
    `"outwardIssue":{"id":"${id}","key":"${PROJECT}-${number}","self":"${SITE}/rest/api/3/issue/${id}",` +
    `"fields":{"summary":"${summary}","status":${TO_DO},${JSON.stringify(other).slice(1)}}}`;
}
