/** `issue list --web` with filters: what the address of a tracker's list carries. */
import assert from "node:assert/strict";
import {
  filteredList,
  type ListFilter,
  narrowedAddress,
} from "../../src/cli/commands/issue/web_filter.ts";
import { testContext } from "../support/context.ts";
import { withPlatform } from "../support/platform.ts";

const NOW = Date.UTC(2026, 10, 28, 12);

const NONE: ListFilter = {
  words: [],
  search: undefined,
  mine: false,
  assignees: [],
  statuses: [],
  types: [],
  priorities: [],
  labels: [],
  parent: undefined,
  updated: undefined,
  sort: undefined,
};

const EVERYTHING: ListFilter = {
  words: ["log", "in:title"],
  search: undefined,
  mine: true,
  assignees: [],
  statuses: ["done", "canceled"],
  types: ["bug"],
  priorities: [1],
  labels: ["a b", "c"],
  parent: "1",
  updated: { kind: "ago", ms: 7 * 86_400_000 },
  sort: { by: "updated", descending: true },
};

const GITHUB = "https://github.com/acme/web/issues";
const GITLAB = "https://gl.dev/a/b/-/issues";
const JIRA = "https://acme.atlassian.net/issues/?jql=project%20%3D%20WEB";
const LINEAR = "https://linear.app/acme/team/ENG/all";

/** The query of the list, decoded, and what it does without. */
function carried(list: string, provider: string, change: Partial<ListFilter>) {
  const { url, without } = filteredList(list, provider, { ...NONE, ...change }, NOW);
  return { query: [...new URL(url).searchParams], without };
}

Deno.test("a list without a filter is the whole one", () => {
  for (
    const [list, provider] of [
      [GITHUB, "github"],
      [GITLAB, "gitlab"],
      [JIRA, "jira"],
      [LINEAR, "linear"],
    ] as const
  ) {
    assert.deepEqual(filteredList(list, provider, NONE, NOW), { url: list, without: [] });
  }
});

Deno.test("each tracker's address carries what it can, and the rest is named", () => {
  const rest = ["--type", "--priority", "--parent", "--sort"];
  assert.deepEqual(carried(GITHUB, "github", EVERYTHING), {
    query: [[
      "q",
      'is:issue "log" "in:title" assignee:@me is:closed label:"a b" label:"c" ' +
      "updated:>=2026-11-21T12:00:00Z",
    ]],
    without: rest,
  });
  assert.deepEqual(carried(JIRA, "jira", EVERYTHING), {
    query: [[
      "jql",
      'project = WEB AND text ~ "log" AND text ~ "in:title" AND assignee = currentUser() AND ' +
      'statusCategory = Done AND labels = "a b" AND labels = "c" AND updated >= -10080m',
    ]],
    without: rest,
  });
  assert.deepEqual(carried(GITLAB, "gitlab", { ...EVERYTHING, mine: false, assignees: ["ada"] }), {
    query: [
      ["search", "log in:title"],
      ["assignee_username[]", "ada"],
      ["state", "closed"],
      ["label_name[]", "a b"],
      ["label_name[]", "c"],
    ],
    without: ["--type", "--priority", "--parent", "--updated", "--sort"],
  });
  assert.deepEqual(carried(LINEAR, "linear", EVERYTHING), {
    query: [],
    without: [
      ...["the words", "--mine", "--status", "--type", "--priority", "--label", "--parent"],
      ...["--updated", "--sort"],
    ],
  });
});

Deno.test("what an address would say otherwise is left out", () => {
  const without = (list: string, provider: string, change: Partial<ListFilter>) =>
    carried(list, provider, change).without;
  assert.deepEqual(without(GITHUB, "github", { assignees: ["ada", "bo"] }), ["--assignee"]);
  assert.deepEqual(without(GITHUB, "github", { assignees: ["a is:open"] }), ["--assignee"]);
  assert.deepEqual(without(GITHUB, "github", { labels: ['a" is:open "'] }), ["--label"]);
  assert.deepEqual(without(GITHUB, "github", { statuses: ["todo"] }), ["--status"]);
  assert.deepEqual(without(JIRA, "jira", { search: 'x" OR project = "Y' }), ["the words"]);
  assert.deepEqual(without(JIRA, "jira", { assignees: ["Ada"] }), ["--assignee"]);
  assert.deepEqual(without(GITLAB, "gitlab", { mine: true }), ["--mine"]);
  assert.deepEqual(carried(GITLAB, "gitlab", { assignees: [""] }), {
    query: [["state", "all"], ["assignee_id", "None"]],
    without: [],
  });
  assert.deepEqual(carried(GITHUB, "github", { assignees: [""] }).query, [
    ["q", "is:issue no:assignee"],
  ]);
});

Deno.test("what the address cannot carry is told, and nothing where it carries all", () =>
  withPlatform({}, (platform) => {
    const context = testContext(platform);
    const place = { provider: "github", tracker: "GitHub" };
    const labels = ["ui"];
    const narrowed = narrowedAddress(context, GITHUB, place, { ...NONE, labels });
    assert.equal(narrowed, `${GITHUB}?q=is%3Aissue+label%3A%22ui%22`);
    assert.equal(platform.stderr(), "");
    const rest: Partial<ListFilter> = { priorities: [1], types: ["bug"] };
    assert.equal(narrowedAddress(context, GITHUB, place, { ...NONE, labels, ...rest }), narrowed);
    assert.equal(
      platform.stderr(),
      "The address of GitHub's list cannot carry --type, --priority: the list shows more\n",
    );
  }));
