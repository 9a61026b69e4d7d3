import assert from "node:assert/strict";
import { nameOf } from "../../src/store/issue_names.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { anIssue } from "../support/issues.ts";
import { withPlatform } from "../support/platform.ts";

/** Names that a text finds among issues with these keys; a key alone is the id, too. */
async function meant(
  issues: readonly (string | readonly [id: string, key: string])[],
  texts: readonly string[],
): Promise<readonly (readonly string[])[]> {
  let found: readonly (readonly string[])[] = [];
  await withPlatform({}, async (platform) => {
    using store = await IssueStore.openEmpty(platform);
    for (const one of issues) {
      const [id, key] = typeof one === "string" ? [one, undefined] : one;
      const { ref } = anIssue(id);
      const issue = anIssue(id, { ref: { ...ref, ...(key === undefined ? {} : { key }) } });
      store.issues.put({ issue, base: issue, edits: {}, seenAt: null });
    }
    found = texts.map((text) => store.names.meantBy(text).map(nameOf).toSorted());
  });
  return found;
}

Deno.test("an issue is named by id and key, in any case", async () => {
  const issues = [["uuid-1", "WEB-1"], ["uuid-2", "WEB-12"]] as const;
  const texts = ["WEB-1", "web-12", "uuid-2", " Web-1 ", "UUID-1"];
  assert.deepEqual(await meant(issues, texts), [
    ["WEB-1"],
    ["WEB-12"],
    ["WEB-12"],
    ["WEB-1"],
    ["WEB-1"],
  ]);
});

Deno.test("a number names the issue whose key ends in it, whole", async () => {
  const issues = [["a", "WEB-1"], ["b", "WEB-12"], ["c", "#7"], ["d", "acme/api#112"]] as const;
  assert.deepEqual(await meant(issues, ["1", "#1", "12", "#12", "7", "#7", "112", "2", "007"]), [
    ["WEB-1"],
    ["WEB-1"],
    ["WEB-12"],
    ["WEB-12"],
    ["#7"],
    ["#7"],
    ["acme/api#112"],
    [],
    ["#7"],
  ]);
});

Deno.test("a number that several issues have, or one by its id, names all of them", async () => {
  const issues = [["12", "WEB-3"], ["b", "WEB-12"], ["c", "API-12"], ["d", "API-13"]] as const;
  assert.deepEqual(await meant(issues, ["12", "13"]), [["API-12", "WEB-12", "WEB-3"], ["API-13"]]);
});

Deno.test("a start of the key, or of what follows its prefix, names the issues that begin so", async () => {
  const issues = ["bd-a3f8", "bd-a3f8.1", "bd-a3f8.2", "bd-a91c", "my-app-x7"];
  const texts = ["bd-a3", "a3f", "A9", "bd-a", "my-app", "x7", "3f8", "bd-a3f8.1", "%", "bd_a"];
  assert.deepEqual(await meant(issues, texts), [
    ["bd-a3f8"],
    ["bd-a3f8"],
    ["bd-a91c"],
    ["bd-a3f8", "bd-a91c"],
    ["my-app-x7"],
    ["my-app-x7"],
    [],
    ["bd-a3f8.1"],
    [],
    [],
  ]);
});

Deno.test("a start holds a number whole", async () => {
  const issues = [["a", "WEB-12"], ["b", "bd-12ab"]] as const;
  assert.deepEqual(await meant(issues, ["WEB-1", "1", "WEB", "web-", "12a", "WEB-123"]), [
    [],
    ["bd-12ab"],
    ["WEB-12"],
    ["WEB-12"],
    ["bd-12ab"],
    [],
  ]);
});

Deno.test("nothing but blanks names no issue", async () => {
  assert.deepEqual(await meant(["bd-1"], ["", "  "]), [[], []]);
});

Deno.test("where an issue is at its tracker is told by its id alone", () =>
  withPlatform({}, async (platform) => {
    using store = await IssueStore.openEmpty(platform);
    const ref = { system: "beads", workspace: "w", id: "1", url: "https://example.com/1" };
    store.putPage([anIssue("1", { ref }), anIssue("2")]);
    assert.deepEqual(store.names.addressOf("1"), { url: "https://example.com/1" });
    assert.deepEqual(store.names.addressOf("2"), { url: null });
    assert.equal(store.names.addressOf("3"), null);
  }));
