import assert from "node:assert/strict";
import { document, failure, withBoundWorld } from "../support/bound.ts";

/** The keys of a document, sorted. */
function keys(value: unknown): string[] {
  assert.ok(typeof value === "object" && value !== null && !Array.isArray(value));
  return Object.keys(value).sort();
}

/** Commands in a bound project, and the keys of what they print under `--json`. */
const SHAPES: readonly (readonly [line: string, keys: readonly string[]])[] = [
  ["auth status", [
    "access_expires_at",
    "host",
    "other_hosts",
    "refresh_expires_at",
    "signed_in",
    "source",
    "team",
    "username",
  ]],
  ["auth token", ["team", "token"]],
  ["providers", ["providers"]],
  ["config list", ["settings"]],
  ["config get sync.max_queue_size", ["description", "fault", "key", "origin", "source", "value"]],
  ["discover -p linear", ["installation_id", "provider", "resources"]],
  ["bind -p linear --yes", [
    "binding_ref",
    "bound",
    "display_label",
    "provider",
    "provider_context",
    "workspace",
  ]],
  ["sync pull --limit 2", [
    "has_more",
    "identity_path",
    "item_errors",
    "items",
    "next_cursor",
    "status",
    "summary",
  ]],
  ["sync run", ["identity_path", "pull", "push", "status", "summary"]],
  ["status", [
    "binding_ref",
    "connected",
    "counts",
    "display_label",
    "identity_path",
    "last_sync_at",
    "project_slug",
    "provider",
    "sync_state",
  ]],
  ["status --all", ["bindings", "connected", "installation_id", "provider", "resource_count"]],
  ["issue list", ["has_more", "issues"]],
  ["issue show ENG-2", [
    "assignees",
    "body",
    "created_at",
    "custom_fields",
    "issue_type",
    "labels",
    "links",
    "parent_ref",
    "priority",
    "provider_metadata",
    "ref",
    "status",
    "title",
    "updated_at",
  ]],
  ["issue search workspace", ["candidates", "resource_id", "resource_type"]],
  ["map list", ["mappings"]],
  ["mission list", ["missions"]],
  ["daemon status", [
    "heartbeat",
    "last_cycle_at",
    "last_outcome",
    "pid",
    "policy",
    "port",
    "started_at",
    "state",
    "uploaded",
    "version",
  ]],
  ["daemon stop", ["pid", "state"]],
  ["events list", ["events", "total"]],
  ["events flush", ["duplicates", "parked", "rejected", "rejections", "remaining", "sent"]],
  ["events export", ["events"]],
  ["unbind", ["binding_ref", "provider", "unbound"]],
  ["auth logout", ["host", "signed_out"]],
];

Deno.test("what every command prints under --json keeps its keys, and is one document", () =>
  withBoundWorld(async (world) => {
    for (const [line, expected] of SHAPES) {
      const printed = await document(world, ...line.split(" "));
      assert.deepEqual(keys(printed), [...expected].sort(), line);
    }
  }));

Deno.test("a failure keeps its keys, with an empty standard output", () =>
  withBoundWorld(async (world) => {
    for (const args of [["issue", "show", "NOPE"], ["bind", "-p", "jira", "--bind-ref", "x"]]) {
      const error = await failure(world, 1, args);
      assert.deepEqual(keys(error), ["code", "details", "message", "next_action"]);
      assert.equal(typeof error.message, "string");
    }
    const usage = await failure(world, 2, ["bind", "-p", "nothing"]);
    assert.deepEqual(keys(usage), ["code", "details", "message", "next_action"]);
  }));

Deno.test("an empty result is an empty list, not a sentence", () =>
  withBoundWorld(async (world) => {
    assert.deepEqual(await document(world, "issue", "list"), { issues: [], has_more: false });
    assert.deepEqual((await document(world, "mission", "list")).missions, []);
    assert.deepEqual(await document(world, "events", "list"), { total: 0, events: [] });
    assert.deepEqual((await document(world, "issue", "search", "zzzz")).candidates, []);
  }));

Deno.test("a declined question is a document too", () =>
  withBoundWorld(async (world) => {
    const { code, stdout } = await world.here(["bind", "-p", "jira", "--json"], { stdin: "n\n" });
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { bound: false, declined: true });
  }));
