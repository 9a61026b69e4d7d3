/** The log has a line for each call to a provider, and nothing secret. */
import assert from "node:assert/strict";
import { Budget } from "../../src/providers/mod.ts";
import { callProvider, type LoggedCall } from "../../src/providers/transport.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { type LogForm, requestLog } from "../../src/server/http/request_log.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { testClock } from "../support/clock.ts";
import { testPlatform } from "../support/platform.ts";
import { type DeliveryScene, withProvider } from "./delivery_support.ts";

const MADE: LoggedCall = {
  name: "list issues",
  method: "GET",
  path: "/repos/acme/web/issues",
  status: 200,
  ms: 12,
};

/** Has the host ask the provider once for what has changed. */
async function ask(scene: DeliveryScene): Promise<string[]> {
  const { host, provider, pass } = scene;
  const { listChanged } = provider;
  provider.listChanged = (access, place, round) => {
    access.onCall?.(MADE);
    return listChanged(access, place, round);
  };
  provider.pageSize = 1_000;
  await inTransaction(host.context, (context) => syncNow(context, "con_1"));
  await pass(1);
  const lines = host.platform.stderr().split("\n").filter((line) => line.includes(MADE.path));
  assert.doesNotMatch(host.platform.stderr(), /a secret/);
  return lines;
}

Deno.test("a call to a provider is a line that says by which connection, how it ended and what is left", () =>
  withProvider(async (scene) => {
    const [line = "", ...others] = await ask(scene);
    assert.deepEqual(others, []);
    const { time, ...rest } = JSON.parse(line);
    assert.match(time, /^2026-/);
    assert.deepEqual(rest, {
      level: "info",
      provider: "linear",
      connection: "linear",
      call: "list issues",
      method: "GET",
      path: MADE.path,
      status: 200,
      ms: 12,
      budget_left: null,
    });
  }, { log: "json" }));

Deno.test("a host that logs no requests logs no calls", () =>
  withProvider(async (scene) => assert.deepEqual(await ask(scene), [])));

Deno.test("as text, a call is one line without what would act on a terminal", () => {
  const line = (form: LogForm, status: number | null) => {
    const platform = testPlatform("/nowhere");
    requestLog(platform, form).providerCall({
      provider: "github",
      connection: "ours\u001b[2J\n",
      call: "add a comment",
      method: "POST",
      path: `/${"x".repeat(300)}`,
      status,
      ms: 3.26,
      budgetLeft: 4_998,
    });
    return platform.stderr();
  };
  const words = `github: add a comment POST /${
    "x".repeat(199)
  } 3.3ms left=4998 connection=ours [2J`;
  assert.equal(line("text", 201), `2026-03-01T12:00:00.000Z 201 ${words} \n`);
  assert.match(line("text", null), /Z --- github: add a comment POST/);
  assert.equal(line("none", 201), "");
});

Deno.test("a path that repeats the credential is logged without it, and no query is logged", async () => {
  const clock = testClock();
  const logged: LoggedCall[] = [];
  const replies = [
    new Response(null, { status: 302, headers: { location: "/at/s3cret-token?key=s3cret-token" } }),
    Response.json({}),
  ];
  await callProvider({
    provider: "GitHub",
    baseUrl: "https://tracker.test",
    headers: {},
    fetch: () => Promise.resolve(replies.shift() ?? Response.error()),
    clock,
    signal: new AbortController().signal,
    budget: new Budget(clock, { read: () => [], writeGapMs: 0 }),
    secrets: ["s3cret-token"],
    judge: () => null,
    onCall: (call) => logged.push(call),
  }, { name: "read it", method: "GET", path: "/first", query: { token: "s3cret-token" } });
  assert.equal(logged[0]?.path, "/at/[secret]");
  assert.doesNotMatch(JSON.stringify(logged), /s3cret/);
});
