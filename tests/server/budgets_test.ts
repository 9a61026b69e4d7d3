/** What a provider allows, as the jobs of a host keep to it: each connection by itself, and for as long as it takes. */
import assert from "node:assert/strict";
import type { Reply } from "../standins/github/reply.ts";
import { type TwoTrackers, withTwoTrackers } from "./two_trackers.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Calls that GitHub allows in an hour. */
const BUDGET = 5_000;

/** Edits the first issue of both repositories. */
function editBoth({ one, other }: TwoTrackers, title: string): void {
  for (const { github, repository } of [one, other]) github.edit(repository, 1, { title });
}

Deno.test("a budget that is used up stops its connection alone, until it begins again", () =>
  withTwoTrackers(250, async (scene) => {
    const { host, one, other, pass } = scene;
    // The last 2 % are left to others who use the same token.
    one.github.left = 0.02 * BUDGET + 2;
    editBoth(scene, "Changed once");
    await pass(6 * MINUTE_MS);
    editBoth(scene, "Changed twice");
    await pass(6 * MINUTE_MS);
    assert.equal((await other.titles()).get("1"), "Changed twice");
    assert.equal((await other.standing())["state"], "ok");
    const { state, state_at } = await one.standing();
    assert.equal(state, "limited");
    const until = Number(state_at);
    assert.ok(until > host.context.now() && until <= host.context.now() + HOUR_MS);
    assert.ok(one.github.left >= 0.02 * BUDGET, String(one.github.left));
    const asked = one.github.calls.length;
    await pass(until - host.context.now() - MINUTE_MS);
    assert.equal(one.github.calls.length, asked, "nothing is asked while nothing is allowed");
    await pass(3 * MINUTE_MS);
    assert.equal((await one.standing())["state"], "ok");
    assert.equal((await one.titles()).get("1"), "Changed twice");
  }));

const SECONDARY: readonly (readonly [string, Reply, number])[] = [
  ["names its end", {
    status: 403,
    body: { message: "You have exceeded a secondary rate limit.", documentation_url: "" },
    headers: { "retry-after": "180" },
  }, 180 * SECOND_MS],
  ["is told in words alone", {
    status: 403,
    body: { message: "You have exceeded a secondary rate limit. Wait.", documentation_url: "" },
  }, MINUTE_MS],
  ["comes with the status of too many requests", {
    status: 429,
    body: { message: "Too many requests" },
    headers: { "retry-after": "240" },
  }, 240 * SECOND_MS],
];

for (const [what, reply, lasts] of SECONDARY) {
  Deno.test(`a secondary limit that ${what} is kept by its connection alone, which then continues`, () =>
    withTwoTrackers(3, async (scene) => {
      const { host, one, other, pass } = scene;
      let limitedAt: number | null = null;
      one.github.stepIn = ({ call, phase }) => {
        if (phase !== "before" || !call.endsWith("/issues") || limitedAt !== null) return;
        limitedAt = host.context.now();
        return reply;
      };
      editBoth(scene, "Changed");
      const asked = () => one.github.calls.length;
      for (let turns = 0; limitedAt === null; turns++) {
        assert.ok(turns < 100);
        await pass(5 * SECOND_MS);
      }
      const { state, state_at } = await one.standing();
      assert.deepEqual([state, state_at], ["limited", limitedAt + lasts]);
      const before = asked();
      await pass(limitedAt + lasts - host.context.now() - 1);
      assert.equal(asked(), before, "nothing is asked before it ends");
      await pass(6 * MINUTE_MS);
      assert.ok(asked() > before);
      assert.equal((await one.standing())["state"], "ok");
      for (const { titles } of [one, other]) assert.equal((await titles()).get("1"), "Changed");
      assert.equal((await other.standing())["state"], "ok");
    }));
}

Deno.test("a quiet repository costs no part of the budget that could be noticed", () =>
  withTwoTrackers(120, async ({ one, pass }) => {
    const { github } = one;
    await pass(HOUR_MS);
    const asked = github.calls.length;
    github.left = BUDGET;
    await pass(HOUR_MS);
    const calls = github.calls.length - asked;
    const spent = BUDGET - github.left;
    const percent = (100 * spent / BUDGET).toFixed(2);
    console.log(
      `    GitHub, an hour of a quiet repository: ${calls} calls, ${spent} counted, ${percent} % of the budget`,
    );
    assert.ok(calls > 0 && calls < 0.02 * BUDGET, String(calls));
    // What is known already is answered with 304, which is not counted.
    assert.ok(spent <= calls / 2, `${spent} of ${calls}`);
    assert.equal((await one.standing())["state"], "ok");
  }));
