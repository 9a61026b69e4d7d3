/** Many changes at GitHub between two rounds: one round finds them all, also when answers are lost on the way. */
import assert from "node:assert/strict";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { type TwoTrackers, withTwoTrackers } from "./two_trackers.ts";

const ISSUES = 1_200;
const CHANGED = 1_000;

/** Changes many issues: some a second, then the rest all in one. No round is made meanwhile. */
async function change({ host, one: { github, repository } }: TwoTrackers): Promise<void> {
  await host.store.run("UPDATE connections SET paused_at = 1");
  for (let number = 1; number <= CHANGED; number++) {
    if (number <= CHANGED / 2) host.platform.clock.advance(1_000);
    github.edit(repository, number, { title: `Changed ${number}` });
  }
  await host.host.worker.idle();
  await host.store.run("UPDATE connections SET paused_at = NULL");
}

async function changedHere({ one }: TwoTrackers): Promise<number> {
  const titles = [...(await one.titles()).values()];
  return titles.filter((title) => title.startsWith("Changed ")).length;
}

async function begin({ host, one }: TwoTrackers): Promise<void> {
  await inTransaction(host.context, (context) => syncNow(context, one.connectionId));
}

/** Rounds that have ended in the repository. */
async function roundsOf({ host, one }: TwoTrackers): Promise<unknown> {
  const row = await host.store.one(
    "SELECT last_round_at, round_cursor FROM resources WHERE connection_id = ?",
    one.connectionId,
  );
  return { ...row };
}

Deno.test("a thousand changed issues are found in one round", () =>
  withTwoTrackers(ISSUES, async (scene) => {
    const { host, one } = scene;
    await change(scene);
    const asked = one.github.calls.length;
    const startedAt = host.context.now();
    await begin(scene);
    await host.host.worker.idle();
    assert.equal(await changedHere(scene), CHANGED);
    assert.deepEqual(await roundsOf(scene), { last_round_at: startedAt, round_cursor: null });
    const calls = one.github.calls.length - asked;
    console.log(`    ${CHANGED} changed issues of ${ISSUES}: ${calls} calls`);
    // Ten pages, as many overlaps of a page with the one before, and the second that has five pages read backwards.
    assert.ok(calls >= CHANGED / 100 && calls <= 25, String(calls));
  }));

Deno.test("a round whose answers are lost at every other page finds all, too", () =>
  withTwoTrackers(ISSUES, async (scene) => {
    const { one, pass } = scene;
    await change(scene);
    let pages = 0;
    one.github.stepIn = ({ call, phase }) => {
      if (phase !== "after" || !call.endsWith("/issues")) return;
      if (++pages % 2 === 0) throw new TypeError("The connection was reset");
    };
    await begin(scene);
    await pass(20 * 60_000);
    assert.equal(await changedHere(scene), CHANGED);
    assert.ok(pages >= 20, String(pages));
  }));
