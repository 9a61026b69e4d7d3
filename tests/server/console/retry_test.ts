import assert from "node:assert/strict";
import { ensureTeam } from "../../../src/server/accounts/users.ts";
import { addUser } from "../../../src/server/mod.ts";
import { COMMAND_LINE } from "../../../src/server/model/actor.ts";
import { endOperation, insertOperation } from "../../../src/server/store/operations.ts";
import { type TestHost, withHost } from "../support.ts";
import { type ConsoleBrowser, signedInBrowser } from "./browser.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'\u202e`;

/** Stores a job that failed. */
async function failedWork(host: TestHost, key: string, kind: string, team: string | null) {
  const teamId = team === null ? null : (await ensureTeam(host.context, team)).id;
  const id = host.context.newId("job");
  await host.store.run(
    `INSERT INTO jobs (id, kind, key, team_id, state, run_at, attempt, error, created_at, ended_at)
     VALUES (?, ?, ?, ?, 'failed', 1, 3, ?, 1, ?)`,
    id,
    kind,
    key,
    teamId,
    `It broke ${HOSTILE}`,
    // What ended long ago is tidied away while the test looks.
    host.context.now(),
  );
  return id;
}

/** Stores an operation that failed, and its job. */
async function failedOperation(host: TestHost, team: string): Promise<string> {
  const id = host.context.newId("op");
  const user = await host.store.one("SELECT MIN(id) AS id FROM users");
  const teamId = (await ensureTeam(host.context, team)).id;
  const end = { state: "failed", json: '{"message":"It broke"}', at: host.context.now() } as const;
  await host.store.transaction(async (tx) => {
    await insertOperation(tx, {
      id,
      teamId,
      userId: String(user?.["id"]),
      bindingRef: "b",
      request: '{"kind":"run","pull_first":true,"limit":1}',
      createdAt: 1,
    });
    await endOperation(tx, id, end);
  });
  await failedWork(host, id, "operation", team);
  return id;
}

/** Stores deliveries that failed, and returns their ids. */
async function failedDeliveries(host: TestHost, count: number): Promise<number[]> {
  const resource = await host.store.one("SELECT MIN(id) AS id FROM resources");
  const installation = await host.store.one(
    "SELECT installation_id AS id FROM resources WHERE id = ?",
    String(resource?.["id"]),
  );
  const { id: teamId } = await ensureTeam(host.context, "acme");
  await host.store.run(
    `INSERT INTO connections (id, team_id, installation_id, name, base_url, credential_kind, credential, made_at, state, paused_at)
     VALUES ('con_1', ?, ?, ?, 'https://x.test', 'token', 'v1:secret', 1, 'ok', 1)`,
    teamId,
    String(installation?.["id"]),
    HOSTILE,
  );
  for (let n = 1; n <= count; n++) {
    await host.store.run(
      `INSERT INTO outbox (id, resource_id, connection_id, external_id, place, item, state, attempt, error, created_at, ended_at)
       VALUES (?, ?, 'con_1', ?, 0, '{}', 'failed', 3, ?, 1, ?)`,
      n,
      String(resource?.["id"]),
      `issue-${n}! ${HOSTILE}`,
      JSON.stringify({ code: "refused", message: `Reason ${HOSTILE}` }),
      host.context.now(),
    );
  }
  return Array.from({ length: count }, (_, index) => index + 1);
}

async function safe(browser: ConsoleBrowser, path: string): Promise<string> {
  const { html, status } = await browser.open(path);
  assert.equal(status, 200, path);
  assert.doesNotMatch(html, /<img src=x|\u202e|v1:secret/, path);
  return html;
}

async function deeds(host: TestHost): Promise<string[]> {
  const rows = await host.store.all("SELECT action, actor FROM audit ORDER BY id");
  return rows.map(({ action, actor }) => `${action} ${actor}`);
}

Deno.test("an operation that failed is tried again from its page, and the log says by whom", () =>
  withHost(async (host) => {
    const id = await failedOperation(host, "acme");
    const browser = await signedInBrowser(host);
    const page = `/activity/operations/${id}`;
    assert.match(await safe(browser, page), /Try again/);
    assert.equal((await browser.send(page, `${page}/retry`, {})).location, page);
    assert.deepEqual(await deeds(host), ["job.retry demo@example.com"]);
    assert.equal((await browser.send("/people/new", `${page}/retry`, {})).status, 404);
  }));

Deno.test("work that failed is listed with its reason; only what is the team's is tried again", () =>
  withHost(async (host) => {
    const ours = await failedWork(host, "key-ours", "tidy", "acme");
    const theirs = await failedWork(host, "key-theirs", "tidy", "others");
    const hosts = await failedWork(host, "key-hosts", "tidy", null);
    const browser = await signedInBrowser(host);
    const html = await safe(browser, "/activity/work?state=failed");
    assert.match(html, /key-ours[\s\S]*It broke|key-hosts/);
    assert.doesNotMatch(html, /key-theirs/);
    const retries = [...html.matchAll(/action="\/activity\/work\/([^/]+)\/retry"/g)];
    assert.deepEqual(retries.map(([, id]) => id), [ours]);
    for (const id of [theirs, hosts, "none"]) {
      const sent = await browser.send("/people/new", `/activity/work/${id}/retry`, {});
      assert.equal(sent.status, 404, id);
    }
    const sent = await browser.send(
      "/activity/work?state=failed",
      `/activity/work/${ours}/retry`,
      {},
    );
    assert.equal(sent.location, "/activity/work");
  }));

Deno.test("deliveries that failed are listed page by page with their reasons, and tried again", () =>
  withHost(async (host) => {
    const ids = await failedDeliveries(host, 120);
    const browser = await signedInBrowser(host);
    const seen: number[] = [];
    for (let path = "/activity/deliveries?state=failed"; path !== "";) {
      const html = await safe(browser, path);
      seen.push(...[...html.matchAll(/<bdi[^>]*>issue-(\d+)!/g)].map(([, n]) => Number(n)));
      path = (/href="([^"]*)" rel="next"/.exec(html)?.[1] ?? "").replaceAll("&amp;", "&");
    }
    assert.deepEqual(seen, ids.toReversed());
    assert.match(await safe(browser, "/activity/deliveries"), /Reason &lt;img/);
    await browser.send("/activity/deliveries", "/activity/deliveries/120/retry", {});
    assert.match(await safe(browser, "/activity/deliveries?state=waiting"), /issue-120!/);
    assert.deepEqual(await deeds(host), ["outbox.retry demo@example.com"]);
    for (const id of ["99999", "-1", "1e9", "x"]) {
      const path = `/activity/deliveries/${id}/retry`;
      assert.equal((await browser.send("/people/new", path, {})).status, 404, id);
    }
  }));

Deno.test("a member sees what failed and why, and tries nothing again", () =>
  withHost(async (host) => {
    await failedDeliveries(host, 1);
    const id = await failedOperation(host, "acme");
    const mo = { username: "mo", password: "a secret of mo", team: "acme" };
    await addUser(host.context, COMMAND_LINE, mo);
    const member = await signedInBrowser(host, mo.username, mo.password);
    for (const path of ["/activity/deliveries", `/activity/operations/${id}`]) {
      assert.doesNotMatch(await safe(member, path), /action="[^"]*\/retry"/, path);
    }
    assert.equal((await member.open("/activity/work")).status, 403);
    for (const path of [`/activity/operations/${id}`, "/activity/deliveries/1"]) {
      assert.equal((await member.send("/people", `${path}/retry`, {})).status, 403, path);
    }
  }));
