import assert from "node:assert/strict";
import { run as exportEvents } from "../../src/cli/commands/events/export_run.ts";
import { createOutput } from "../../src/cli/terminal/output.ts";
import { DONE, FAILED, text } from "../../src/cli/terminal/text.ts";
import { DEMO } from "../../src/server/mod.ts";
import { isIssueId } from "../../src/local/issue_id.ts";
import { withProject } from "../local/local_project.ts";
import { withHost } from "../server/support.ts";
import { failing, withClient } from "../client/support.ts";
import { testContext } from "../support/context.ts";
import { withPlatform } from "../support/platform.ts";
import { bdIssue } from "../support/issues.ts";

const ESC = "\u001b";
// What would act on a terminal, or reorder or hide what it shows.
const HARMFUL = /[^\P{Cc}\n\t]|[\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/u;

Deno.test("whatever a command prints, a terminal gets text, line breaks and our own marks", async () => {
  await withPlatform({ terminal: true }, (platform) => {
    const output = createOutput(platform.terminal, platform.env, { color: "always", quiet: false });
    const evil = `${ESC}]0;owned\u0007${ESC}[2J\u009b31m\u202egpj\u200b${ESC}[8mhidden\rover`;
    output.result(text`${DONE} ${evil}`);
    output.notice(evil);
    output.warning(text`${FAILED} ${evil}`);
    output.prompt(evil);
    const marks = new RegExp(`${ESC}\\[(?:31|32|39)m`, "g");
    for (const shown of [platform.stdout(), platform.stderr()]) {
      assert.match(shown, /hidden/);
      assert.doesNotMatch(shown.replace(marks, ""), HARMFUL);
    }
    assert.match(platform.stdout(), new RegExp(`^${ESC}\\[32m✓${ESC}\\[39m `));
  });
});

Deno.test("JSON says the same and cannot act on a terminal either", async () => {
  await withPlatform({}, (platform) => {
    const output = createOutput(platform.terminal, platform.env, { color: "auto", quiet: false });
    const value = { title: `${ESC}[31m\u009b2J\u007f\u202e\u2028\ufeff é 漢 😀`, list: ["a\nb"] };
    output.json(value);
    assert.doesNotMatch(platform.stdout(), HARMFUL);
    assert.deepEqual(JSON.parse(platform.stdout()), { schema: 1, ...value });
    assert.match(platform.stdout(), /é 漢 😀/);
  });
});

Deno.test("exported events keep their words but cannot act on a terminal", async () => {
  await withPlatform({}, async (platform) => {
    const { EventQueue } = await import("../../src/events/queue.ts");
    const path = `${platform.home}/.spec-kitty/tracker/queue.db`;
    (await EventQueue.open(platform, path)).close();
    const database = await platform.openDatabase(path);
    database.prepare(
      "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
    )
      .run("e1", "X", JSON.stringify({ title: "\u009b2J\u202e" }), 1);
    database.close();
    assert.equal(await exportEvents(testContext(platform), { parked: false }), 0);
    assert.doesNotMatch(platform.stdout(), HARMFUL);
    assert.deepEqual(JSON.parse(platform.stdout()), { title: "\u009b2J\u202e" });
  });
});

Deno.test("an id that a tool would take for an option never gets to it", async () => {
  for (const id of ["--db=/tmp/evil", "-C", "-", "", "a\0b"]) assert.equal(isIssueId(id), false);
  for (const id of ["bd-1", "web-a1b2.3", "日本"]) assert.equal(isIssueId(id), true);
  await withProject("bd", async ({ service, tool, bind }) => {
    const dependencies = [{ issue_id: "bd-1", depends_on_id: "--db=/tmp/evil", type: "blocks" }];
    tool.setIssues([bdIssue("bd-1", { dependencies }), bdIssue("--db=/tmp/evil")]);
    await bind();
    const report = await service.pull();
    assert.equal(report.created, 1);
    assert.deepEqual(report.failures.map(({ code }) => code), ["issue_unreadable"]);
    assert.deepEqual((await service.issueShow("bd-1")).issue.links, []);
  });
});

Deno.test("a title that begins with a dash is a title", async () => {
  await withProject("bd", async ({ service, tool, bind }) => {
    tool.setIssues([]);
    await bind();
    await service.pull();
    await service.issueCreate({ title: "--force $(touch owned) `id`; rm" });
    assert.equal((await service.push()).created, 1);
    assert.equal((await service.pull()).failures.length, 0);
  });
});

Deno.test("a tool is run without the session's token, and with what it needs", async () => {
  const program = new URL("./programs/run_tool.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", program],
    env: { TRACKER_TOKEN: "tka_SECRET", KEPT: "2" },
  }).output();
  const env = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual([env.TRACKER_TOKEN, env.EXTRA, env.KEPT], ["", "1", "2"]);
});

