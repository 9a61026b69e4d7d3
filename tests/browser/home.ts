import { type RunningDashboard, startDashboard } from "../../src/dashboard/start.ts";
import { openEmitter } from "../../src/events/open.ts";
import { emitWpStatusChanged } from "../../src/events/emit.ts";
import { IssueCache } from "../../src/client/sync_cache.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { loadBinding } from "../../src/project/config.ts";
import type { IssueStore } from "../../src/store/issue_store.ts";
import { VERSION } from "../../src/cli/version.ts";
import { ends } from "../support/bound.ts";
import type { World } from "../support/world.ts";
import { issue } from "../dashboard/support.ts";

/** A title that would do harm as markup or on a terminal. */
export const HOSTILE_TITLE =
  "<b>Bold</b> <img src=x onerror=\"document.title='owned'\"> \u001b[31mred\u0007 \u202Egnp.exe";

/** A text with all that the page draws, and much that it must not. */
export const BODY = `# Steps

Open **the page**, then see [the guide](https://docs.rs/guide) or \`tracker sync run\`.

- [x] done
- [ ] to do, <img src=x onerror="document.title='owned'">

| step | done |
| :--- | ---: |
| <b>log in</b> | **3** |

> quoted [bad](javascript:alert(1))

\`\`\`
${"a long line of code ".repeat(20)}
\`\`\`
`;

/** The real machine as the user of a world sees it; processes it starts are the program itself. */
export function machineOf(world: World, env: Readonly<Record<string, string>> = {}): Platform {
  const real = systemPlatform();
  const all: Record<string, string> = { ...world.env, ...env };
  return {
    ...real,
    env: { get: (name) => all[name] },
    processes: {
      ...real.processes,
      startDetached: (options) => real.processes.startDetached({ ...options, env: all }),
    },
    system: {
      ...real.system,
      cwd: () => world.project,
      mainModule: () => new URL("../../main.ts", import.meta.url).href,
    },
  };
}

/** Serves the dashboard of a world's project while a test looks at it. */
export async function withDashboard(
  world: World,
  look: (dashboard: RunningDashboard) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const platform = machineOf(world, env);
  const dashboard = await startDashboard({ platform, root: world.project, version: VERSION });
  try {
    await look(dashboard);
  } finally {
    await dashboard.stop();
  }
}

/** Queues events of the world's project. */
export async function queueEvents(world: World, count: number): Promise<void> {
  const emitter = openEmitter({ platform: machineOf(world), root: world.project });
  try {
    for (let i = 0; i < count; i++) {
      await emitWpStatusChanged(emitter, {
        wp_id: "WP01",
        from_lane: "planned",
        to_lane: "in_progress",
      });
    }
  } finally {
    await emitter.close();
  }
}

/** Changes the cache of the world's binding to the Linear provider. */
export async function changeCache(
  world: World,
  change: (store: IssueStore) => void,
): Promise<void> {
  const platform = machineOf(world);
  const cache = new IssueCache({ platform, provider: "linear", baseUrl: world.hostUrl });
  const store = await cache.open(await loadBinding(platform, world.project));
  try {
    change(store);
  } finally {
    store.close();
  }
}

/** Sets what background sync may do by itself. */
export async function setPolicy(world: World, policy: "auto" | "manual"): Promise<void> {
  await Deno.writeTextFile(
    `${world.home}/.spec-kitty/config.toml`,
    `[sync]\nbackground_daemon = "${policy}"\n`,
  );
}

/** Gives a bound world issues, queued events, a conflict and a mapping. */
export async function prepare(world: World): Promise<void> {
  await ends(world, 0, ["sync", "pull", "--limit", "20"]);
  await queueEvents(world, 3);
  await changeCache(world, (store) => {
    store.putPage([
      issue("9001", {
        ref: {
          system: "linear",
          workspace: "acme",
          id: "9001",
          key: "ENG-9001",
          url: "https://linear.app/acme/ENG-9001",
        },
        title: HOSTILE_TITLE,
        body: BODY,
        links: [{
          type: "blocks",
          ref: { system: "linear", workspace: "acme", id: "9000", key: "ENG-9000" },
        }],
        labels: ["<i>label</i>", "ui"],
        assignees: ["Ada"],
        status: "blocked",
        priority: 1,
        updated_at: new Date().toISOString(),
      }),
    ]);
    const base = issue("9000", { updated_at: "2026-01-01T00:00:00Z" });
    const fault = { code: "refused", message: "It has open blockers.", at: 1 };
    store.issues.put({
      issue: { ...base, status: "done", title: "Edited here" },
      base,
      edits: { status: { at: 1, fault }, title: { at: 1 } },
      seenAt: null,
    });
    store.conflicts.record({
      issueId: "9001",
      field: "title",
      reason: "both_changed",
      base: null,
      ours: "<u>Ours</u>",
      theirs: "Theirs",
      taken: null,
    }, Date.now());
    store.mappings.add(
      {
        wp_id: "WP01",
        system: "linear",
        workspace: "acme",
        external_id: "9001",
        external_key: "ENG-9001",
      },
      new Date().toISOString(),
    );
  });
}
