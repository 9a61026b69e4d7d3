import assert from "node:assert/strict";
import { EventQueue } from "../../src/events/queue.ts";
import { event, fill } from "../events/event_support.ts";
import { GATE_ON, tracker } from "../support/cli.ts";
import { damagePages } from "../support/damage.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

/** An event as the queue has stamped it. */
const sent = (n: number, lamport: number) => ({ ...event(n), lamport_clock: lamport });

/** A machine whose queue holds two events and what is none between them. */
function withBrokenRow(test: (platform: TestPlatform) => Promise<void>): Promise<void> {
  return withPlatform({ env: GATE_ON }, async (platform) => {
    const queue = await EventQueue.open(platform, `${platform.home}/.spec-kitty/tracker/queue.db`);
    fill(queue, [1]);
    queue.transact((database) =>
      database.exec(
        "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES ('e-2', 'X', '{\"half', 9e9)",
      )
    );
    fill(queue, [3]);
    queue.close();
    await test(platform);
  });
}

Deno.test("a broken row leaves `events export --json` one document with the others, and exit 1", () =>
  withBrokenRow(async (platform) => {
    const { code, stdout, stderr } = await tracker(platform, "events", "export", "--json");
    assert.deepEqual(JSON.parse(stdout), {
      schema: 1,
      events: [sent(1, 1), sent(3, 2)],
      unreadable: [{ event_id: "e-2", data: '{"half' }],
    });
    assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
  }));

Deno.test("a broken row leaves `events export` the others' lines, and is named", () =>
  withBrokenRow(async (platform) => {
    const { code, stdout, stderr } = await tracker(platform, "events", "export");
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines, [sent(1, 1), sent(3, 2)]);
    assert.match(stderr, /^✗ 1 event cannot be read.*\n {3}e-2 {2}X\n/);
    assert.equal(code, 1);
  }));

Deno.test("`events list` says which row is broken", () =>
  withBrokenRow(async (platform) => {
    const { code, stdout } = await tracker(platform, "events", "list", "--json");
    const { events } = JSON.parse(stdout);
    assert.deepEqual(events.map(({ readable }: { readable: boolean }) => readable), [
      true,
      true,
      false,
    ]);
    assert.equal(code, 0);
  }));

for (const command of ["list", "export"]) {
  for (const json of [[], ["--json"]]) {
    Deno.test(`\`events ${[command, ...json].join(" ")}\` of a damaged queue fails and names the file`, () =>
      withPlatform({ env: GATE_ON }, async (platform) => {
        const path = `${platform.home}/.spec-kitty/tracker/queue.db`;
        const queue = await EventQueue.open(platform, path);
        fill(queue, Array.from({ length: 300 }, (_, i) => i + 1));
        queue.close();
        await damagePages(path);
        const { code, stderr } = await tracker(platform, "events", command, ...json);
        assert.equal(code, 1);
        assert.ok(stderr.includes(path), stderr);
        assert.match(stderr, /damaged/);
      }));
  }
}
