/** What the host says of its connection to the provider is shown by `status` and `doctor`, with what to do. */
import assert from "node:assert/strict";
import { isJsonObject } from "../../src/contract/field.ts";
import type { Fetch } from "../../src/platform/platform.ts";
import { assertSafe, HOSTILE } from "../security/hostile_text.ts";
import type { World } from "../support/world.ts";
import { doctor, type Line, withHealthyWorld } from "./doctor_support.ts";

const NOW = Date.now();
const HOUR = 60 * 60_000;
const iso = (ms: number) => new Date(ms).toISOString();
const shown = (ms: number) => `${iso(ms).slice(0, 16).replace("T", " ")} UTC`;

/** A network whose hosts say this of the connection, where they are asked for a status. */
function saying(connection: unknown): (real: Fetch) => Fetch {
  return (real) => async (input, init) => {
    const answer = await real(input, init);
    const { status, headers } = answer;
    const kept = new Headers(headers);
    kept.delete("content-length");
    const text = await answer.text();
    const body: unknown = text === "" ? null : JSON.parse(text);
    if (!isJsonObject(body) || !("sync_state" in body || "valid" in body || "bindings" in body)) {
      return new Response(text === "" ? null : text, { status, headers: kept });
    }
    const more = { connection, connections: [connection] };
    return new Response(JSON.stringify({ ...body, ...more }), { status, headers: kept });
  };
}

const SEEN = {
  name: "ours",
  last_change_at: iso(NOW - 3 * HOUR),
  last_read_at: iso(NOW - 61_000),
  waiting: 2,
};

