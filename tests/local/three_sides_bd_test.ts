import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import { isoTime } from "../../src/platform/clock.ts";
import { readBdIssue } from "../../src/local/bd_issue.ts";
import { LocalTrackerService } from "../../src/local/service.ts";
import { BEADS_WORDS } from "../../src/local/words.ts";
import { valuesOf, withFields } from "../../src/sync/fields.ts";
import type { Strategy } from "../../src/sync/ownership.ts";
import { systemProcesses } from "../../src/platform/processes.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { installStandIn } from "../standins/stand_in.ts";
import { bdIssue } from "../support/issues.ts";
import { testPlatform } from "../support/platform.ts";
import { Killed } from "./fused_database.ts";
import { realBd } from "./real_bd.ts";
import { type Clone, type Edit, simulate, type Tool } from "./three_sides.ts";
import { generator, seedOf } from "../support/chance.ts";

const STEPS = 45;
const REAL_STEPS = 14;
const HOUR_MS = 60 * 60_000;

const RUNS: readonly { readonly strategy: Strategy; readonly version: string }[] = [
  { strategy: "newer_timestamp", version: "1.3.0" },
  { strategy: "local_wins", version: "1.0.0" },
];

for (const { strategy, version } of RUNS) {
  const variable = `TRACKER_THREE_SIDES_BD_${strategy.toUpperCase()}`;
  const seed = seedOf(variable);
  Deno.test(`two clones and the stand-in for bd ${version} with ${strategy} agree (${variable}=${seed}, ${STEPS} steps)`, () =>
    inDirectory(async (base) => {
      const chance = generator(seed);
      const below = (n: number) => Math.floor(chance() * n);
      const standIn = installStandIn(base, "bd");
      let truth = Date.parse("2026-03-01T12:00:00Z");
      const moved = () => ({ updated_at: isoTime(Math.floor(truth / 1000) * 1000) });
      const raw = (edit: Edit) => ({
        ...(edit.title === undefined ? {} : { title: edit.title }),
        ...(edit.body === undefined ? {} : { description: edit.body }),
        ...(edit.status === undefined
          ? {}
          : { status: BEADS_WORDS.status.toForeign(edit.status) ?? "open" }),
        ...(edit.assignees === undefined ? {} : { assignee: edit.assignees[0] }),
        ...(edit.labels === undefined ? {} : { labels: edit.labels }),
      });
      let count = 0;
      const tool: Tool = {
        ids: () => standIn.issues().map(({ id }) => String(id)),
        show: (id) => read(standIn.issues().find((issue) => issue["id"] === id)),
        edit(id, edit) {
          // Labels do not move the time.
          const isSilent = Object.keys(edit).every((field) => field === "labels");
          standIn.change(id, { ...raw(edit), ...(isSilent ? {} : moved()) });
        },
        add(title) {
          const id = `t-${count++}`;
          const at = moved();
          const made = bdIssue(id, { title, created_at: at.updated_at, ...at });
          standIn.setIssues([made, ...standIn.issues()]);
          return id;
        },
        remove(id) {
          standIn.setIssues(standIn.issues().filter((issue) => issue["id"] !== id));
        },
        rename(id) {
          const to = `r-${count++}`;
          standIn.change(id, { id: to });
          return to;
        },
        referenceOf,
      };
      function referenceOf(id: string): string | null {
        return referenceIn(standIn.issues().find((issue) => issue["id"] === id));
      }
      const clones = await Promise.all(
        [0, 1].map((at) =>
          serviceClone({ home: `${base}/clone-${at}`, ...standIn, strategy, below })
        ),
      );
      const skews = clones.map(() => (chance() - 0.5) * 2 * HOUR_MS);
      const tick = () => {
        standIn.behave({ version, now: truth });
        clones.forEach(({ setTime }, at) => setTime(truth + (skews[at] ?? 0)));
      };
      tick();
      await simulate({
        clones: clones.map(({ clone }) => clone),
        tool,
        strategy,
        chance,
        steps: STEPS,
        together: false,
        statuses: ["todo", "in_progress", "blocked", "done"],
        trouble: {
          next() {
            truth += below(3 * 60_000);
            tick();
          },
          end() {
            for (const { calm } of clones) calm();
          },
        },
      });
    }));
}

const REAL_SEED = seedOf("TRACKER_THREE_SIDES_REAL");

