import assert from "node:assert/strict";
import { bodies, document, ends, failure } from "../support/bound.ts";
import type { Fetch } from "../../src/platform/platform.ts";
import type { World } from "../support/world.ts";
import { bound, losing, PULL } from "./sync_setup.ts";

const RUN = "/api/v1/tracker/run/";

/** Adds issues to the bound team; it has 36 of its own. */
async function seed(world: World, count: number): Promise<void> {
  await world.lever("seed", { provider: "linear", resource: "ENG", count });
}

bound("pull fetches 100 issues unless told, and says that there are more", async (world) => {
  await seed(world, 200);
  const { stdout, stderr } = await ends(world, 0, ["sync", "pull"]);
  assert.match(stdout, /^✓ Pulled: 100 new, 0 changed, 0 unchanged\.$/m);
  assert.match(stderr, /tracker sync pull --all/);
  assert.deepEqual((await bodies(world, PULL)).map((body) => body.limit), [100]);
  const few = await ends(world, 0, ["sync", "pull", "--limit", "7"]);
  assert.match(few.stdout, /^✓ Pulled: /m);
});

bound("pull --all follows the cursor page by page, a line each", async (world) => {
  await seed(world, 2_500);
  const { stdout, stderr } = await ends(world, 0, ["sync", "pull", "--all"]);
  assert.match(stdout, /^✓ Pulled: 2,536 new, 0 changed, 0 unchanged\.$/m);
  assert.deepEqual(stderr.trimEnd().split("\n"), [
    "Pulling Engineering (ENG): 1,000 issues, page 1",
    "Pulling Engineering (ENG): 2,000 issues, page 2",
    "Pulling Engineering (ENG): 2,536 issues, page 3",
  ]);
  const sent = await bodies(world, PULL);
  assert.equal(sent.length, 3);
  assert.equal(new Set(sent.map((body) => body.cursor ?? null)).size, 3);
  const again = await ends(world, 0, ["sync", "pull", "--all", "--quiet"]);
  assert.match(again.stdout, /2,536 unchanged/);
  assert.equal(again.stderr, "");
});

bound("pull --json prints one result with the items of every page", async (world) => {
  await seed(world, 1_200);
  const result = await document(world, "sync", "pull", "--all");
  assert.deepEqual(Object.keys(result).sort(), [
    "counts",
    "gone",
    "has_more",
    "identity_path",
    "item_errors",
    "items",
    "next_cursor",
    "removed",
    "schema",
    "status",
    "summary",
  ]);
  assert.equal(result.items.length, 1_236);
  assert.equal(
    new Set(result.items.map((issue: { ref: { id: string } }) => issue.ref.id)).size,
    1_236,
  );
  assert.deepEqual(result.summary, { total: 1_236, succeeded: 1_236, failed: 0, skipped: 0 });
  assert.deepEqual([result.has_more, result.next_cursor, result.status], [false, null, "ok"]);
});

bound("--since, --status and --type become filters", async (world) => {
  const args = ["sync", "pull", "--since", "2026-01-31T00:00:00Z", "--status", "todo"];
  await ends(world, 0, [...args, "--status", "blocked", "--type", "bug"]);
  const [{ filters }] = await bodies(world, PULL);
  assert.deepEqual(filters.status, ["todo", "blocked"]);
  assert.deepEqual(filters.issue_type, ["bug"]);
  assert.equal(Date.parse(filters.updated_since), Date.UTC(2026, 0, 31));
  const { issues } = await document(world, "issue", "list");
  assert.ok(issues.length > 0);
  for (const issue of issues) {
    assert.ok(["todo", "blocked"].includes(issue.status));
    assert.equal(issue.issue_type, "bug");
  }
});

bound("a hosted pull or run refuses --dry-run instead of doing the work", async (world) => {
  for (const verb of ["pull", "run"]) {
    const error = await failure(world, 2, ["sync", verb, "--dry-run"]);
    assert.equal(error.code, "usage");
    assert.equal(error.message, '`--dry-run` is for local providers; "linear" is a hosted one');
    assert.equal(error.next_action, "Leave it out. Nothing was done.");
  }
  const { requests } = await world.look("requests");
  assert.deepEqual(requests, []);
});

bound("an interrupted pull keeps its pages, and the next continues from there", async (world) => {
  await seed(world, 2_500);
  const lost = await ends(world, 1, ["sync", "pull", "--all"], { fetch: losing(PULL, 3) });
  assert.match(lost.stderr, /Cannot connect to the tracker host at http:\/\/127\.0\.0\.1:\d+\./);
  assert.equal((await document(world, "issue", "list", "--limit", "5000")).issues.length, 2_000);
  await world.forgetRequests();
  const { stdout } = await ends(world, 0, ["sync", "pull", "--all"]);
  assert.match(
    stdout,
    /536 new, 0 changed, 0 unchanged\. Continued where the last pull had stopped\./,
  );
  const sent = await bodies(world, PULL);
  assert.equal(sent.length, 1);
  assert.equal(typeof sent[0].cursor, "string");
});