Deno.test("guesses of a password that come together are counted like those in a row", () =>
  withHost(async (host) => {
    const guess = (password: string) =>
      host.raw(
        new Request("http://127.0.0.1:8080/api/v1/token/", {
          method: "POST",
          body: JSON.stringify({ username: DEMO.username, password }),
        }),
        "192.0.2.7",
      );
    const statuses = (await Promise.all(Array.from({ length: 40 }, (_, i) => guess(`g${i}`))))
      .map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 401).length, 10);
    assert.equal(statuses.filter((status) => status === 429).length, 30);
    assert.equal((await guess(DEMO.password)).status, 429);
  }));

Deno.test("signing in again and again is no guessing", () =>
  withHost(async (host) => {
    for (let i = 0; i < 15; i++) {
      const body = { username: DEMO.username, password: DEMO.password };
      assert.equal((await host.call("POST", "/api/v1/token/", body)).status, 200);
    }
  }));

Deno.test("codes of other people's devices cannot be guessed one after the other", () =>
  withHost(async (host) => {
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) {
      const form = new URLSearchParams({
        user_code: "BCDF-GHJK",
        username: DEMO.username,
        password: DEMO.password,
        decision: "approve",
      });
      statuses.push((await host.call("POST", "/device", form)).status);
    }
    assert.deepEqual([statuses[0], statuses.at(-1)], [400, 429]);
  }));

Deno.test("a stranger can make the host keep few device codes", () =>
  withHost(async (host) => {
    const statuses: number[] = [];
    for (let i = 0; i < 70; i++) {
      const form = new URLSearchParams({ client_id: "cli_native", scope: "offline_access" });
      statuses.push((await host.call("POST", "/oauth/device", form)).status);
    }
    assert.equal(statuses.filter((status) => status === 200).length, 60);
    assert.equal(statuses.at(-1), 429);
  }));

Deno.test("a stranger can make the host read little", () =>
  withHost(async (host) => {
    const username = "x".repeat(100_000);
    const login = await host.call("POST", "/api/v1/token/", { username, password: "x" });
    assert.equal(login.status, 413);
    const form = new URLSearchParams({ user_code: username });
    for (const path of ["/device", "/oauth/device", "/oauth/token"]) {
      assert.equal((await host.call("POST", path, form)).status, 413, path);
    }
  }));

Deno.test("a page that is shown a code takes no markup from it", () =>
  withHost(async (host) => {
    const code = '"><script>alert(1)</script>';
    const answer = await host.call("GET", `/device?user_code=${encodeURIComponent(code)}`);
    assert.doesNotMatch(String(answer.body), /<script/);
    assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  }));

Deno.test("a team with a line break in it makes no header", async () => {
  await withClient([], async ({ client, platform }) => {
    await failing(client.health(), "unusable_session");
    assert.equal(platform.network.requests.length, 0);
  }, { teamSlug: "core\r\nX-Evil: 1" });
});

Deno.test("an operation's id is one step of a path, whatever it holds", async () => {
  const request = "GET /api/v1/tracker/operations/..%2F..%2Fme%3Fx%23y/";
  const json = { operation_id: "x", status: "pending", result: null, error: null };
  await withClient([{ request, reply: { status: 200, json } }], async ({ client }) => {
    await client.operation("../../me?x#y");
  });
});
