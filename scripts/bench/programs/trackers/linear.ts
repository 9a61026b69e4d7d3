import { OPERATIONS } from "../../../../src/providers/linear/operations.ts";
import { BODY, json, type MeasuredTracker, type Row } from "./tracker.ts";

/** The team that it has. */
const TEAM_KEY = "LARGE";

const TEAM_ID = "5c1f0a52-0000-4000-8000-000000000001";

const PAGE = 50;

/** When the oldest issue changed last, in milliseconds since 1970; each further one a second later. */
const FIRST_MS: number = Date.UTC(2026, 0, 1);

/** Linear, with one team. */
export const LINEAR: MeasuredTracker = {
  provider: "linear",
  values: (url) => ({ places: TEAM_KEY, token: "lin_oauth_bench", url }),
  pages: (count) => (request) => answerTo(request, count),
  async *read(url) {
    for (let after: string | null = null;;) {
      const variables: object = { filter: {}, first: PAGE, after };
      const answer: Response = await fetch(`${url}/graphql`, {
        method: "POST",
        body: JSON.stringify({ query: OPERATIONS.changedIssues.document, variables }),
      });
      const { data: { issues } }: Found = await answer.json();
      yield issues.nodes.map(rowOf);
      if (!issues.pageInfo.hasNextPage) return;
      after = issues.pageInfo.endCursor;
    }
  },
};

interface Found {
  readonly data: {
    readonly issues: {
      readonly nodes: readonly Issue[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  };
}

interface Issue {
  readonly identifier: string;
  readonly title: string;
  readonly state: { readonly name: string };
  readonly updatedAt: string;
}

function rowOf(issue: Issue): Row {
  const { identifier, title, state, updatedAt } = issue;
  const id = Number(identifier.slice(TEAM_KEY.length + 1));
  return { id, title, state: state.name, updated: updatedAt, json: JSON.stringify(issue) };
}

interface Asked {
  readonly query: string;
  readonly variables: {
    readonly filter?: { readonly updatedAt?: { readonly gte?: string; readonly lte?: string } };
    readonly first?: number;
    readonly after?: string | null;
  };
}

/** Answers what a mirror asks. */
async function answerTo(request: Request, count: number): Promise<Response> {
  const { query, variables }: Asked = await request.json();
  switch (/(?:query|mutation) (\w+)/.exec(query)?.[1]) {
    case "Viewer":
      return data(`{"viewer":${VIEWER},"organization":${ORGANIZATION}}`);
    case "Team":
    case "Teams":
      return data(`{"teams":{"nodes":[${TEAM}],"pageInfo":${LAST_PAGE}}}`);
    case "Webhooks":
      return data(`{"webhooks":{"nodes":[],"pageInfo":${LAST_PAGE}}}`);
    case "UpdateIssue":
      return data('{"issueUpdate":{"success":false}}');
    case "ChangedIssues":
      return data(foundText(variables, count));
    default:
      return json('{"errors":[{"message":"There is no such call"}]}', {}, 400);
  }
}

function data(text: string): Response {
  return json(`{"data":${text}}`, {
    "x-ratelimit-requests-limit": "1000000",
    "x-ratelimit-requests-remaining": "999999",
    "x-ratelimit-requests-reset": String(Date.now() + 3_600_000),
  });
}

/** Finds issues, the latest change first. */
function foundText({ filter, first = PAGE, after }: Asked["variables"], count: number): string {
  const { gte, lte } = filter?.updatedAt ?? {};
  const numberAt = (time: string) => (Date.parse(time) - FIRST_MS) / 1_000 + 1;
  const last = Math.min(count, lte === undefined ? count : Math.floor(numberAt(lte)));
  const oldest = Math.max(1, gte === undefined ? 1 : Math.ceil(numberAt(gte)));
  const from = after == null ? last : Number(after) - 1;
  const to = Math.max(oldest, from - first + 1);
  const nodes: string[] = [];
  for (let number = from; number >= to; number--) nodes.push(issueText(number));
  const info = `{"hasNextPage":${to > oldest},"endCursor":"${to}"}`;
  return `{"issues":{"nodes":[${nodes.join(",")}],"pageInfo":${info}}}`;
}

const LAST_PAGE = '{"hasNextPage":false,"endCursor":null}';

const VIEWER = '{"displayName":"ada","email":"ada@example.com","admin":true}';

const ORGANIZATION = '{"name":"Acme","urlKey":"acme"}';

const TEAM =
  `{"id":"${TEAM_ID}","key":"${TEAM_KEY}","name":"Large","organization":${ORGANIZATION}}`;

/** What is the same in all issues, as Linear gives it. */
const REST = JSON.stringify({
  previousIdentifiers: [],
  priority: 2,
  estimate: 3,
  dueDate: null,
  createdAt: "2025-06-01T00:00:00.000Z",
  archivedAt: null,
  trashed: null,
  team: { id: TEAM_ID },
  assignee: {
    id: "5c1f0a52-0000-4000-8000-000000000007",
    displayName: "ada",
    email: "ada@example.com",
  },
  creator: { displayName: "ada" },
  parent: null,
  cycle: { number: 12 },
  project: { name: "Lists" },
  projectMilestone: null,
  labels: {
    nodes: ["bug", "area: api", "needs triage"].map((name, index) => ({
      id: `5c1f0a52-0000-4000-8000-00000000010${index}`,
      name,
    })),
    pageInfo: JSON.parse(LAST_PAGE),
  },
  inverseRelations: { nodes: [], pageInfo: JSON.parse(LAST_PAGE) },
}).slice(1, -1);

const STARTED = '{"id":"5c1f0a52-0000-4000-8000-000000000020","name":"Doing","type":"started"}';

const DONE = '{"id":"5c1f0a52-0000-4000-8000-000000000021","name":"Done","type":"completed"}';

function namesOf(number: number): string {
  const id = `5c1f0a52-0000-4000-9000-${String(number).padStart(12, "0")}`;
  return `"id":"${id}","identifier":"${TEAM_KEY}-${number}",` +
    `"url":"https://linear.app/acme/issue/${TEAM_KEY}-${number}/issue-${number}-of-the-large-list"`;
}

function issueText(number: number): string {
  const isDone = number % 3 === 0;
  const at = new Date(FIRST_MS + (number - 1) * 1_000).toISOString();
  const related = isDone && number > 1
    ? `{"id":"5c1f0a52-0000-4000-a000-${String(number).padStart(12, "0")}","type":"related",` +
      `"relatedIssue":{${namesOf(number - 1)},"team":{"id":"${TEAM_ID}"}}}`
    : "";
  return `{${namesOf(number)},"title":"Issue ${number} of the large list",` +
    `"description":"${BODY} ${number}","updatedAt":"${at}",${REST},` +
    `"state":${isDone ? DONE : STARTED},` +
    `"relations":{"nodes":[${related}],"pageInfo":${LAST_PAGE}}}`;
}
