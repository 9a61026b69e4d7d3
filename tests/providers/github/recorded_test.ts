/** Conversations that were recorded at GitHub, read as an answer of GitHub is. */
import assert from "node:assert/strict";
import { NormalizedIssueSchema } from "../../../src/contract/issue.ts";
import { parseWith } from "../../../src/contract/parse.ts";
import { judgeAnswer } from "../../../src/providers/github/budgets.ts";
import { gitHubRemote } from "../../../src/providers/github/remote.ts";
import { IssueSchema, RepositorySchema } from "../../../src/providers/github/schemas.ts";
import { Budget } from "../../../src/providers/budget.ts";
import type { Access, RemotePlace } from "../../../src/providers/mod.ts";
import { testClock } from "../../support/clock.ts";
import { faultOf } from "./support.ts";

interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly response: unknown;
  readonly headers: Readonly<Record<string, string | number>>;
}

const SCENARIOS = [
  "add-and-remove-repository-collaborator",
  "add-labels-to-issue",
  "branch-protection",
  "create-file",
  "create-status",
  "errors",
  "get-archive",
  "get-content",
  "get-organization",
  "get-repository",
  "get-root",
  "git-refs",
  "labels",
  "lock-issue",
  "mark-notifications-as-read",
  "markdown",
  "paginate-issues",
  "project-cards",
  "release-assets",
  "release-assets-conflict",
  "rename-repository",
  "search-issues",
] as const;

async function conversation(name: typeof SCENARIOS[number]): Promise<readonly Recorded[]> {
  const file = `@octokit/fixtures/scenarios/api.github.com/${name}/normalized-fixture.json`;
  // Named at run time: the types of recorded answers are of no use, and are long to find.
  const { default: recorded } = await import(file, { with: { type: "json" } });
  return recorded;
}

function answerOf({ status, response, headers }: Recorded): Response {
  const isEmpty = status === 204 || status === 205 || status === 304;
  const body = isEmpty ? null : typeof response === "string" ? response : JSON.stringify(response);
  const { "content-length": _length, ...rest } = headers;
  const all = Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)]);
  return new Response(body, { status, headers: all });
}

/** A GitHub that answers as it did when it was recorded; `answers` are by their paths. */
function replaying(answers: Readonly<Record<string, readonly Recorded[]>>): Access {
  const clock = testClock();
  const left = new Map(Object.entries(answers).map(([path, all]) => [path, [...all]]));
  const remote = gitHubRemote();
  return {
    baseUrl: "https://api.github.com",
    site: null,
    credential: { kind: "token", secret: "0000000000000000000000000000000000000001" },
    statusWords: {},
    clock,
    budget: new Budget(clock, remote.budgetRules),
    signal: new AbortController().signal,
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      const all = left.get(`${pathname}${search}`) ?? left.get(pathname) ?? [];
      const next = all.length > 1 ? all.shift() : all[0];
      assert.ok(next !== undefined, `${request.method} ${request.url}`);
      return Promise.resolve(answerOf(next));
    },
  };
}

const REPOSITORY = "octokit-fixture-org/paginate-issues";

const PLACE: RemotePlace = {
  externalId: "1000",
  workspace: "1000",
  key: REPOSITORY,
  url: `https://github.com/${REPOSITORY}`,
  workflow: "open",
};

async function repositoryNamed(name: string): Promise<Recorded> {
  const [recorded] = await conversation("get-repository");
  assert.ok(recorded !== undefined);
  const response = { ...Object(recorded.response), id: 1000, full_name: name, has_issues: true };
  return { ...recorded, response };
}

Deno.test("a recorded list of issues is read through all of its pages", async () => {
  const pages = await conversation("paginate-issues");
  const [first, ...others] = pages;
  assert.ok(first !== undefined);
  const access = replaying({
    [`/repos/${REPOSITORY}`]: [await repositoryNamed(REPOSITORY)],
    // The first page was asked for with another size of a page.
    [`/repos/${REPOSITORY}/issues`]: [first],
    ...Object.fromEntries(others.map((page) => [page.path, [page]])),
  });
  const remote = gitHubRemote();
  const ids: string[] = [];
  for (let cursor: string | null = null, asked = 0;; asked++) {
    assert.ok(asked < 10);
    const page = await remote.listAll(access, PLACE, cursor);
    for (const issue of page.issues) {
      const parsed = parseWith(NormalizedIssueSchema, issue);
      assert.ok(parsed.ok, JSON.stringify(parsed));
      assert.match(issue.ref.key ?? "", /^#\d+$/);
    }
    ids.push(...page.ids);
    cursor = page.cursor;
    if (cursor === null) break;
  }
  assert.deepEqual(ids, Array.from({ length: 13 }, (_, index) => String(13 - index)));
});

Deno.test("a recorded rename is followed to the repository, and a recorded refusal told in GitHub's words", async () => {
  const [, moved, found] = await conversation("rename-repository");
  assert.ok(moved !== undefined && found !== undefined);
  const key = "octokit-fixture-org/rename-repository";
  const access = replaying({ [`/repos/${key}`]: [moved], "/repositories/1000": [found] });
  const place = await gitHubRemote().readPlace(access, { ...PLACE, key });
  assert.equal(place?.key, "octokit-fixture-org/rename-repository-newname");
  const [refused] = await conversation("errors");
  assert.ok(refused !== undefined && refused.status === 422);
  const wrong = replaying({ [`/repos/${REPOSITORY}`]: [refused] });
  const fault = await faultOf(gitHubRemote().get(wrong, PLACE, "1"));
  assert.deepEqual(fault.fault, { kind: "rejected", code: "http_422" });
  assert.match(fault.message, /with 422: Validation Failed$/);
});

Deno.test("every recorded issue and repository is read, and no recorded answer is judged as something else", async () => {
  let issues = 0;
  let repositories = 0;
  for (const name of SCENARIOS) {
    for (const recorded of await conversation(name)) {
      const { status, response, headers } = recorded;
      const answer = {
        status,
        headers: answerOf(recorded).headers,
        body: response,
        isUnchanged: false,
      };
      const now = Date.parse(String(headers["date"]));
      const judged = judgeAnswer(answer, { now, secrets: [] });
      assert.equal(judged, null, `${name}: ${judged?.message}`);
      for (const one of entriesIn(response)) {
        if ("html_url" in one && "number" in one && "labels" in one) {
          const parsed = parseWith(IssueSchema, one);
          assert.ok(parsed.ok, `${name}: ${JSON.stringify(parsed)}`);
          issues++;
        } else if ("full_name" in one && "has_issues" in one) {
          const parsed = parseWith(RepositorySchema, one);
          assert.ok(parsed.ok, `${name}: ${JSON.stringify(parsed)}`);
          repositories++;
        }
      }
    }
  }
  assert.deepEqual([issues, repositories], [16, 4]);
});

function entriesIn(response: unknown): object[] {
  const all = Array.isArray(response) ? response : [response];
  return all.flatMap((one) => {
    if (typeof one !== "object" || one === null) return [];
    return "items" in one && Array.isArray(one.items) ? one.items : [one];
  });
}
