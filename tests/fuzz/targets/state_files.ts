import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import { explain } from "../../../src/cli/services/failure.ts";
import { daemonStatus } from "../../../src/daemon/status.ts";
import { readDaemonState } from "../../../src/daemon/state.ts";
import { EventQueue } from "../../../src/events/queue.ts";
import { readQueueCounts } from "../../../src/events/queue_counts.ts";
import { uploadEvents } from "../../../src/events/upload.ts";
import { gitFacts, gitHead, repositorySlug } from "../../../src/project/git.ts";
import { originTicketOf, readMeta, setOriginTicket } from "../../../src/project/mission_meta.ts";
import { anEvent } from "../../contract/samples.ts";
import { bytesOf, fuzzMachine } from "../machine.ts";
import { mutated, mutatedJson, mutatedText, ODD_VALUE } from "../mutation.ts";
import { onPurpose, type Target, target } from "../target.ts";

const STATE = JSON.stringify({
  pid: 4_000_000,
  port: 9,
  token: "0123456789abcdef0123",
  version: "1.0.0",
  started_at: "2026-01-01T00:00:00Z",
  heartbeat: "2026-01-01T00:00:00Z",
});

/** The state file of the background daemon. */
export const daemonState: Target = target({
  name: "daemon-state",
  input: mutated([STATE, JSON.stringify(JSON.parse(STATE), null, 2)]),
  open: () =>
    fuzzMachine({
      env: { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" },
      answer: () => Promise.resolve(new Response("[]", { status: 200 })),
    }),
  close: (machine) => machine.remove(),
  async attempt(bytes, machine) {
    await Deno.mkdir(`${machine.home}/.spec-kitty`, { recursive: true });
    await Deno.mkdir(`${machine.home}/.spec-kitty/tracker`, { recursive: true });
    await Deno.writeFile(`${machine.home}/.spec-kitty/tracker/daemon.json`, bytes);
    await readDaemonState(machine);
    const status = await daemonStatus(machine);
    assert.ok(status.kind === "stopped" || status.kind === "stale");
    assert.equal(JSON.stringify(status).includes("0123456789abcdef0123"), false);
  },
});

const TICKET = {
  provider: "linear",
  resource_type: "linear_team",
  resource_id: "t1",
  external_issue_id: "i1",
  external_issue_key: "WEB-1",
  external_issue_url: "https://x.example/1",
  title: 'A "title" \u2028',
} as const;

const META: readonly string[] = [
  `{\n  "feature_number": "001",\n  "feature_slug": "001-web",\n  "origin_ticket": ${
    JSON.stringify(TICKET)
  },\n  "x": [1, {"y": null}]\n}\n`,
  `\ufeff{"slug":"web","a":"\\u00e9\\"}","created_at":"2026-01-01T00:00:00Z"}`,
  `{"origin_ticket": null, "origin_ticket": {}, "mission": "m"}`,
  "{}",
];

/** The metadata of a mission: read, and a ticket written into it. */
export const missionMeta: Target = target({
  name: "mission-meta",
  input: mutated(META),
  open: () => fuzzMachine(),
  close: (machine) => machine.remove(),
  async attempt(bytes, machine) {
    const directory = `${machine.home}/kitty-specs/001-web`;
    const path = `${directory}/meta.json`;
    await Deno.mkdir(directory, { recursive: true });
    await Deno.writeFile(path, bytes);
    const read = await onPurpose(() => readMeta(machine, directory));
    const set = await onPurpose(() => setOriginTicket(machine, directory, TICKET));
    assert.equal(set.ok, read.ok);
    if (!read.ok) return assert.deepEqual(await bytesOf(path), bytes);
    const after = await readMeta(machine, directory);
    assert.deepEqual({ ...originTicketOf(after) }, { ...TICKET });
    const rest = ({ origin_ticket: _, ...other }: typeof after) => other;
    assert.deepEqual(rest(after), rest(read.value), "nothing else has changed");
  },
});

const GIT: readonly string[] = [
  "ref: refs/heads/main\n",
  "0123456789abcdef0123456789abcdef01234567\n",
  "ref: refs/heads/../../../etc/passwd\n",
  `[core]\n\tbare = false\n[remote "origin"]\n\turl = https://ada:SECRETMARKER@example.com/acme/web.git ; c\n`,
  `[remote "origin"] # x\n  URL="ssh://git@example.com:22/acme/web"\n[branch "main"]\n`,
  `0123456789abcdef0123456789abcdef01234567 refs/heads/main\n^0123456789abcdef0123456789abcdef01234567\n`,
  "gitdir: ../elsewhere/.git\n",
];

/** What a repository says of itself. */
export const gitFiles: Target = target({
  name: "git-files",
  input: fc.record({
    head: mutated(GIT),
    config: mutated(GIT),
    packed: mutated(GIT),
    url: mutatedText(GIT),
  }),
  open: () => fuzzMachine(),
  close: (machine) => machine.remove(),
  async attempt({ head, config, packed, url }, machine) {
    const git = `${machine.home}/.git`;
    await Deno.mkdir(git, { recursive: true });
    await Deno.writeFile(`${git}/HEAD`, head);
    await Deno.writeFile(`${git}/config`, config);
    await Deno.writeFile(`${git}/packed-refs`, packed);
    const facts = await gitFacts(machine, machine.home);
    const user = /^https?:\/\/[^/]*@/i.test(facts.originUrl ?? "");
    assert.equal(user, false, "an address is told without its user and password");
    assert.ok(facts.commit === null || /^[0-9a-f]{40,64}$/.test(facts.commit));
    await gitHead(machine, machine.home)();
    repositorySlug(url);
  },
});

const EVENT = JSON.stringify(anEvent());

/** Rows of the event queue, as a damaged or foreign file may hold them, and the host's answer to them. */
export const eventQueue: Target = target({
  name: "event-queue",
  input: fc.record({
    rows: fc.array(
      fc.record({
        id: fc.oneof(fc.constantFrom("e1", "e2", "\u0000"), fc.string()),
        type: fc.string(),
        data: fc.oneof(mutatedText([EVENT]), mutatedJson([anEvent()]).map(jsonOrEmpty)),
        timestamp: fc.oneof(fc.integer(), fc.constantFrom(Number.MAX_SAFE_INTEGER, -1)),
        retries: fc.integer({ min: -1, max: 12 }),
      }),
      { maxLength: 4 },
    ),
    status: fc.constantFrom(200, 200, 400, 401, 403, 500),
    answer: fc.oneof(
      mutatedJson([
        {
          results: [{ event_id: "e1", status: "success" }, { event_id: "e2", status: "rejected" }],
        },
        { error: "bad", details: [{ event_id: "e1", reason: "x" }] },
        { error: "bad", details: '[{"event_id": "e1", "error": "x"}]' },
      ]),
      ODD_VALUE,
    ),
    damage: fc.option(fc.record({ at: fc.nat(40_000), byte: fc.nat(255) }), { freq: 4 }),
  }),
  open: () => fuzzMachine(),
  close: (machine) => machine.remove(),
  async attempt({ rows, status, answer, damage }, machine) {
    const path = `${machine.home}/queues/queue-0.db`;
    await Deno.remove(`${machine.home}/queues`, { recursive: true }).catch(() => {});
    const made = await EventQueue.open(machine, path);
    made.close();
    const database = await machine.openDatabase(path);
    const insert = database.prepare(
      "INSERT OR IGNORE INTO queue (event_id, event_type, data, timestamp, retry_count) VALUES (?, ?, ?, ?, ?)",
    );
    for (const row of rows) insert.run(row.id, row.type, row.data, row.timestamp, row.retries);
    database.close();
    if (damage !== null) await damaged(path, damage);
    const total = rows.length;
    await explained(machine, () => readQueueCounts(machine, path));
    await explained(machine, async () => {
      const queue = await EventQueue.open(machine, path);
      try {
        queue.counts();
        for (const event of queue.list()) assert.equal(typeof event.data, "string");
        const before = queue.counts().total;
        const result = await uploadEvents({
          platform: machine,
          queue,
          sink: { send: () => Promise.resolve({ status, body: answer }) },
        });
        assert.ok(result.sent + result.duplicates <= total);
        const gone = before - queue.counts().total;
        assert.equal(gone, result.sent + result.duplicates, "events leave only when they arrived");
      } finally {
        queue.close();
      }
    });
  },
});

/** What a damaged page throws in the middle of a query is for the edge to put into words. */
async function explained<T>(platform: Platform, work: () => Promise<T>): Promise<void> {
  await onPurpose(async () => {
    try {
      await work();
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      throw explain(error, { platform, command: null });
    }
  });
}

async function damaged(path: string, { at, byte }: { at: number; byte: number }): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[at % bytes.length] = byte;
  await Deno.writeFile(path, bytes);
}

function jsonOrEmpty(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}
