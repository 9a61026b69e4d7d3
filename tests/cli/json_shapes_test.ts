import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/commands/registry.ts";

import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import { ELSEWHERE } from "./json_elsewhere.ts";

/** The keys of a document beside `schema`, sorted. */
function keys(value: unknown): string[] {
  assert.ok(typeof value === "object" && value !== null && !Array.isArray(value));
  assert.equal("schema" in value && value.schema, 1);
  return Object.keys(value).filter((key) => key !== "schema").sort();
}

/** Commands in a bound project, and the keys of what they print under `--json`, beside `schema`. */
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
  ["auth switch 127.0.0.1", ["host", "host_in_force", "team", "username"]],
  ["auth token", ["team", "token"]],
  ["api GET /api/v1/me", ["email", "name", "session_id", "teams", "user_id", "username"]],
  ["providers", ["providers"]],
  ["config list", ["settings"]],
  ["config get sync.max_queue_size", ["description", "fault", "key", "origin", "source", "value"]],
  ["discover -p linear", ["installation_id", "provider", "resources", "unmatched"]],
  ["bind -p linear --yes", [
    "binding_ref",
    "bound",
    "display_label",
    "provider",
    "provider_context",
    "workspace",
  ]],
  ["sync pull --limit 2", [
    "counts",
    "gone",
    "has_more",
    "identity_path",
    "item_errors",
    "items",
    "next_cursor",
    "removed",
    "status",
    "summary",
  ]],
  ["sync run", [
    "counts",
    "edits",
    "has_more",
    "identity_path",
    "item_errors",
    "pull",
    "push",
    "status",
    "summary",
  ]],
  ["status", [
    "binding_ref",
    "configured",
    "connected",
    "counts",
    "display_label",
    "identity_path",
    "last_sync_at",
    "packages",
    "project_slug",
    "provider",
    "sync_state",
    "waiting",
  ]],
  ["status --all", [
    "bindings",
    "configured",
    "connected",
    "connections",
    "installation_id",
    "provider",
    "resource_count",
  ]],
  ["issue list", ["has_more", "issues", "next", "pulled_at", "total"]],
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
    "version",
  ]],
  ["issue search workspace", ["candidates", "resource_id", "resource_type"]],
  ["map list", ["mappings"]],
  ["state list", ["states"]],
  ["mission list", ["missions"]],
  ["wp list", ["missions"]],
  ["wp push --all", ["counts", "dry_run", "missions", "notes"]],
  ["daemon status", [
    "failure",
    "heartbeat",
    "last_cycle_at",
    "last_outcome",
    "pid",
    "policy",
    "port",
    "started_at",
    "state",
    "unknown_because",
    "uploaded",
    "version",
  ]],
  ["daemon stop", ["pid", "state"]],
  ["events list", ["events", "total"]],
  ["events flush", ["duplicates", "parked", "rejected", "rejections", "remaining", "sent"]],
  ["events export", ["events", "unreadable"]],
  ["config set sync.max_queue_size 7", ["key", "value"]],
  ["config unset sync.max_queue_size", ["key", "removed"]],
  ["doctor", ["checks", "ok", "permissions", "problems", "version", "warnings"]],
  ["mission create first --no-commit", [
    "branch",
    "commit",
    "event_emitted",
    "feature_number",
    "feature_slug",
    "mission_dir",
    "mission_id",
    "resumed",
    "slug",
    "target_branch",
  ]],
  ["mission bind-origin 001-first --ticket ENG-3 --yes", [
    "changed",
    "event_emitted",
    "feature_slug",
    "mission_dir",
    "origin_link_id",
    "origin_ticket",
  ]],
  ["mission start --ticket ENG-4 --yes --no-commit", [
    "branch",
    "commit",
    "event_emitted",
    "feature_slug",
    "mission_dir",
    "origin_ticket",
    "resumed",
    "slug",
    "steps",
  ]],
  ["events retry", ["retried"]],
  ["man", ["page"]],
  ["completion bash", ["script", "shell"]],
  ["help", ["commands", "global_options"]],
  ["unbind", ["binding_ref", "provider", "unbound"]],
  ["auth logout", ["host", "host_session", "kept_because", "signed_out"]],
];

Deno.test("what every command prints under --json keeps its keys, and is one document", () =>
  withBoundWorld(async (world) => {
    for (const [line, expected] of SHAPES) {
      const words = line.replace("DATA", `${world.project}/data`).split(" ");
      const printed = await document(world, ...words);
      const found = words[0] === "api" ? Object.keys(printed).sort() : keys(printed);
      assert.deepEqual(found, [...expected].sort(), line);
    }
  }));

Deno.test("the document of every command is held", async () => {
  const held = [...SHAPES.map(([line]) => line), ...Object.keys(ELSEWHERE)];
  const free = (await catalogue(true)).map(({ path }) => path)
    .filter((path) => !held.some((line) => `${line} `.startsWith(`${path} `)));
  assert.deepEqual(free, []);
});

