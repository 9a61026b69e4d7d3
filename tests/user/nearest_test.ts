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

Deno.test("a name that begins with what was typed is nearer than one with a letter changed", () => {
  assert.equal(nearest("stat", ["start", "status"]), "status");
  assert.equal(nearest("daemon stat", ["daemon start", "daemon status"]), "daemon status");
  assert.equal(nearest("--stat", ["--start", "--status"]), "--status");
  assert.equal(nearest("back", ["sync.backup", "sync.background_daemon"]), "sync.backup");
  assert.equal(nearest("iss", ["issue", "iso"]), "issue");
});

Deno.test("one letter begins too many names to mean one of them", () => {
  assert.equal(nearest("s", ["status", "sync", "state"]), null);
  assert.equal(nearest("--s", ["--status", "--sort"]), null);
});
