import assert from "node:assert/strict";
import { nearest } from "../../src/user/nearest.ts";

const PROVIDERS = ["linear", "jira", "github", "gitlab", "beads", "fp"];

Deno.test("the nearest name is found across a slip, a swap, a missing letter and case", () => {
  assert.equal(nearest("linaer", PROVIDERS), "linear");
  assert.equal(nearest("gitub", PROVIDERS), "github");
  assert.equal(nearest("JIRA", PROVIDERS), "jira");
  assert.equal(nearest("bead", PROVIDERS), "beads");
  assert.equal(nearest("f", PROVIDERS), "fp");
});

Deno.test("a name that is far from all has no nearest", () => {
  assert.equal(nearest("banana", PROVIDERS), null);
  assert.equal(nearest("x", []), null);
});

Deno.test("the last part of a dotted key is enough", () => {
  assert.equal(
    nearest("server_ulr", ["sync.server_url", "sync.max_queue_size"]),
    "sync.server_url",
  );
});
