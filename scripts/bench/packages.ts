import { readAllPackages } from "../../src/missions/packages/read_packages.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import type { Bench } from "./bench.ts";

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
    const platform = systemPlatform();
    const times: number[] = [];
    return {
      baseline: { name: "read and parse", run: () => Promise.resolve(readAndParse(root)) },
      cases: [{
        name: "readAllPackages",
        limit: 5,
        async run() {
          const started = performance.now();
          const found = await readAllPackages(platform, root);
          times.push(performance.now() - started);
          const count = found.reduce((sum, { packages }) => sum + packages.length, 0);
          if (count !== MISSIONS * PACKAGES) throw new Error(`${count} packages were read`);
        },
      }],
      figures: () => [
        { name: "first look of a process", value: times[0] ?? 0, unit: "ms" },
        { name: "quickest look", value: Math.min(...times), unit: "ms", limit: 200 },
      ],
      clean: () => Deno.remove(root, { recursive: true }),
    };
  },
};

/** What no reader can do without: each file once, and its JSON parsed. */
function readAndParse(root: string): void {
  let length = 0;
  for (const mission of Deno.readDirSync(`${root}/kitty-specs`)) {
    const directory = `${root}/kitty-specs/${mission.name}`;
    JSON.parse(Deno.readTextFileSync(`${directory}/meta.json`));
    const log = Deno.readTextFileSync(`${directory}/status.events.jsonl`);
    for (const line of log.split("\n")) if (line !== "") JSON.parse(line);
    for (const file of Deno.readDirSync(`${directory}/tasks`)) {
      length += Deno.readTextFileSync(`${directory}/tasks/${file.name}`).length;
    }
  }
  if (length === 0) throw new Error("nothing was read");
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