bound("pull --all takes issues out of the cache that the host has no more", async (world) => {
  await ends(world, 0, ["sync", "pull", "--all"]);
  const without = (real: Fetch): Fetch => async (request) => {
    const response = await real(request);
    if (!request.url.endsWith(PULL)) return response;
    const json = await response.json();
    const items = json.items.filter((one: { ref: { key: string } }) => one.ref.key !== "ENG-5");
    return Response.json({ ...json, items, summary: { ...json.summary, total: items.length } });
  };
  const some = ["sync", "pull", "--status", "todo", "--limit", "1000"];
  await ends(world, 0, some, { fetch: without });
  await ends(world, 0, ["issue", "show", "ENG-5"]);
  const { stdout } = await ends(world, 0, ["sync", "pull", "--all"], { fetch: without });
  assert.match(stdout, /^✓ Pulled: 0 new, 0 changed, 35 unchanged, 1 gone from the tracker\.$/m);
  assert.equal((await failure(world, 1, ["issue", "show", "ENG-5"])).code, "issue_not_found");
});

bound("Ctrl-C ends a pull after the page under way, exit 130", async (world) => {
  await seed(world, 2_500);
  let raise: (signal: "SIGINT") => void = () => {};
  let pages = 0;
  const { stdout } = await ends(world, 130, ["sync", "pull", "--all"], {
    signals: (given) => raise = given,
    fetch: (real) => async (request) => {
      if (request.url.endsWith(PULL) && ++pages === 2) raise("SIGINT");
      return await real(request);
    },
  });
  assert.equal(stdout, "");
  const cached = (await document(world, "issue", "list", "--limit", "5000")).issues.length;
  assert.ok(cached === 1_000 || cached === 2_000, `${cached}`);
});

bound("pulled issues are read without a network, signed out, with the gate off", async (world) => {
  await ends(world, 0, ["sync", "pull"]);
  await world.stopHost();
  const { stdout } = await ends(world, 0, ["issue", "list", "--status", "blocked"]);
  assert.match(stdout, /^ KEY +STATUS +TYPE +PRIORITY +TITLE +ASSIGNEES +UPDATED$/m);
  assert.match(stdout, /^ ENG-\d+ +blocked/m);
  const shown = await ends(world, 0, ["issue", "show", "ENG-2"]);
  assert.match(shown.stdout, /^ENG-2 {2}Create a second workspace/);
  assert.match(shown.stdout, /^ {2}parent +ENG-1$/m);
  const issue = await document(world, "issue", "show", "ENG-2");
  assert.equal(issue.ref.key, "ENG-2");
  assert.equal((await failure(world, 1, ["issue", "show", "ENG-999"])).code, "issue_not_found");
});

bound("status does not advise to pull where a pull has found no issue", async (world) => {
  await ends(world, 0, ["sync", "pull", "--since", "2100-01-01T00:00:00Z"]);
  assert.match((await ends(world, 0, ["status"])).stdout, /^ {2}cached +0 issues, 0 open$/m);
});

bound("status tells what is cached", async (world) => {
  assert.match(
    (await ends(world, 0, ["status"])).stdout,
    /cached +nothing yet: `tracker sync pull`/,
  );
  await ends(world, 0, ["sync", "pull"]);
  const { stdout } = await ends(world, 0, ["status"]);
  assert.match(stdout, /^ {2}cached +36 issues, \d+ open$/m);
  assert.match(stdout, /^ {2}queue +empty$/m);
  assert.match(stdout, /^ {2}daemon +not running$/m);
});

bound(
  "run, 200 (error 1): an answer at once is shown, and manual mode is said first",
  async (world) => {
    await world.lever("levers", { accept_above: 9999 });
    const { stdout } = await ends(world, 0, ["sync", "run"]);
    assert.deepEqual(stdout.split("\n"), [
      "Background sync is in manual mode. Running a one-shot remote sync now.",
      "✓ Pulled: 36 new, 0 changed, 0 unchanged.",
      "✓ Pushed: 0 sent.",
      "",
    ]);
    assert.deepEqual(await world.requests(), ["HEAD /", `POST ${RUN}`, `POST ${PULL}`]);
    const [body] = await bodies(world, RUN);
    assert.deepEqual([body.pull_first, body.limit], [true, 1_000]);
  },
);

