import type { Bench } from "./bench.ts";
import { runFor } from "./programs/child.ts";
import { readPackages, readPlainly } from "./programs/packages.ts";

const MISSIONS = 300;
const PACKAGES = 6;
const LANES = ["planned", "claimed", "in_progress", "for_review", "approved", "done"] as const;

/** How long reading all work packages takes, next to reading the same files and parsing their JSON alone. */
export const bench: Bench = {
  name: "packages",
  what: `${MISSIONS} missions with ${PACKAGES} work packages and ${LANES.length - 1} steps each, ` +
    "as a ratio to reading the files and parsing JSON",
  rounds: 9,
  async prepare() {
    const root = await Deno.makeTempDir({ prefix: "tracker-bench-packages-" });
    for (let at = 0; at < MISSIONS; at++) await plant(root, at);
    const first: number[] = [];
    return {
      baseline: { name: "read and parse", run: () => requireAll(readPlainly(root)) },
      cases: [
        {
          name: "readAllPackages",
          limit: 4,
          run: async () => requireAll(await readPackages(root)),
        },
        {
          name: "read and parse first in a process",
          of: "read and parse first in a process",
          run: () => runFor("packages.ts", [root, "plainly"]),
        },
        {
          name: "readAllPackages first in a process",
          of: "read and parse first in a process",
          limit: 4,
          async run() {
            const ms = await runFor("packages.ts", [root, "whole"]);
            first.push(ms);
            return ms;
          },
        },
      ],
      figures: () => [
        { name: "quickest first look", value: Math.min(...first), unit: "ms", limit: 200 },
      ],
      clean: () => Deno.remove(root, { recursive: true }),
    };
  },
};

function requireAll(count: number): void {
  if (count !== MISSIONS * PACKAGES) throw new Error(`${count} packages were read`);
}

async function plant(root: string, at: number): Promise<void> {
  const name = `${String(at).padStart(3, "0")}-mission`;
  const directory = `${root}/kitty-specs/${name}`;
  await Deno.mkdir(`${directory}/tasks`, { recursive: true });
  await Deno.writeTextFile(
    `${directory}/meta.json`,
    JSON.stringify({ mission_number: at, slug: "mission", created_at: "2026-02-08T12:00:00Z" }),
  );
  const lines: string[] = [];
  for (let one = 1; one <= PACKAGES; one++) {
    const wpId = `WP0${one}`;
    for (const [place, lane] of LANES.slice(1).entries()) lines.push(line(at, wpId, place, lane));
    await Deno.writeTextFile(`${directory}/tasks/${wpId}-part.md`, packageText(wpId));
  }
  await Deno.writeTextFile(`${directory}/status.events.jsonl`, lines.join("\n"));
}

function line(mission: number, wpId: string, place: number, lane: string): string {
  return JSON.stringify({
    event_id: `01KH${mission}${wpId}${place}`.padEnd(26, "0"),
    wp_id: wpId,
    from_lane: LANES[place],
    to_lane: lane,
    at: `2026-02-08T12:0${place}:00.123456+00:00`,
    actor: "claude",
    force: false,
    execution_mode: "worktree",
    reason: null,
    review_ref: null,
    evidence: null,
    policy_metadata: null,
  });
}

function packageText(wpId: string): string {
  return [
    "---",
    `work_package_id: ${wpId}`,
    `title: The part ${wpId}`,
    "dependencies:",
    "- WP01",
    "requirement_refs: [R-001, R-002]",
    "subtasks:",
    "- T101",
    "- T102",
    "phase: Phase 1 - Setup",
    "assignee: ''",
    'agent: "claude:opus:implementer:implementer"',
    "history:",
    "- at: '2026-02-08T12:00:00+00:00'",
    "  actor: system",
    "  action: Prompt generated",
    "---",
    "",
    `# Work Package Prompt: ${wpId}`,
    "",
    "Do the thing well. ".repeat(200),
  ].join("\n");
}
