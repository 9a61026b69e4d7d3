/** Issues that two processes on one PostgreSQL database change at once. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { COMMAND_LINE, importIssues } from "../../src/server/mod.ts";
import { integer, text } from "../../src/server/store/row.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { anIssue } from "../support/issues.ts";
import { anEvent } from "./event.ts";
import { atOnce, countsOf, type Processes, withProcesses } from "./processes_support.ts";
import type { Answered, TestHost } from "./support.ts";

const ACME = { system: "linear", workspace: "acme" };
const LABEL = "Engineering (ENG)";
const FIRST = "7c1f0a52-team-eng-0001";

type Item = Readonly<Record<string, unknown>>;

async function bound(
  hosts: Processes,
): Promise<(host: TestHost, items: Item[]) => Promise<Answered>> {
  const binding_ref = await hosts[0].bind("linear", LABEL);
  let keys = 0;
  return (host, items) =>
    host.call("POST", "/api/v1/tracker/push/", { provider: "linear", binding_ref, items }, {
      "idempotency-key": `a-key-of-its-own-${++keys}`,
    });
}

function creating(id: string): Item {
  return { ref: { ...ACME, id }, action: "create", patch: { title: `Issue ${id}` } };
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Reads changes as they come, always after the last one seen, until `isOver`; each as it was met. */
async function follow(
  store: HostStore,
  isOver: () => boolean,
): Promise<{ change: number; id: string; json: string }[]> {
  const clock = systemClock();
  const seen: { change: number; id: string; json: string }[] = [];
  for (let isLast = false; !isLast;) {
    isLast = isOver();
    const rows = await store.all(
      `SELECT change, external_id AS id, json FROM issues
       WHERE resource_id = (SELECT id FROM resources WHERE label = ?) AND change > ?
       ORDER BY change LIMIT 7`,
      LABEL,
      seen.at(-1)?.change ?? 0,
    );
    for (const row of rows) {
      seen.push({ change: integer(row, "change"), id: text(row, "id"), json: text(row, "json") });
    }
    if (rows.length > 0) isLast = false;
    else await clock.sleep(1);
  }
  return seen;
}

Deno.test("issues that two processes create at once have each number once, and a reader by cursor meets each once", () =>
  withProcesses(async (hosts) => {
    const push = await bound(hosts);
    let isOver = false;
    const reading = follow(hosts[1].store, () => isOver);
    const answers = await atOnce(
      hosts,
      40,
      (host, n) => push(host, [creating(`WP${n}`), creating(`WP${n}b`)]),
    );
    isOver = true;
    const seen = await reading;
    assert.deepEqual(countsOf(answers.map(({ status }) => status)), { 200: 40 });
    assert.deepEqual(seen.map(({ change }) => change), upTo(36 + 80));
    assert.equal(new Set(seen.map(({ id }) => id)).size, 36 + 80);
    const rows = await hosts[0].store.all(
      `SELECT key_folded FROM issues WHERE resource_id = (SELECT id FROM resources WHERE label = ?)`,
      LABEL,
    );
    const numbers = rows.map((row) => Number(text(row, "key_folded").slice("eng-".length)));
    assert.deepEqual(numbers.sort((a, b) => a - b), upTo(36 + 80));
  }));

Deno.test("edits of one issue by two processes at once are all kept, and a reader ends with the last", () =>
  withProcesses(async (hosts) => {
    const push = await bound(hosts);
    let isOver = false;
    const reading = follow(hosts[0].store, () => isOver);
    const answers = await atOnce(hosts, 30, (host, n) =>
      push(host, [{
        ref: { ...ACME, id: FIRST },
        action: "update",
        patch: { labels_add: [`label-${n}`] },
      }]));
    isOver = true;
    const seen = await reading;
    assert.deepEqual(countsOf(answers.map((answer) => answer.text("items.0.outcome"))), {
      updated: 30,
    });
    const last = seen.filter(({ id }) => id === FIRST).at(-1)?.json ?? "";
    for (let n = 0; n < 30; n++) assert.ok(last.includes(`"label-${n}"`), `label-${n} is lost`);
    const versions = answers.map((answer) => Number(answer.text("items.0.version")));
    assert.deepEqual(versions.sort((a, b) => a - b), upTo(30).map((n) => n + 1));
  }));

Deno.test("edits made on one version by two processes at once: one is taken, the others are conflicts", () =>
  withProcesses(async (hosts) => {
    const push = await bound(hosts);
    const answers = await atOnce(hosts, 20, (host, n) =>
      push(host, [{
        ref: { ...ACME, id: FIRST },
        action: "update",
        base_version: "1",
        patch: { title: `Title ${n}` },
      }]));
    assert.deepEqual(countsOf(answers.map((answer) => answer.text("items.0.outcome"))), {
      updated: 1,
      failed: 19,
    });
  }));

