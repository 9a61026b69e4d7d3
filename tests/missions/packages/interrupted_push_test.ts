import assert from "node:assert/strict";
import { type LocalProject, withProject } from "../../local/local_project.ts";
import { addSteps, outcomes, pushLocally, writeMission } from "./push_scene.ts";

const MISSION = "001-search";

const push = ({ platform, root, service }: LocalProject) => pushLocally(platform, root, service);

for (const match of ["^create", "^update", "^dep"]) {
  Deno.test(`A push of which the tool dies after "${match}" is finished by the next, once`, () =>
    withProject("bd", async (project) => {
      const { root, tool, bind, platform } = project;
      await writeMission(root, MISSION, { WP01: {}, WP02: { dependencies: ["WP01"] } });
      await addSteps(root, MISSION, [
        { wp: "WP01", to: "in_progress", at: "2026-03-02T10:00:00Z", id: "01A" },
      ]);
      await bind();
      const now = platform.clock.now();
      tool.behave({ now, dieAfter: match });
      const first = await push(project).then(({ counts }) => counts.failed, () => "broke off");
      assert.notEqual(first, 0);
      tool.behave({ now });

      await push(project);

      const issues = tool.issues();
      assert.deepEqual(issues.map((issue) => issue["external_ref"]).sort(), [
        `tracker:${MISSION}/WP01`,
        `tracker:${MISSION}/WP02`,
      ]);
      assert.deepEqual(outcomes(await push(project)), [
        ["WP01", "unchanged"],
        ["WP02", "unchanged"],
      ]);
      const moved = issues.find((issue) => issue["external_ref"] === `tracker:${MISSION}/WP01`);
      assert.equal(moved?.["status"], "in_progress");
    }));
}

Deno.test("After a long history tickets are at the last lane, each moved no more than once a push", () =>
  withProject("bd", async (project) => {
    const { root, tool, bind } = project;
    const ids = ["WP01", "WP02", "WP03", "WP04"];
    await writeMission(root, MISSION, Object.fromEntries(ids.map((id) => [id, {}])));
    await bind();
    await push(project);
    const lanes = [
      "claimed",
      "in_progress",
      "in_progress",
      "for_review",
      "planned",
      "blocked",
      "done",
    ];
    const statuses = [
      "in_progress",
      "in_progress",
      "in_progress",
      "in_progress",
      "open",
      "blocked",
      "closed",
    ];
    const last = new Map<string, string>(ids.map((id) => [id, "open"]));
    for (let round = 0; round < 4; round++) {
      const before = new Map(last);
      const steps = Array.from({ length: 35 }, (_, place) => {
        const number = round * 35 + place;
        const [wp = "", lane] = [ids[number % ids.length], (number * 3) % lanes.length];
        last.set(wp, statuses[lane] ?? "");
        return {
          wp,
          to: lanes[lane] ?? "",
          at: new Date(Date.UTC(2026, 2, 2) + number * 60_000).toISOString(),
          id: String(number).padStart(26, "0"),
          force: number % 5 === 0,
        };
      });
      // Logs of two clones are merged line by line, and in any order.
      await addSteps(root, MISSION, [...steps.toReversed(), ...steps.slice(0, 9)]);
      const calls = tool.calls().length;

      await push(project);

      const writes = tool.calls().slice(calls)
        .filter(([verb]) => ["update", "close", "reopen"].includes(verb ?? ""));
      const moved = ids.filter((id) => before.get(id) !== last.get(id)).length;
      assert.ok(writes.length <= 2 * moved, JSON.stringify(writes));
      const status = new Map(
        tool.issues().map((issue) => [String(issue["title"]).slice(0, 4), issue["status"]]),
      );
      for (const id of ids) {
        assert.equal(status.get(id), last.get(id), `${id} in round ${round}`);
      }
    }
  }));
