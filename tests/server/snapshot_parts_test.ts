import assert from "node:assert/strict";
import { PartedText } from "../../src/contract/parted_text.ts";
import { tidyParts } from "../../src/server/jobs/cleanup.ts";
import type { HostContext } from "../../src/server/context/host_context.ts";
import { copyRows } from "../../src/server/store/copy_rows.ts";
import { hostTables } from "../../src/server/store/host_tables.ts";
import { clockOf } from "../../src/server/store/jobs.ts";
import { integer, text } from "../../src/server/store/row.ts";
import { IN_MEMORY, openSqliteStore } from "../../src/server/store/sqlite.ts";
import { insertSnapshotPart, listSnapshots } from "../../src/server/store/snapshots.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { dropParts, storeParts } from "../../src/server/sync/snapshot_parts.ts";
import { anIssue } from "../support/issues.ts";
import { publish } from "./snapshots_support.ts";
import { untilSo } from "../support/until.ts";
import { type TestHost, withHost } from "./support.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Waits until the host has tidied by itself for the first time; the next time is minutes away. */
async function tidied({ store, context }: TestHost): Promise<void> {
  await untilSo(async () => {
    const clock = clockOf(store, context.now());
    return await store.one(
      `SELECT 1 FROM jobs WHERE kind = 'tidy' AND lease_owner IS NULL AND run_at > ${clock.sql}`,
      ...clock.values,
    ) !== null;
  });
}

async function storedParts(store: HostStore): Promise<{ count: number; longest: number }> {
  const row = await store.one(
    "SELECT COUNT(*) AS parts, COALESCE(MAX(length(json)), 0) AS longest FROM snapshot_parts",
  );
  return { count: integer(row ?? {}, "parts"), longest: integer(row ?? {}, "longest") };
}

/** The texts of a snapshot's issues: more than two parts hold. */
const large = Array.from(
  { length: 60 },
  (_, index) => anIssue(`large-${index}`, { body: "wide 👍🏽 text 漢字 ".repeat(1_500) }),
);

Deno.test("a large snapshot is stored in parts, and is whole when it is read", () =>
  withHost(async (host) => {
    const receipt = await publish(host, { issues: large }, "large-snapshot");
    assert.equal(receipt.status, 200);
    const kept = await host.call("GET", "/dev/snapshots");
    assert.equal(kept.at("snapshots.0.receipt_id"), receipt.at("receipt_id"));
    assert.deepEqual(kept.at("snapshots.0.body.issues"), JSON.parse(JSON.stringify(large)));
    const { count, longest } = await storedParts(host.store);
    assert.ok(count >= 2, `${count}`);
    assert.ok(longest <= 512 * 1024, `${longest}`);
    const [row] = await host.store.all("SELECT parts, length(json) AS first FROM snapshots");
    assert.equal(row?.["parts"], count);
    assert.ok(integer(row ?? {}, "first") <= 512 * 1024);
  }));

Deno.test("a repeated, a refused and an invalid large snapshot leave no part behind", () =>
  withHost(async (host) => {
    const first = await publish(host, { issues: large }, "large-snapshot");
    const { count } = await storedParts(host.store);
    assert.deepEqual((await publish(host, { issues: large }, "large-snapshot")).body, first.body);
    assert.equal((await publish(host, { issues: large.slice(1) }, "large-snapshot")).status, 409);
    assert.equal((await publish(host, { issues: [...large, {}] }, "other-snapshot")).status, 422);
    assert.equal((await publish(host, { issues: large }, "short")).status, 422);
    assert.equal((await storedParts(host.store)).count, count);
    assert.equal((await listSnapshots(host.store)).length, 1);
  }));

Deno.test("a part ends at no half of a character, and all of them are the text", () =>
  withHost(async ({ context, store }) => {
    const whole = `a${"👍".repeat(10)}b漢`;
    const { first, parts } = await storeParts(
      context,
      "rcpt_1",
      new PartedText([whole.slice(0, 6), whole.slice(6)]),
      4,
    );
    const rows = await store.all("SELECT part, json FROM snapshot_parts ORDER BY part");
    assert.deepEqual(rows.map((row) => integer(row, "part")), rows.map((_, index) => index + 1));
    assert.equal(rows.length, parts);
    const texts = [first, ...rows.map((row) => text(row, "json"))];
    assert.equal(texts.join(""), whole);
    assert.ok(texts.every((part) => part.isWellFormed() && part.length <= 4), texts.join(" | "));
    await dropParts(context, "rcpt_1");
    assert.equal((await storedParts(store)).count, 0);
    assert.deepEqual(await storeParts(context, "rcpt_2", new PartedText(["short"]), 5), {
      first: "short",
      parts: 0,
    });
  }));

Deno.test("parts whose snapshot was never stored are forgotten after a day, others never", () =>
  withHost(async (host) => {
    await publish(host, { issues: large }, "large-snapshot");
    const { store, context } = host;
    await tidied(host);
    const { count } = await storedParts(store);
    const now = context.now();
    const add = (receiptId: string, number: number, receivedAt: number) =>
      insertSnapshotPart(store, { receiptId, part: number, json: "x", receivedAt });
    for (let number = 1; number <= 20; number++) await add("rcpt_lost", number, now - DAY_MS);
    await add("rcpt_new", 1, now - DAY_MS + 60_000);
    await store.run(
      "UPDATE snapshot_parts SET received_at = 0 WHERE receipt_id NOT IN ('rcpt_lost', 'rcpt_new')",
    );
    const at: HostContext = { ...context, now: () => now };
    assert.equal(await tidyParts(at), true);
    assert.equal(await tidyParts(at), false);
    assert.equal((await storedParts(store)).count, count + 1);
    assert.equal((await listSnapshots(store)).length, 1);
  }));

Deno.test("rows with long texts are copied a few at a time", () =>
  withHost(async ({ context, store }) => {
    const json = "x".repeat(768 * 1024);
    for (let number = 1; number <= 5; number++) {
      await insertSnapshotPart(store, {
        receiptId: "rcpt_1",
        part: number,
        json: number === 4 ? json.repeat(4) : json,
        receivedAt: context.now(),
      });
    }
    const tables = await hostTables(context.platform);
    const copy = await openSqliteStore(context.platform, IN_MEMORY);
    try {
      const told: number[] = [];
      await copy.transaction((tx) =>
        copyRows(store, tx, tables, (table, rows) => {
          if (table === "snapshot_parts") told.push(rows);
        })
      );
      assert.deepEqual(told, [2, 3, 4, 5]);
      const row = await copy.one("SELECT SUM(length(json)) AS all_of_it FROM snapshot_parts");
      assert.equal(row?.["all_of_it"], 8 * json.length);
    } finally {
      await copy.close();
    }
  }));
