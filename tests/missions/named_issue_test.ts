import assert from "node:assert/strict";
import { issuesAtHand, issuesOfBranch } from "../../src/missions/named_issue.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { anIssue } from "../support/issues.ts";
import { withPlatform } from "../support/platform.ts";

/** The issues with these keys that a branch is called after. */
async function called(branch: string, keys: readonly string[]): Promise<readonly string[]> {
  let found: readonly string[] = [];
  await withPlatform({}, async (platform) => {
    using store = await IssueStore.openEmpty(platform);
    for (const key of keys) {
      const { ref } = anIssue(key);
      const issue = anIssue(key, { ref: { ...ref, id: `id of ${key}`, key }, title: "Log in" });
      store.issues.put({ issue, base: issue, edits: {}, seenAt: null });
    }
    const root = `${platform.home}/project`;
    await platform.files.makeDirectory(`${root}/.git`, 0o700);
    await Deno.writeTextFile(`${root}/.git/HEAD`, `ref: refs/heads/${branch}\n`);
    const hand = await issuesAtHand(platform, root, store.names);
    assert.equal(hand.kind, "branch");
    found = hand.issues.map(({ key }) => key ?? "").toSorted();
  });
  return found;
}

const KEYS = ["WEB-1", "WEB-12", "#7", "acme/api#9", "bd-a3f8", "bd-a3f8.1"];

Deno.test("a branch names the issue whose key begins a part of it", async () => {
  for (
    const [branch, key] of [
      ["WEB-12-log-in", "WEB-12"],
      ["web-1", "WEB-1"],
      ["mei/web-12-something-else", "WEB-12"],
      ["7-log-in", "#7"],
      ["acme-api-9-log-in", "acme/api#9"],
      ["9-log-in", "acme/api#9"],
      ["bd-a3f8-log-in", "bd-a3f8"],
      ["bd-a3f8-1-log-in", "bd-a3f8.1"],
      ["WEB-12-after-WEB-1", "WEB-12"],
    ] as const
  ) {
    assert.deepEqual(await called(branch, KEYS), [key], branch);
  }
});

Deno.test("a key inside a part counts where none begins one; a mere number needs a sign", async () => {
  assert.deepEqual(await called("fix-web-12-again", KEYS), ["WEB-12"]);
  assert.deepEqual(await called("issue-7", KEYS), ["#7"]);
  assert.deepEqual(await called("fix-#7", KEYS), ["#7"]);
  for (const branch of ["main", "release-7", "web-120", "aweb-12", "v7", "web"]) {
    assert.deepEqual(await called(branch, KEYS), [], branch);
  }
});

Deno.test("a branch of several issues names all of them", async () => {
  assert.deepEqual(await called("fix-web-1-and-web-12", KEYS), ["WEB-1", "WEB-12"]);
  assert.deepEqual(await called("9-x", ["acme/api#9", "acme/web#9"]), ["acme/api#9", "acme/web#9"]);
});

Deno.test("the whole name of an issue's own branch tells it from another of that beginning", () => {
  const parent = { id: "a", key: "bd-7", title: "1 more", status: "todo" };
  const child = { id: "b", key: "bd-7.1", title: "Less", status: "todo" };
  assert.deepEqual(issuesOfBranch("bd-7-1-more", [parent, child]), [parent]);
  assert.deepEqual(issuesOfBranch("bd-7-1-less", [parent, child]), [child]);
});

Deno.test("without a branch there is none", async () => {
  await withPlatform({}, async (platform) => {
    using store = await IssueStore.openEmpty(platform);
    const root = `${platform.home}/project`;
    await platform.files.makeDirectory(root, 0o700);
    const hand = await issuesAtHand(platform, root, store.names);
    assert.deepEqual(hand, { kind: "branch", branch: null, issues: [] });
  });
});
