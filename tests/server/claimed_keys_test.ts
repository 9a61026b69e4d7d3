/** A key that another write takes at the last moment is that write's, whose answer is given. */
import assert from "node:assert/strict";
import { claimKey } from "../../src/server/store/idempotency.ts";
import type { Transaction } from "../../src/server/store/store.ts";
import { withHost } from "./support.ts";

const WRITE = { teamId: "team", key: "key", path: "/push/", bodyHash: "hash" };
const ROW = { path: "/push/", body_hash: "hash", status: 200, answer: "{}" };

Deno.test("a key that is taken between two looks has the answer of the write that took it", () =>
  withHost(async ({ store }) => {
    const looks = [null, ROW];
    await store.transaction(async (real) => {
      // Each insert finds the key taken, and the first look no answer that counts.
      const tx: Transaction = {
        ...real,
        dialect: real.dialect,
        isTransaction: true,
        run: () => Promise.resolve(0),
        one: () => Promise.resolve(looks.shift() ?? null),
      };
      const known = await claimKey(tx, WRITE, 1_000, 500);
      assert.deepEqual(known, { path: "/push/", bodyHash: "hash", status: 200, answer: "{}" });
      await assert.rejects(claimKey(tx, WRITE, 1_000, 500), /its row is missing/);
    });
  }));
