import assert from "node:assert/strict";
import { meanwhile } from "../../src/cli/services/meanwhile.ts";
import { ends, withBoundWorld } from "../support/bound.ts";
import { systemClock } from "../../src/platform/clock.ts";

const clock = systemClock();

Deno.test("parts are done while the answer is on its way, one after the other", async () => {
  const done: string[] = [];
  const answer = Promise.withResolvers<string>();
  const said = await meanwhile(
    clock,
    () => answer.promise,
    {
      first: async () => {
        await clock.sleep(1);
        done.push("first");
        return 1;
      },
      second: () => {
        done.push("second");
        // An answer that came only now was waited for by neither.
        answer.resolve("here");
        return Promise.resolve(2);
      },
    },
    async (told, { first, second }) => [told, await first(), await second()],
  );
  assert.deepEqual(said, ["here", 1, 2]);
  assert.deepEqual(done, ["first", "second"]);
});

Deno.test("a fault of the question is told before those of the parts, once these have ended", async () => {
  let hasEnded = false;
  const part = async () => {
    await clock.sleep(5);
    hasEnded = true;
    throw new Error("a part failed");
  };
  await assert.rejects(
    meanwhile(
      clock,
      () => Promise.reject(new Error("the host failed")),
      { part, other: () => Promise.reject(new Error("another part failed")) },
      () => Promise.resolve(),
    ),
    /the host failed/,
  );
  assert.equal(hasEnded, true);
});

Deno.test("a fault of a part is thrown where it is used, and nowhere else", async () => {
  const parts = {
    unused: () => Promise.reject(new Error("not wanted")),
    used: () => Promise.reject(new Error("a part failed")),
    last: () => Promise.resolve("read"),
  };
  const seen: string[] = [];
  await assert.rejects(
    meanwhile(clock, () => Promise.resolve("here"), parts, async (answer, { used, last }) => {
      seen.push(answer, await last());
      await used();
    }),
    /a part failed/,
  );
  assert.deepEqual(seen, ["here", "read"]);
});

Deno.test("`status` reads the cache while the host's answer is on its way", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull"]);
    for (const form of [[], ["--json"]]) {
      const opened = Promise.withResolvers<void>();
      await ends(world, 0, ["status", ...form], {
        fetch: (real) => async (request, options) => {
          const answer = await real(request, options);
          // No answer comes before the cache is open.
          await opened.promise;
          return answer;
        },
        openDatabase: (real) => async (path, options) => {
          opened.resolve();
          return await real(path, options);
        },
      });
    }
  }));

Deno.test("`status` tells what fails here after what the host said", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull"]);
    const openDatabase = () => () => Promise.reject(new Error("no cache today"));
    const { stdout, stderr } = await ends(world, 1, ["status"], { openDatabase });
    assert.match(stdout, /^\S.* · linear/);
    assert.match(stderr, /no cache today/);
    const fetch = () => () => Promise.reject(new Error("no host today"));
    const both = await ends(world, 1, ["status"], { openDatabase, fetch });
    assert.equal(both.stdout, "");
    assert.match(both.stderr, /Cannot connect/);
    assert.doesNotMatch(both.stderr, /no cache today/);
  }));

Deno.test("`sync pull` opens the cache once to write to it, its log included", () =>
  withBoundWorld(async (world) => {
    for (const args of [["sync", "pull"], ["sync", "pull", "--all"]]) {
      const written: string[] = [];
      await ends(world, 0, args, {
        openDatabase: (real) => async (path, options) => {
          if (options?.readOnly !== true && path.includes("trackers")) written.push(path);
          return await real(path, options);
        },
      });
      assert.equal(written.length, 1, written.join(" "));
      const { stdout } = await ends(world, 0, ["status"]);
      assert.match(stdout, /last sync {3}just now/);
    }
  }));