Deno.test("one issue that two processes create at once is created once", () =>
  withProcesses(async (hosts) => {
    const push = await bound(hosts);
    const answers = await atOnce(hosts, 20, (host) => push(host, [creating("WP1")]));
    assert.deepEqual(countsOf(answers.map((answer) => answer.text("items.0.outcome"))), {
      created: 1,
      unchanged: 19,
    });
    assert.equal(new Set(answers.map((answer) => answer.text("items.0.remote_ref.id"))).size, 1);
  }));

Deno.test("parents that two processes set at once never make a circle", () =>
  withProcesses(async (hosts) => {
    const push = await bound(hosts);
    const parent = (host: TestHost, child: number, of: number) =>
      push(host, [{
        ref: { ...ACME, id: `7c1f0a52-team-eng-000${child}` },
        action: "update",
        patch: { parent_ref: { ...ACME, id: `7c1f0a52-team-eng-000${of}` } },
      }]);
    const made = await Promise.all([7, 8].map((n) => push(hosts[0], [creating(`WP${n}`)])));
    const [a, b] = made.map((answer) => answer.text("items.0.remote_ref.id"));
    const set = (host: TestHost, id = "", of = "") =>
      push(host, [{
        ref: { ...ACME, id },
        action: "update",
        patch: { parent_ref: { ...ACME, id: of } },
      }]);
    const answers = await Promise.all([set(hosts[0], a, b), set(hosts[1], b, a)]);
    assert.deepEqual(countsOf(answers.map((answer) => answer.text("items.0.outcome"))), {
      updated: 1,
      failed: 1,
    });
    assert.equal((await parent(hosts[0], 1, 1)).text("items.0.outcome"), "failed");
  }));

Deno.test("what was pushed is delivered once by full cycles of two processes at once", () =>
  withProcesses(async (hosts) => {
    const binding_ref = await hosts[0].bind("linear", LABEL);
    const body = { provider: "linear", binding_ref };
    await hosts[0].call("POST", "/api/v1/tracker/push/", {
      ...body,
      items: upTo(10).map((n) => creating(`WP${n}`)),
    });
    const answers = await atOnce(
      hosts,
      6,
      (host) =>
        host.call("POST", "/api/v1/tracker/run/", { ...body, pull_first: false }, {
          "idempotency-key": crypto.randomUUID(),
        }),
    );
    const delivered = answers.map((answer) => Number(answer.at("push.summary.total")));
    assert.deepEqual(delivered.sort((a, b) => a - b), [0, 0, 0, 0, 0, 10]);
  }));

Deno.test("one file that two processes import at once is there once", () =>
  withProcesses(async (hosts) => {
    const issues = upTo(20).map((n) => anIssue(`imported-${n}`));
    const file = JSON.stringify(issues);
    const reports = await atOnce(
      hosts,
      6,
      ({ context }) => importIssues(context, file, { label: "backlog", actor: COMMAND_LINE }),
    );
    const created = reports.map((report) => report.created);
    assert.deepEqual(created.sort((a, b) => a - b), [0, 0, 0, 0, 0, 20]);
    const rows = await hosts[0].store.all("SELECT 1 FROM resources WHERE name = 'backlog'");
    assert.equal(rows.length, 1);
  }));

Deno.test("events that two processes take at once, in whatever order, are stored once each", () =>
  withProcesses(async (hosts) => {
    const events = upTo(30).map((n) => anEvent(n));
    const answers = await atOnce(hosts, 8, (host, n) =>
      host.call("POST", "/api/v1/events/batch/", {
        events: n % 3 === 0 ? events.toReversed() : events,
      }));
    const results = answers.flatMap((answer) =>
      upTo(30).map((n) => answer.text(`results.${n - 1}.status`))
    );
    assert.deepEqual(countsOf(results), { success: 30, duplicate: 7 * 30 });
    const last = answers[3]?.list("results") ?? [];
    assert.deepEqual(
      last.map((_, n) => answers[3]?.text(`results.${n}.event_id`)),
      events.toReversed().map((event) => event["event_id"]),
    );
  }));

Deno.test("a mission that two processes bind at once has one origin", () =>
  withProcesses(async (hosts) => {
    const binding_ref = await hosts[0].bind("linear", LABEL);
    const answers = await atOnce(hosts, 20, (host, n) => {
      const issue = n % 4 + 1;
      return host.call("POST", "/api/v1/tracker/mission-origin/bind/", {
        provider: "linear",
        binding_ref,
        feature_slug: "001-mission",
        external_issue_id: `7c1f0a52-team-eng-000${issue}`,
        external_issue_key: `ENG-${issue}`,
        external_issue_url: `https://linear.app/acme/issue/ENG-${issue}`,
        title: "A title",
      }, { "idempotency-key": crypto.randomUUID() });
    });
    const links = answers.filter(({ status }) => status === 200);
    assert.equal(new Set(links.map((answer) => answer.text("origin_link_id"))).size, 1);
    assert.deepEqual(countsOf(answers.map(({ status }) => status)), {
      200: links.length,
      409: 20 - links.length,
    });
    assert.ok(links.length >= 1 && links.length < 20);
  }));
