import assert from "node:assert/strict";
import { addUserUnchecked, ensureTeam } from "../../../src/server/accounts/users.ts";
import { insertEvents } from "../../../src/server/store/events.ts";
import { endOperation, insertOperation } from "../../../src/server/store/operations.ts";
import { anEvent } from "../event.ts";
import { type TestHost, withHost } from "../support.ts";
import { signedInBrowser } from "./browser.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'\u202e&amp;`;
const ESCAPED = /&lt;img src=x onerror=alert\(1\)&gt;/;

async function ids(host: TestHost, team = "acme"): Promise<{ teamId: string; userId: string }> {
  const row = await host.store.one("SELECT MIN(id) AS id FROM users");
  const { id: teamId } = await ensureTeam(host.context, team);
  return { teamId, userId: String(row?.["id"]) };
}

/** Stores an operation that failed. */
async function failed(host: TestHost, message: string, team?: string): Promise<string> {
  const { context } = host;
  const id = context.newId("op");
  const json = JSON.stringify({ code: "internal_error", error_code: "internal_error", message });
  const end = { state: "failed", json, at: context.now() } as const;
  const of = await ids(host, team);
  await context.store.transaction(async (tx) => {
    await insertOperation(tx, {
      id,
      ...of,
      bindingRef: HOSTILE,
      request: '{"kind":"push","items":[]}',
      createdAt: context.now(),
    });
    await endOperation(tx, id, end);
  });
  return id;
}

async function pushed(host: TestHost, items: readonly object[]): Promise<string> {
  const binding_ref = await host.bind("linear", "Engineering (ENG)");
  const accepted = await host.call("POST", "/api/v1/tracker/push/", {
    provider: "linear",
    binding_ref,
    items,
  }, { prefer: "respond-async" });
  await host.ended(accepted.text("operation_id"));
  return accepted.text("operation_id");
}

Deno.test("a team without work sees that there is none, and that nothing failed", () =>
  withHost(async (host) => {
    const browser = await signedInBrowser(host);
    assert.match((await browser.open("/activity")).html, /No operations/);
    assert.match((await browser.open("/activity?state=failed")).html, /Nothing failed/);
    assert.match((await browser.open("/activity?state=open")).html, /Nothing is under way/);
    assert.match((await browser.open("/activity/events")).html, /No events/);
  }));

Deno.test("an operation is listed with its project and what failed, and leads to each item and why", () =>
  withHost(async (host) => {
    const create = (n: number) => ({
      ref: { system: "linear", workspace: "acme", id: `new-${n}` },
      action: "create",
      patch: { title: "New" },
    });
    const gone = { ...create(0), action: "update" };
    const id = await pushed(host, [gone, ...Array.from({ length: 59 }, (_, n) => create(n + 1))]);
    const browser = await signedInBrowser(host);
    const list = await browser.open("/activity");
    assert.match(list.html, /Push of my-app/);
    assert.match(list.html, /1 of 60 failed/);
    assert.match(list.html, /60 items/);
    const page = await browser.open(`/activity/operations/${id}`);
    assert.equal(page.status, 200);
    assert.match(page.html, /No issue "new-0" in "Engineering \(ENG\)"|No issue &quot;new-0&quot;/);
    assert.equal(page.html.split("Created").length - 1, 49);
    assert.match(page.html, /Dana Demo/);
    const next = new RegExp(`href="(/activity/operations/${id}\\?after=50)"`).exec(page.html)?.[1];
    const rest = await browser.open(next ?? "");
    assert.match(rest.html, /Items from number 51 on/);
    assert.equal(rest.html.split("Created").length - 1, 10);
  }));

Deno.test("an operation that failed says why, in words, and hostile words stay words", () =>
  withHost(async (host) => {
    const id = await failed(host, HOSTILE);
    const browser = await signedInBrowser(host);
    for (const path of ["/activity", "/activity?state=failed", `/activity/operations/${id}`]) {
      const { html } = await browser.open(path);
      assert.match(html, ESCAPED, path);
      assert.doesNotMatch(html, /<img src=x|\u202e/, path);
    }
    assert.match((await browser.open("/activity?state=completed")).html, /No operations/);
  }));

Deno.test("operations and events of another team are not there", () =>
  withHost(async (host) => {
    await addUserUnchecked(host.context, { username: "x", password: "x", team: "other" });
    const id = await failed(host, "Theirs", "other");
    const { teamId, userId } = await ids(host, "other");
    const event = { eventId: "theirs", nodeId: "n", lamportClock: 1, json: "{}", receivedAt: 1 };
    await host.store.transaction((tx) => insertEvents(tx, [{ teamId, userId, ...event }]));
    const browser = await signedInBrowser(host);
    assert.doesNotMatch((await browser.open("/activity")).html, /Theirs/);
    assert.equal((await browser.open(`/activity/operations/${id}`)).status, 404);
    assert.equal((await browser.open("/activity/operations/none")).status, 404);
    assert.match((await browser.open("/activity/events")).html, /No events/);
  }));

Deno.test("events are shown with what they are about, and their content on demand", () =>
  withHost(async (host) => {
    const given = [anEvent(1), anEvent(2, { aggregate_id: HOSTILE, project_slug: HOSTILE })];
    const body = JSON.stringify({ events: given });
    assert.equal((await host.call("POST", "/api/v1/events/batch/", body)).status, 200);
    const browser = await signedInBrowser(host);
    const { html } = await browser.open("/activity/events");
    assert.match(html, /WPStatusChanged/);
    assert.match(html, /<details>/);
    assert.match(html, ESCAPED);
    assert.doesNotMatch(html, /<img src=x|\u202e/);
  }));

Deno.test("lists are read page by page, each entry once, and any place in the address is bearable", () =>
  withHost(async (host) => {
    for (let n = 0; n < 60; n++) await failed(host, `Number ${n}!`);
    const browser = await signedInBrowser(host);
    const seen: string[] = [];
    for (let path = "/activity?state=failed"; path !== "";) {
      const { html } = await browser.open(path);
      seen.push(...[...html.matchAll(/Number (\d+)!/g)].map(([, n = ""]) => n));
      path = (/href="([^"]*)" rel="next"/.exec(html)?.[1] ?? "").replaceAll("&amp;", "&");
    }
    assert.deepEqual(seen, Array.from({ length: 60 }, (_, n) => String(59 - n)));
    for (const after of ["%00", "'", "x".repeat(5_000), "1-%F0", "-1", "99999999999999999999"]) {
      for (const list of ["/activity", "/activity/events", "/activity/operations/none"]) {
        const { status } = await browser.open(`${list}?after=${after}&state=${after}`);
        assert.ok([200, 404].includes(status), `${list} ${after} ${status}`);
      }
    }
  }));
