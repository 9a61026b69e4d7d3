/** Bodies of webhooks as GitHub documents them: each is a hint to read an issue, or is left alone. */
import assert from "node:assert/strict";
import { gitHubRemote } from "../../../src/providers/github/remote.ts";

interface Recorded {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

const SERVERS = ["api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"] as const;

async function eventsOf(server: typeof SERVERS[number]): Promise<readonly Recorded[]> {
  const file = `@octokit/webhooks-examples/${server}/index.json`;
  // Named at run time: the types of 4 MB of JSON are of no use, and are long to find.
  const { default: events } = await import(file, { with: { type: "json" } });
  return events;
}

/** Reads a body as the host does. */
function hintsIn(event: string, example: unknown) {
  const { webhooks } = gitHubRemote();
  assert.ok(webhooks !== null);
  const headers = new Headers({ "x-github-event": event, "x-github-delivery": "d-1" });
  const read = webhooks.read(headers, new TextEncoder().encode(JSON.stringify(example)));
  assert.equal(read.deliveryId, "d-1");
  return read.hints;
}

/** The issue that a body is about, by its own words; none for a pull request. */
function issueOf({ issue, repository }: Recorded["examples"][number]) {
  const isWhole = typeof issue === "object" && issue !== null && "number" in issue &&
    typeof repository === "object" && repository !== null && "id" in repository;
  if (!isWhole || "pull_request" in issue) return [];
  return [{ placeId: String(repository.id), issueId: String(issue.number) }];
}

/** Events that are about an issue. */
const OF_ISSUES: readonly string[] = ["issues", "issue_comment"];

for (const server of SERVERS) {
  Deno.test(`every recorded webhook of ${server} is a hint, or is left alone`, async () => {
    const counts = { hints: 0, alone: 0 };
    for (const { name, examples } of await eventsOf(server)) {
      for (const example of examples) {
        const hints = hintsIn(name, example);
        assert.deepEqual(hints, issueOf(example), name);
        assert.ok(hints.length === 0 || OF_ISSUES.includes(name), `${name} is a hint`);
        counts[hints.length === 0 ? "alone" : "hints"]++;
      }
    }
    assert.ok(counts.hints > 0 && counts.alone > counts.hints, JSON.stringify(counts));
    if (server === "api.github.com") assert.deepEqual(counts, { hints: 34, alone: 295 });
  });
}

Deno.test("webhooks of labels, milestones and repositories name no issue: the sweep sees what they change", async () => {
  const events = await eventsOf("api.github.com");
  for (const name of ["label", "milestone", "repository", "ping"]) {
    const recorded = events.find((one) => one.name === name);
    assert.ok(recorded !== undefined && recorded.examples.length > 0, name);
    for (const example of recorded.examples) assert.deepEqual(hintsIn(name, example), [], name);
  }
});
