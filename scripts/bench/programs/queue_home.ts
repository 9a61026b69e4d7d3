import type { Emitter, HistoryAdded } from "../../../src/events/emit.ts";
import type { EventEnvelope } from "../../../src/contract/events.ts";
import { openEmitter } from "../../../src/events/open.ts";
import { EventQueue } from "../../../src/events/queue.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import { systemPlatform } from "../../../src/platform/system.ts";

/** A home and a project in a repository of its own. */
export interface QueueHome {
  readonly platform: Platform;
  /** An emitter as commands use it. */
  emitter(): Emitter;
}

/** Makes a home in which events can be emitted. */
export async function queueHome(base: string): Promise<QueueHome> {
  const root = `${base}/project`;
  await Deno.mkdir(`${root}/.kittify`, { recursive: true });
  await Deno.mkdir(`${root}/.git/refs/heads`, { recursive: true });
  await Deno.writeTextFile(`${root}/.git/HEAD`, "ref: refs/heads/main\n");
  await Deno.writeTextFile(`${root}/.git/refs/heads/main`, `${"0123456789".repeat(4)}\n`);
  const env: Readonly<Record<string, string>> = {
    HOME: base,
    SPEC_KITTY_HOME: `${base}/user`,
    SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
  };
  const platform: Platform = { ...systemPlatform(), env: { get: (name) => env[name] } };
  return { platform, emitter: () => openEmitter({ platform, root }) };
}

/** The payload of one of many events. */
export function eventOf(index: number): HistoryAdded {
  return {
    wp_id: `WP${String(index % 100).padStart(2, "0")}`,
    entry_type: "note",
    entry_content: `Note ${index}: what was found, and what was done about it.`,
    author: "Ann",
  };
}

/** Makes a queue at `path` that holds many events, in one transaction. */
export async function fillQueue(platform: Platform, path: string, count: number): Promise<void> {
  const queue = await EventQueue.open(platform, path);
  queue.transact((database) => {
    const insert = database.prepare(
      "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
    );
    for (let i = 0; i < count; i++) {
      const event = envelope(i);
      insert.run(event.event_id, event.event_type, JSON.stringify(event), 1_780_000_000 + i);
    }
  });
  queue.close();
}

/** One of many events, with its envelope. */
export function envelope(index: number): EventEnvelope {
  return {
    event_id: `01J${String(index).padStart(23, "0")}`,
    event_type: "HistoryAdded",
    aggregate_id: eventOf(index).wp_id,
    aggregate_type: "WorkPackage",
    payload: { ...eventOf(index) },
    timestamp: new Date(1_780_000_000_000 + index * 1000).toISOString(),
    node_id: "0123456789ab",
    lamport_clock: index + 1,
    causation_id: null,
    team_slug: "acme",
    project_uuid: "550e8400-e29b-41d4-a716-446655440000",
    project_slug: "my-project",
    git_branch: "main",
    head_commit_sha: "0123456789".repeat(4),
    repo_slug: "acme/web",
  };
}