bound(
  "run, 202 (error 2): the operation is waited for; --json prints the result alone",
  async (world) => {
    await world.lever("levers", { accept_above: 0, operation_delay_ms: 50 });
    const { stdout, stderr } = await ends(world, 0, ["sync", "run"]);
    assert.match(stdout, /^✓ Pulled: 36 new, 0 changed, 0 unchanged\.\n✓ Pushed: 0 sent\.$/m);
    assert.match(stderr, /^Syncing Engineering \(ENG\) … operation op_/m);
    const result = await document(world, "sync", "run");
    assert.deepEqual(Object.keys(result).sort(), [
      "counts",
      "edits",
      "has_more",
      "identity_path",
      "item_errors",
      "pull",
      "push",
      "schema",
      "status",
      "summary",
    ]);
  },
);

bound("run brings everything into the cache, in a document of bounded size", async (world) => {
  await seed(world, 2_500);
  const result = await document(world, "sync", "run");
  assert.equal(result.has_more, false);
  assert.deepEqual(result.pull.summary, {
    total: 2_536,
    succeeded: 2_536,
    failed: 0,
    skipped: 0,
    created: 2_536,
    updated: 0,
    unchanged: 0,
  });
  assert.equal(result.pull.items.length, 100);
  assert.equal((await document(world, "issue", "list", "--limit", "5000")).issues.length, 2_536);
});

bound("run --limit says that there is more", async (world) => {
  const { stdout, stderr } = await ends(world, 0, ["sync", "run", "--limit", "7"]);
  assert.match(stdout, /^✓ Pulled: 7 new, 0 changed, 0 unchanged\.\n✓ Pushed: 0 sent\.$/m);
  assert.match(stderr, /There is more: `tracker sync run` without `--limit` fetches everything\./);
  assert.equal((await document(world, "sync", "run", "--limit", "7")).has_more, true);
  assert.equal((await document(world, "sync", "run")).has_more, false);
  assert.equal((await document(world, "issue", "list")).issues.length, 36);
});

bound("run: on a terminal the line shows status, time and operation", async (world) => {
  await world.lever("levers", { accept_above: 0, operation_delay_ms: 50 });
  const { stderr } = await ends(world, 0, ["sync", "run"], {
    terminal: true,
    columns: 130,
    env: { TERM: "xterm" },
  });
  assert.match(
    stderr,
    /Syncing Engineering \(ENG\) … \w+ \d:\d\d \(operation op_\w+, Ctrl-C stops waiting only\)/,
  );
  assert.ok(stderr.endsWith("\r\u001b[2K"), "the line is removed");
});

bound("Ctrl-C stops the waiting, not the operation, and names how to look again", async (world) => {
  await world.lever("levers", { accept_above: 0, operation_delay_ms: 2_500 });
  const child = world.start(["sync", "run"]);
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let stderr = "";
  while (!stderr.includes("operation op_")) {
    const { value, done } = await reader.read();
    if (done) break;
    stderr += value;
  }
  child.kill("SIGINT");
  for (let read = await reader.read(); !read.done; read = await reader.read()) stderr += read.value;
  await child.stdin.close();
  const [{ code }] = await Promise.all([child.status, child.stdout.cancel()]);
  assert.equal(code, 130);
  const id = /`tracker sync wait (op_\w+)`/.exec(stderr)?.[1] ?? assert.fail(stderr);
  const { stdout } = await ends(world, 0, ["sync", "wait", id]);
  assert.match(stdout, /^✓ Pulled 36, pushed 0\.$/m);
  assert.equal((await bodies(world, RUN)).length, 1);
});

bound("waiting for an unknown operation fails", async (world) => {
  assert.equal(
    (await failure(world, 1, ["sync", "wait", "op_NOBODY"])).code,
    "operation_not_found",
  );
});

bound("map list shows the host's mappings", async (world) => {
  const { stdout } = await ends(world, 0, ["map", "list"]);
  assert.match(stdout, /^ WORK PACKAGE +ISSUE +SYSTEM +WORKSPACE +ADDRESS$/m);
  assert.match(stdout, /^ WP01 +ENG-\d+ +linear +acme +https:/m);
  const { mappings } = await document(world, "map", "list");
  assert.deepEqual(mappings.map((one: { wp_id: string }) => one.wp_id), ["WP01", "WP02", "WP03"]);
});

bound("issue search asks the host, key before words", async (world) => {
  const { stdout } = await ends(world, 0, ["issue", "search", "workspace"]);
  assert.match(stdout, /ENG-\d+/);
  const { candidates } = await document(world, "issue", "search", "--key", "ENG-2");
  assert.equal(candidates[0].external_issue_key, "ENG-2");
  assert.equal(candidates[0].match_type, "exact");
  assert.deepEqual((await document(world, "issue", "search", "zzzz")).candidates, []);
});