async function status(world: World, connection: unknown, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await world.here(["status", ...more], {
    fetch: saying(connection),
  });
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

async function found(world: World, connection: unknown): Promise<{ line: Line; code: number }> {
  const { lines, code } = await doctor(world, { fetch: saying(connection) });
  const [line] = lines.filter(({ check }) => check === "connection");
  assert.ok(line !== undefined);
  return { line, code };
}

const STATES: readonly {
  readonly connection: Readonly<Record<string, unknown>>;
  readonly words: string;
  readonly step: RegExp | null;
  readonly status: Line["status"];
}[] = [
  { connection: { state: "ok" }, words: "connected", step: null, status: "ok" },
  {
    connection: { state: "limited", until: iso(NOW + HOUR) },
    words: `limited until ${shown(NOW + HOUR)}`,
    step: /it continues by itself/,
    status: "info",
  },
  {
    connection: { state: "refused", since: iso(NOW - HOUR), message: "Bad credentials" },
    words: `refused since ${shown(NOW - HOUR)}`,
    step:
      /`tracker host connect linear --name \w+`, with the same places and a credential that works/,
    status: "failed",
  },
  {
    connection: { state: "unreachable", since: iso(NOW - HOUR), message: "No answer" },
    words: `unreachable since ${shown(NOW - HOUR)}`,
    step: /tried again by itself; `tracker host connection test ours`/,
    status: "warning",
  },
  {
    connection: { state: "paused", since: iso(NOW - HOUR) },
    words: `paused since ${shown(NOW - HOUR)}`,
    step: /`tracker host connection resume ours`/,
    status: "warning",
  },
  {
    connection: { state: "unreadable", message: "The repository is gone" },
    words: "not readable",
    step: /`tracker host connection show ours`.*`tracker host sync ours`/,
    status: "failed",
  },
  { connection: { state: "melting" }, words: "melting", step: null, status: "info" },
];

Deno.test("each state of a connection is told with its reason, its step and the last change seen", () =>
  withHealthyWorld(async (world) => {
    for (const { connection, words, step, status: expected } of STATES) {
      const told = { ...SEEN, ...connection };
      const stdout = await status(world, told);
      const [heading = ""] = stdout.split("\n");
      assert.ok(heading.endsWith(` · linear · ${words}`), heading);
      const message = connection["message"];
      if (message !== undefined) {
        assert.match(stdout, new RegExp(`^  connection +${message}$`, "m"));
      }
      assert.match(stdout, /^ {2}last change 3 hours ago, read 1 minute ago$/m);
      assert.match(stdout, /^ {2}at the host +2 changes not delivered to linear yet$/m);
      const next = /^ {2}next +at the host: (.*)$/m.exec(stdout)?.[1] ?? null;
      if (step === null) assert.equal(next, null);
      else assert.match(next ?? "", step);

      const { line, code } = await found(world, told);
      assert.equal(line.status, expected, words);
      assert.equal(code, expected === "failed" ? 1 : 0);
      assert.match(line.message, /last change seen there: 3 hours ago/);
      if (expected !== "ok") assert.ok(line.message.includes(words), line.message);
      if (step !== null && expected !== "info") assert.match(line.next_action ?? "", step);
      assert.equal(line.details["state"], connection["state"]);
      assert.equal(line.details["waiting"], 2);
    }
  }));

Deno.test("a connection that was removed is told with where changes stay, and how to connect again", () =>
  withHealthyWorld(async (world) => {
    const message = 'No connection brings "Engineering" any more: what is sent stays in the host';
    const told = { name: "linear", state: "removed", message };
    const stdout = await status(world, told);
    assert.match(stdout, / · linear · not connected\n/);
    assert.ok(stdout.includes(`  connection  ${message}\n`), stdout);
    assert.match(
      stdout,
      /^ {2}next +at the host: `tracker host connect linear`, with this place,/m,
    );
    assert.doesNotMatch(stdout, /last change/);
    const { line, code } = await found(world, told);
    assert.deepEqual([line.status, code], ["warning", 0]);
    assert.equal(line.message, `the host is not connected to linear any more: ${message}`);
  }));

Deno.test("what was made without a connection and not taken is said, with what to do", () =>
  withHealthyWorld(async (world) => {
    const told = { ...SEEN, state: "ok", not_taken: 1 };
    const stdout = await status(world, told);
    assert.match(
      stdout,
      /^ {2}at the host +1 change made without a connection, not taken by linear$/m,
    );
    const step = /Activity in the host's console says why; `tracker host sync ours` tries again/;
    assert.match(stdout, step);
    const { line, code } = await found(world, told);
    assert.deepEqual([line.status, code], ["warning", 0]);
    assert.match(line.message, /; 1 change made without a connection, not taken by linear;/);
    assert.match(line.next_action ?? "", step);
    assert.equal(line.details["not_taken"], 1);
    assert.doesNotMatch(await status(world, { ...told, not_taken: 0 }), /not taken/);
  }));

Deno.test("`status --json` and `status --all` have the connections as the host tells them", () =>
  withHealthyWorld(async (world) => {
    const told = { ...SEEN, state: "refused", message: "Bad credentials" };
    const { connection } = JSON.parse(await status(world, told, "--json"));
    assert.deepEqual(connection, told);
    const all = JSON.parse(await status(world, told, "--all", "--json"));
    assert.deepEqual(all.connections, [told]);
    assert.match(await status(world, told, "--all"), /ours +refused +Bad credentials/);
  }));

Deno.test("a credential that lacks a permission is told, though the connection works", () =>
  withHealthyWorld(async (world) => {
    const told = { ...SEEN, state: "ok", message: "The credential may not: write issues" };
    assert.match(
      await status(world, told),
      /^ {2}connection +The credential may not: write issues$/m,
    );
    const { line, code } = await found(world, told);
    assert.deepEqual([line.status, code], ["info", 0]);
    assert.match(line.message, /may not: write issues/);
  }));

Deno.test("a host that says nothing of a connection is shown as before", () =>
  withHealthyWorld(async (world) => {
    for (const told of [null, undefined, "refused", {}]) {
      const stdout = await status(world, told);
      assert.match(stdout.split("\n")[0] ?? "", / · linear · connected$/);
      const { lines } = await doctor(world, { fetch: saying(told) });
      assert.deepEqual(lines.filter(({ check }) => check === "connection"), []);
    }
    assert.doesNotMatch(await status(world, null), /last change/);
  }));

Deno.test("words of strangers in a connection act on no terminal, and in no command that is shown", () =>
  withHealthyWorld(async (world) => {
    const name = `x; rm -rf ~${HOSTILE}`;
    for (const state of ["refused", "paused", `odd${HOSTILE}`]) {
      const told = { ...SEEN, name, state, message: `No${HOSTILE}`, since: `now${HOSTILE}` };
      for (const args of [["status"], ["status", "--all"], ["doctor"]]) {
        const result = await world.here(args, { fetch: saying(told) });
        assertSafe(args.join(" "), result);
        assert.match(result.stdout, /FORGED/);
        assert.doesNotMatch(result.stdout, /(resume|test|show|sync) x; rm/);
      }
    }
  }));
