import assert from "node:assert/strict";
import { bodies, document, ends, failure } from "../support/bound.ts";
import { hasReplicas } from "../support/replica_count.ts";
import { bound, losing, PULL } from "./sync_setup.ts";

bound(
  "error 3: an expired access token is refreshed once and the request repeated",
  async (world) => {
    const before = await world.credentials();
    await world.lever("expire-access");
    await ends(world, 0, ["sync", "pull"]);
    const seen = await world.requests();
    assert.equal(seen.filter((line) => line.includes("/token/refresh/")).length, 1);
    assert.notEqual(await world.credentials(), before);
    await ends(world, 0, ["sync", "pull"]);
    assert.equal(
      (await world.requests()).filter((line) => line.includes("/token/refresh/")).length,
      1,
    );
  },
);

bound("error 3: a second 401 ends it with the way to sign in, no third try", async (world) => {
  await world.lever("fail", { path: "/pull/", status: 401, times: 5 });
  const { code, message } = await failure(world, 1, ["sync", "pull"]);
  assert.equal(code, "session_expired");
  assert.equal(message, "Session expired. Run `tracker auth login`.");
  assert.equal((await bodies(world, PULL)).length, 2);
});

bound("error 3: a refused refresh forgets the session", async (world) => {
  await world.lever("revoke-sessions");
  await world.lever("expire-access");
  const said = await ends(world, 1, ["sync", "pull"]);
  assert.match(said.stderr, /Session expired\. Run `tracker auth login`\./);
  assert.doesNotMatch(await world.credentials() ?? "", /tka_|tkr_/);
  const next = await ends(world, 1, ["status"]);
  assert.equal(
    next.stderr,
    "No SaaS authentication token is present.\n\nRun `tracker auth login`.\n",
  );
});

bound("error 4: 429 waits as long as it is told and repeats once", async (world) => {
  for (
    const how of [
      { retry_after_seconds: 2 },
      { retry_after_header: 3 },
      { body: "html" },
    ]
  ) {
    await world.forgetRequests();
    await world.lever("fail", { path: "/pull/", status: 429, ...how });
    await ends(world, 0, ["sync", "pull"]);
    assert.equal((await bodies(world, PULL)).length, 2);
  }
  await world.forgetRequests();
  await world.lever("fail", { path: "/pull/", status: 429, times: 3 });
  assert.equal((await failure(world, 1, ["sync", "pull"])).code, "rate_limited");
  assert.equal((await bodies(world, PULL)).length, 2);
});

bound("errors 5 to 7: each failure is told once, without a retry, exit 1", async (world) => {
  const cases: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ error_code: "legacy_flow_forbidden" }, /Made-up failure with status 400/],
    [{ error_code: "legacy_flow_forbidden", old_word: true }, /Made-up failure with status 400/],
    [{ error_code: "missing_user_link" }, /Made-up failure.*[\s\S]*dashboard/],
    [{ error_code: "validation_error" }, /Made-up failure with status 422/],
    [{ status: 500 }, /Made-up failure with status 500/],
    [{ status: 502, body: "html" }, /HTTP 502/],
    [{ status: 503, body: "empty" }, /HTTP 503/],
    [{ status: 200, body: "truncated" }, /not JSON, or that is cut off/],
    [{ status: 200, body: "html" }, /an HTML page instead of JSON/],
    [{ status: 200, body: "empty" }, /an empty body/],
    [{ status: 200, body: "not_utf8" }, /not UTF-8/],
    // A proxy that has passed on nothing yet answers in the place of the host.
    [
      { status: 200, body: "broken" },
      hasReplicas() ? /Cannot connect|Bad gateway/ : /Cannot connect/,
    ],
    [{ status: 200, body: "huge" }, /32 MiB/],
    [{ status: 302, body: "redirect" }, /redirect/],
  ];
  for (const [plan, words] of cases) {
    await world.forgetRequests();
    await world.lever("fail", { path: "/pull/", ...plan });
    const { stdout, stderr } = await ends(world, 1, ["sync", "pull"]);
    assert.equal(stdout, "", JSON.stringify(plan));
    assert.match(stderr, words);
    assert.doesNotMatch(stderr, /unexpected went wrong/);
    assert.equal((await bodies(world, PULL)).length, 1, JSON.stringify(plan));
  }
  assert.equal((await document(world, "issue", "list")).issues.length, 0);
});

bound("error 7: a dropped network fails at once, without a fallback", async (world) => {
  const { code, message } = await failure(world, 1, ["sync", "pull"], { fetch: losing(PULL, 1) });
  assert.equal(code, "network_error");
  assert.equal(
    message,
    `Cannot connect to the tracker host at ${world.hostUrl}. Check your network connection.`,
  );
});

bound("the hard stops come before any request and write nothing", async (world) => {
  const before = await world.config();
  const bind = await failure(world, 1, ["bind", "-p", "jira", "--credential", "token=x"]);
  assert.match(`${bind.message} ${bind.next_action}`, /dashboard/);
  const map = ["map", "add", "--wp-id", "WP01", "--external-id", "ENG-1"];
  const mapped = await failure(world, 1, map);
  assert.match(mapped.message, /^Mappings are managed in the dashboard/);
  assert.equal(mapped.next_action, `Open the dashboard at ${world.hostUrl}.`);
  assert.equal(
    (await failure(world, 1, ["sync", "publish"])).message,
    "Snapshot publish is not supported. Use `tracker sync push` instead.",
  );
  assert.deepEqual(await world.requests(), []);
  assert.equal(await world.config(), before);
  await ends(world, 0, ["auth", "logout"]);
  const signedOut = await failure(world, 1, ["sync", "publish"]);
  assert.match(signedOut.message, /Snapshot publish is not supported/);
  const again = await failure(world, 1, ["bind", "-p", "jira", "--credential", "a=b"]);
  assert.deepEqual([again.code, again.message], [bind.code, bind.message]);
});
