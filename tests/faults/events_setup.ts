/** What the fault scripts share: a real machine with a user directory of its own. */
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { EventEmitter } from "../../src/events/emitter.ts";
import { EventQueue } from "../../src/events/queue.ts";

/** The real machine, but for its environment, which processes started by it get too. */
export function machine(env: Readonly<Record<string, string>>, mainModule?: string): Platform {
  const real = systemPlatform();
  return {
    ...real,
    env: { get: (name) => env[name] },
    system: {
      ...real.system,
      ...(mainModule === undefined ? {} : { mainModule: () => mainModule }),
    },
    processes: {
      ...real.processes,
      startDetached: (options) => real.processes.startDetached({ ...options, env }),
    },
  };
}

/** An emitter of the one node that all emitters of a machine share. */
export function faultEmitter(platform: Platform, path: string): EventEmitter {
  return new EventEmitter({
    platform,
    queue: () => EventQueue.open(platform, path),
    context: () =>
      Promise.resolve({
        nodeId: "a1b2c3d4e5f6",
        projectUuid: "550e8400-e29b-41d4-a716-446655440000",
        projectSlug: "faults",
        repoSlug: null,
        teamSlug: null,
        gitBranch: null,
        headCommitSha: null,
      }),
    maxQueueSize: () => Promise.resolve(1_000_000),
    warn: (message) => platform.terminal.stderr.write(`${message}\n`),
  });
}