Deno.test("commands that read their input keep the keys of their documents", () =>
  withBoundWorld(async (world) => {
    const printed = async (stdin: string, ...args: string[]) =>
      JSON.parse((await ends(world, 0, [...args, "--json"], { stdin })).stdout);
    const login = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
    assert.deepEqual(keys(await printed("demo\n", ...login)), ["host", "team", "username"]);
    const items = JSON.stringify([{
      ref: { system: "linear", workspace: "acme", id: "ENG-2" },
      action: "update",
      patch: { labels: ["seen"] },
    }]);
    const push = ["sync", "push", "--items-json", "-"];
    assert.deepEqual(keys(await printed(items, ...push, "--dry-run")), ["batches", "dry_run"]);
    const PUSHED = [
      "already_sent",
      "cache_outdated",
      "counts",
      "identity_path",
      "item_errors",
      "items",
      "resumed",
      "status",
      "summary",
    ];
    assert.deepEqual(keys(await printed(items, ...push)), PUSHED);
    const data = `${world.project}/data`;
    const user = ["host", "user", "add", "a@example.com", "--data", data];
    assert.deepEqual(keys(await printed("long enough for all\n", ...user)), [
      "name",
      "role",
      "team",
      "username",
    ]);
    const users = (verb: string, ...more: string[]) => ["host", "user", verb, ...more];
    const named = ["a@example.com", "--data", data];
    const ended = ["sessions_ended", "username"];
    assert.deepEqual(keys(await document(world, ...users("list", "--data", data))), [
      "users",
    ]);
    const changed = await printed("long enough again\n", ...users("password", ...named));
    assert.deepEqual(keys(changed), ended);
    assert.deepEqual(keys(await document(world, ...users("revoke", ...named))), ended);
    const other = ["host", "user", "add", "b@example.com", "--data", data, "--role", "admin"];
    await printed("long enough for all\n", ...other);
    const removed = await document(world, ...users("remove", ...named, "--yes"));
    assert.deepEqual(keys(removed), ["removed", "username"]);
    const mappings = await document(world, "host", "mapping", "list", "--data", data);
    assert.deepEqual(keys(mappings), ["mappings"]);
    await ends(world, 0, ["sync", "pull"]);
    const issue = await document(world, "issue", "show", "ENG-2");
    const file = `${world.project}/web.json`;
    await Deno.writeTextFile(file, JSON.stringify([issue]));
    const imported = await document(world, "host", "import", file, "--data", data);
    assert.deepEqual(keys(imported), [
      "created",
      "deleted",
      "ignored",
      "removed",
      "replaced",
      "resources",
      "skipped",
      "unchanged",
      "updated",
    ]);
  }));

Deno.test("commands that keep running have printed their document once they run", () =>
  withBoundWorld(async (world) => {
    const started = await world.json("daemon", "start");
    assert.deepEqual(keys(started), ["pid", "port", "replaced", "state"]);
    const second = await ends(world, 0, ["daemon", "run", "--json"]);
    assert.deepEqual(JSON.parse(second.stdout), {
      schema: 1,
      state: "already_running",
      pid: started.pid,
      port: null,
    });
    assert.equal(second.stderr, "");
    await document(world, "daemon", "stop");
    const daemon = world.start(["daemon", "run", "--json"]);
    let first = "";
    for await (const text of daemon.stdout.pipeThrough(new TextDecoderStream())) {
      if (first === "") daemon.kill("SIGTERM");
      first += text;
    }
    const { state, port } = JSON.parse(first);
    assert.equal(state, "running");
    assert.ok(port > 0);
    await daemon.stdin.close();
    assert.equal(await new Response(daemon.stderr).text(), "Ended: SIGTERM\n");
    assert.equal((await daemon.status).code, 0);
  }));

Deno.test("a failure keeps its keys, with an empty standard output", () =>
  withBoundWorld(async (world) => {
    for (const args of [["issue", "show", "NOPE"], ["bind", "-p", "jira", "--bind-ref", "x"]]) {
      const error = await failure(world, 1, args);
      assert.deepEqual(Object.keys(error).sort(), ["code", "details", "message", "next_action"]);
      assert.equal(typeof error.message, "string");
    }
    const usage = await failure(world, 2, ["bind", "-p", "nothing"]);
    assert.deepEqual(Object.keys(usage).sort(), ["code", "details", "message", "next_action"]);
  }));

Deno.test("an empty result is an empty list, not a sentence", () =>
  withBoundWorld(async (world) => {
    assert.deepEqual(await document(world, "issue", "list"), {
      schema: 1,
      issues: [],
      total: 0,
      has_more: false,
      next: null,
      pulled_at: null,
    });
    assert.deepEqual((await document(world, "mission", "list")).missions, []);
    assert.deepEqual(await document(world, "events", "list"), { schema: 1, total: 0, events: [] });
    assert.deepEqual((await document(world, "issue", "search", "zzzz")).candidates, []);
  }));

Deno.test("a declined question is a document too", () =>
  withBoundWorld(async (world) => {
    const { code, stdout } = await world.here(["bind", "-p", "jira", "--json"], { stdin: "n\n" });
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { schema: 1, bound: false, declined: true });
  }));
