/** Processes that push the same work packages to one tool at one moment, from two clones. */
import assert from "node:assert/strict";
import { LocalTrackerService } from "../../../src/local/service.ts";
import { type LocalProject, withProject } from "../../local/local_project.ts";
import { realBd } from "../../local/real_bd.ts";
import { denoDirectory, programUnderTest, runIn } from "../../support/world.ts";
import { addSteps, writeMission } from "./push_scene.ts";

const MISSION = "001-search";

/** Writes the same mission into the project and a clone of it that is bound to the same tool; returns both. */
async function withClone(
  { platform, root }: LocalProject,
  credentials: { readonly command: string; readonly cwd: string },
): Promise<readonly string[]> {
  const clone = `${platform.home}/clone`;
  await Deno.mkdir(`${clone}/.kittify`, { recursive: true });
  const service = new LocalTrackerService({ platform, root: clone });
  await service.bind({
    ...{ provider: "beads", workspace: "main", credentials },
    doctrineMode: "split_ownership",
  });
  for (const place of [root, clone]) {
    await writeMission(place, MISSION, { WP01: {}, WP02: { dependencies: ["WP01"] } });
  }
  return [root, clone];
}

/** Pushes from each place, all at one moment. */
async function pushAtOnce({ platform }: LocalProject, places: readonly string[]): Promise<void> {
  const coverage = Deno.env.get("DENO_COVERAGE_DIR");
  const env = {
    HOME: platform.home,
    PATH: Deno.env.get("PATH") ?? "",
    DENO_DIR: await denoDirectory(),
    ...(coverage === undefined ? {} : { DENO_COVERAGE_DIR: coverage }),
  };
  const line = [...programUnderTest(), "wp", "push", "--all"];
  const ended = await Promise.all(
    places.map((project) => runIn({ project, env }, line)),
  );
  for (const { code, stdout, stderr } of ended) assert.equal(code, 0, stdout + stderr);
}

async function move(places: readonly string[]): Promise<void> {
  for (const place of places) {
    await addSteps(place, MISSION, [
      { wp: "WP01", to: "claimed", at: "2026-03-02T10:00:00Z", id: "01A" },
      { wp: "WP01", to: "done", at: "2026-03-02T11:00:00Z", id: "01B" },
      { wp: "WP02", to: "claimed", at: "2026-03-02T11:00:00Z", id: "01C" },
    ]);
  }
}

/** The tickets by package, each with its status. */
function packagesOf(issues: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] {
  return issues.map((issue) => [issue["external_ref"], issue["status"]])
    .toSorted(([a], [b]) => String(a) < String(b) ? -1 : 1);
}

const CREATED = [[`tracker:${MISSION}/WP01`, "open"], [`tracker:${MISSION}/WP02`, "open"]];
const MOVED = [[`tracker:${MISSION}/WP01`, "closed"], [`tracker:${MISSION}/WP02`, "in_progress"]];

Deno.test("pushes at one moment end in one issue of bd a package, at its last lane, each moved once", () =>
  withProject("bd", async (project) => {
    const { tool, bind } = project;
    await bind();
    const places = await withClone(project, { command: tool.command, cwd: tool.cwd });

    await pushAtOnce(project, places);
    assert.deepEqual(packagesOf(tool.issues()), CREATED);
    await move(places);
    const before = tool.calls().length;
    await pushAtOnce(project, places);

    assert.deepEqual(packagesOf(tool.issues()), MOVED);
    const writes = tool.calls().slice(before)
      .filter(([verb, what]) =>
        ["update", "close", "reopen"].includes(verb ?? "") && what !== "--help"
      );
    assert.equal(writes.length, 2, JSON.stringify(writes));
    assert.equal(tool.hadCollision(), false);
  }));

realBd(
  "pushes at one moment end in one issue of the real bd a package, at its last lane",
  async (project) => {
    const { command, cwd, bd } = project;
    const places = await withClone(project, { command, cwd });
    const issues = () => JSON.parse(bd("list", "--all", "--limit", "0", "--json"));

    await pushAtOnce(project, places);
    assert.deepEqual(packagesOf(issues()), CREATED);
    await move(places);
    await pushAtOnce(project, places);

    assert.deepEqual(packagesOf(issues()), MOVED);
  },
);
