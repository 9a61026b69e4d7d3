/** `issue show --comments` and `issue comment` for a hosted binding: a host that serves, and a tracker behind it. */
import assert from "node:assert/strict";
import { ADMIN_KEY } from "../standins/linear/fake_linear.ts";
import { ends } from "../support/bound.ts";
import type { World } from "../support/world.ts";
import { until } from "../support/until.ts";
import { fill, GITLAB_TOKEN, TOKEN, withGitHub, withGitLab, withLinear } from "./connect_setup.ts";
import { serveBound, terminate } from "./host_setup.ts";
import { API_TOKEN, withJira } from "./jira_setup.ts";

/** What is connected, and an issue of it. */
interface Place {
  readonly data: string;
  readonly provider: string;
  readonly key: string;
}

/** Serves what is connected, binds the project, and pulls until the issue is there. */
async function withHost(
  world: World,
  { data, provider, key }: Place,
  test: () => Promise<void>,
): Promise<void> {
  const host = await serveBound(world, data, provider);
  await until(async () => {
    await world.here(["sync", "pull", "--all"]);
    return (await world.here(["issue", "show", key])).code === 0 ? true : null;
  });
  await test();
  await terminate(host);
}

/** Author, text and, where there is one, the delivery of the comments that `issue show` gives. */
async function shown(world: World, key: string): Promise<unknown[]> {
  const { comments } = await world.json("issue", "show", key, "--comments");
  return comments.map((
    { author, text, delivery }: Readonly<Record<string, unknown>>,
  ) => [author, text, ...delivery === undefined ? [] : [delivery]]);
}

Deno.test("a comment goes to GitHub once, one of GitHub is shown, and a refused one says why", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    fill(github, repository, 1);
    const there = repository.issues.get(1)?.comments ?? [];
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    await withHost(world, { data, provider: "github", key: "#1" }, async () => {
      const at = Date.now() - 60_000;
      const theirs = "Theirs \u001b]0;owned\u0007";
      there.push({ id: 1, author: "bo", body: theirs, createdAt: at, updatedAt: at });
      const { code, stdout, stderr } = await world.run(["issue", "comment", "#1", "Ours, 🙂"]);
      assert.deepEqual([code, stdout], [0, "✓ Commented on #1 at GitHub\n"]);
      assert.equal(stderr, "The host has the comment. Waiting for its delivery to GitHub …\n");
      assert.match(there[1]?.body ?? "", /^Ours, 🙂\n/);
      assert.deepEqual(await shown(world, "#1"), [["bo", theirs], ["ada@example.com", "Ours, 🙂"]]);
      const view = await world.ok("issue", "show", "#1", "--comments");
      assert.match(view, /^ {2}comments +2$/m);
      assert.match(view, /\n\n {2}bo {2}.+ ago\n {2}Theirs .*\n\n {2}ada@example\.com {2}.*\n/);
      assert.match(view, /\n {2}Ours, 🙂\n$/);
      assert.ok(!view.includes("\u001b"), "no escape reaches the terminal");

      github.stepIn = ({ call, phase }) =>
        call === "POST /repos/acme/web/issues/1/comments" && phase === "before"
          ? { status: 422, body: { message: "This conversation has been locked" } }
          : undefined;
      const refused = await world.run(["issue", "comment", "#1", "No"]);
      assert.deepEqual([refused.code, refused.stdout], [1, ""]);
      assert.match(refused.stderr, /✗ GitHub did not take the comment on #1: .*has been locked/);
      assert.match(
        refused.stderr,
        /It stays at the host, where `tracker issue show '#1' --comments`/,
      );
      const [, , third] = await shown(world, "#1");
      assert.match(JSON.stringify(third), /"No",\{"state":"failed","message":".*has been locked"/);
      const after = await world.ok("issue", "show", "#1", "--comments");
      assert.match(
        after,
        /\n {2}ada@example\.com {2}.* · not at GitHub: .*has been locked.*\n {2}No\n$/,
      );
    });
    assert.equal(github.writes.filter((one) => one.startsWith("comment")).length, 1);
  }));

/** Writes a comment as a user of the host, and sees it there and in the list beside theirs. */
async function bothWays(
  world: World,
  place: Place,
  there: () => readonly string[],
): Promise<void> {
  await withHost(world, place, async () => {
    const { code, stdout, stderr } = await world.run(["issue", "comment", place.key, "Ours"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^✓ Commented on \S+ at (Linear|GitLab|Jira)\n$/);
    assert.equal(there().filter((text) => text.includes("Ours")).length, 1);
    const texts = (await shown(world, place.key)).map((one) => JSON.stringify(one));
    assert.deepEqual([texts.length, texts[1]], [2, '["ada@example.com","Ours"]']);
    assert.match(texts[0] ?? "", /"Theirs"\]$/);
  });
}

Deno.test("a comment goes to Linear once, and one of Linear is shown", () =>
  withLinear(async ({ world, data, linear, addIssues, connect }) => {
    const [issueId = ""] = addIssues("ENG", 1).map(({ id }) => id);
    const { comments } = linear.workspace;
    const at = "2026-01-01T00:00:00.000Z";
    const theirs = { id: "c", issueId, body: "Theirs", userId: null, createdAt: at, updatedAt: at };
    comments.set("c", theirs);
    await ends(world, 0, connect("--team-key", "ENG"), { stdin: ADMIN_KEY });
    await bothWays(
      world,
      { data, provider: "linear", key: "ENG-1" },
      () => [...comments.values()].map(({ body }) => body),
    );
  }));

Deno.test("a comment goes to GitLab once, and one of GitLab is shown", () =>
  withGitLab(async ({ world, data, project, addIssues, connect }) => {
    addIssues(1);
    const notes = project.issues.get(1)?.notes ?? [];
    const plain = { isSystem: false, isInternal: false, createdAt: Date.now() - 60_000 };
    notes.push({ id: 1, author: "ada", body: "Theirs", ...plain });
    await ends(world, 0, connect("--project", "acme/web"), { stdin: GITLAB_TOKEN });
    await bothWays(
      world,
      { data, provider: "gitlab", key: "#1" },
      () => notes.map(({ body }) => body),
    );
  }));

Deno.test("a comment goes to Jira once, and one of Jira is shown", () =>
  withJira(async ({ world, data, jira, web, ada, connect }) => {
    const { id: issueId } = jira.add(web, { summary: "Issue 1" });
    const text = { type: "text", text: "Theirs" };
    const body = { type: "doc", version: 1, content: [{ type: "paragraph", content: [text] }] };
    jira.state.comments.push({
      ...{ id: "1", issueId, body, properties: [] },
      ...{ author: ada.accountId, createdAt: Date.now() - 60_000 },
    });
    await ends(world, 0, connect("--project", "WEB"), { stdin: API_TOKEN });
    await bothWays(
      world,
      { data, provider: "jira", key: "WEB-1" },
      () => jira.state.comments.map((one) => JSON.stringify(one.body)),
    );
  }));