realBd(
  `two clones and the real bd agree (TRACKER_THREE_SIDES_REAL=${REAL_SEED}, ${REAL_STEPS} steps)`,
  (project) =>
    inDirectory(async (base) => {
      const { bd, command, cwd } = project;
      const chance = generator(REAL_SEED);
      const below = (n: number) => Math.floor(chance() * n);
      const strategy = "newer_timestamp";
      let listed: Map<string, Record<string, unknown>> | null = null;
      const issues = (): Map<string, Record<string, unknown>> => {
        if (listed !== null) return listed;
        const all: Record<string, unknown>[] = JSON.parse(
          bd("list", "--all", "--limit", "0", "--json"),
        );
        return listed = new Map(all.map((issue) => [String(issue["id"]), issue]));
      };
      const writing = (...args: string[]) => {
        listed = null;
        return bd(...args);
      };
      const tool: Tool = {
        ids: () => [...issues().keys()],
        show: (id) => read(issues().get(id)),
        edit(id, { title, body, status, assignees, labels }) {
          const before = read(issues().get(id)).labels;
          const args = [
            ...(title === undefined ? [] : [`--title=${title}`]),
            ...(body === undefined ? [] : [`--description=${body}`]),
            ...(status === undefined
              ? []
              : ["--status", BEADS_WORDS.status.toForeign(status) ?? ""]),
            ...(assignees === undefined ? [] : [`--assignee=${assignees[0] ?? ""}`]),
            ...(labels ?? []).map((label) => `--add-label=${label}`),
            ...(labels === undefined ? [] : before.map((label) => `--remove-label=${label}`)),
          ];
          if (args.length > 0) writing("update", id, ...args);
        },
        add: (title) => String(JSON.parse(writing("create", `--title=${title}`, "--json")).id),
        remove: (id) => void writing("delete", id, "--force"),
        // It renames all at once, which another test does.
        rename: (id) => id,
        referenceOf: (id) => referenceIn(issues().get(id)),
      };
      const clones = await Promise.all(
        [0, 1].map((at) =>
          serviceClone({ home: `${base}/clone-${at}`, command, cwd, strategy, below })
        ),
      );
      const skews = clones.map(() => (chance() - 0.5) * 2 * HOUR_MS);
      await simulate({
        clones: clones.map(({ clone }) => ({
          ...clone,
          sync(start) {
            listed = null;
            return clone.sync(start);
          },
        })),
        tool,
        strategy,
        chance,
        steps: REAL_STEPS,
        together: false,
        // Who may close or take over what another works on is for `bd` to say.
        statuses: ["todo", "blocked"],
        trouble: {
          next() {
            clones.forEach(({ setTime }, at) => setTime(Date.now() + (skews[at] ?? 0)));
          },
          end() {
            for (const { calm } of clones) calm();
          },
        },
      });
    }),
);

interface ServiceCloneOptions {
  readonly home: string;
  readonly command: string;
  readonly cwd: string;
  readonly strategy: Strategy;
  readonly below: (n: number) => number;
}

/** A clone with a home of its own; its syncs are killed right before or after a call of the tool now and then. */
async function serviceClone({ home, command, cwd, strategy, below }: ServiceCloneOptions): Promise<{
  readonly clone: Clone;
  setTime(ms: number): void;
  calm(): void;
}> {
  const real = systemProcesses(systemClock());
  let isCalm = false;
  let callsLeft = Infinity;
  const root = `${home}/project`;
  await Deno.mkdir(`${root}/.kittify`, { recursive: true });
  const machine = testPlatform(home, {
    processes: {
      ...real,
      async run(options) {
        if (--callsLeft === 0 && below(2) === 0) throw new Killed("Killed");
        const result = await real.run(options);
        if (callsLeft === 0) throw new Killed("Killed");
        return result;
      },
    },
  });
  const bytes = (length: number) => new Uint8Array(length).map(() => below(256));
  const platform = { ...machine, random: { ...machine.random, bytes } };
  const service = new LocalTrackerService({ platform, root });
  await service.bind({
    provider: "beads",
    workspace: "main",
    credentials: { command, cwd },
    doctrineMode: "split_ownership",
    strategy,
  });
  return {
    setTime: (ms) => machine.clock.setWallTime(ms),
    calm() {
      isCalm = true;
    },
    clone: {
      service,
      async edit(id, editOf) {
        const { issue, refused } = await service.issueShow(id);
        const wanted = valuesOf(refused.map(({ field, wanted }) => [field, wanted] as const));
        await service.issueEdit(id, editOf(withFields(issue, wanted)));
      },
      async sync({ kind, ...options }) {
        callsLeft = !isCalm && below(4) === 0 ? 1 + below(8) : Infinity;
        try {
          return await service[kind](options);
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          return null;
        } finally {
          callsLeft = Infinity;
        }
      },
    },
  };
}

function read(raw: unknown): NormalizedIssue {
  const reading = readBdIssue(raw, "main");
  assert.ok(reading.ok);
  return reading.issue;
}

function referenceIn(raw: Record<string, unknown> | undefined): string | null {
  const reference = raw?.["external_ref"];
  return typeof reference === "string" ? reference.replace("tracker:", "") : null;
}

async function inDirectory(test: (base: string) => Promise<void>): Promise<void> {
  const base = await Deno.makeTempDir({ prefix: "tracker-three-" });
  try {
    await test(base);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}
