import assert from "node:assert/strict";
import { IssueStore } from "../../src/store/issue_store.ts";
import { withPlatform } from "../support/platform.ts";

function pushesTest(name: string, test: (store: IssueStore) => void): void {
  Deno.test(name, () =>
    withPlatform({}, async (platform) => {
      using store = await IssueStore.openEmpty(platform);
      test(store);
    }));
}

pushesTest(
  "changes of the same content are repeated under their key, with nothing sent since",
  ({ pushes }) => {
    pushes.open("changes", { content: "a", key: "k1" }, 1);
    assert.equal(pushes.openChanges("a", 2), "k1");
    assert.equal(pushes.openChanges("b", 2), null);
    pushes.open("changes", { content: "b", key: "k2" }, 2);
    assert.equal(pushes.openChanges("a", 3), null);
    pushes.close("k2");
    assert.equal(pushes.openChanges("b", 3), null);
  },
);

pushesTest(
  "a push of items ends the repeat of changes, and changes that of items",
  ({ pushes }) => {
    pushes.open("changes", { content: "a", key: "k1" }, 1);
    pushes.begin("p", ["k2"], 2);
    assert.equal(pushes.openChanges("a", 3), null);
    assert.deepEqual(pushes.unfinished("p", 1, 3), [{ key: "k2", answer: null }]);
    pushes.open("changes", { content: "a", key: "k3" }, 4);
    assert.equal(pushes.unfinished("p", 1, 5), null);
  },
);

pushesTest("creates outlast every other push until they are closed", ({ pushes }) => {
  pushes.open("creates", { content: "new", key: "k1" }, 1);
  pushes.begin("p", ["k2"], 2);
  pushes.answered("p", 0, "{}");
  pushes.open("changes", { content: "a", key: "k3" }, 3);
  pushes.open("creates", { content: "newer", key: "k4" }, 4);
  assert.deepEqual(pushes.openCreates().map(({ key }) => key), ["k1", "k4"]);
  pushes.close("k1");
  assert.deepEqual(pushes.openCreates(), [{ key: "k4", content: "newer" }]);
});

pushesTest("changes that were left open for months are new ones", ({ pushes }) => {
  pushes.open("changes", { content: "a", key: "k1" }, 0);
  assert.equal(pushes.openChanges("a", 90 * 86_400_000), null);
});
