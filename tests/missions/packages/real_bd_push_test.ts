import assert from "node:assert/strict";
import { realBd } from "../../local/real_bd.ts";
import { addSteps, outcomes, pushLocally, writeMission } from "./push_scene.ts";

const MISSION = "001-search";

realBd("The real bd takes work packages, and people's words stay in them", async (project) => {
  const { platform, root, service, bd, shown } = project;
  const push = () => pushLocally(platform, root, service);
  await writeMission(root, MISSION, { WP01: {}, WP02: { dependencies: ["WP01"] } });

  assert.deepEqual(outcomes(await push()), [["WP01", "created"], ["WP02", "created"]]);
  assert.deepEqual(outcomes(await push()), [["WP01", "unchanged"], ["WP02", "unchanged"]]);

  const body = `${root}/words.md`;
  await Deno.writeTextFile(body, "Their words");
  const [id = ""] = (await service.issueList()).filter(({ title }) => title.startsWith("WP01"))
    .map(({ ref }) => ref.id);
  bd("update", id, "--title", "Theirs", "--body-file", body, "--add-label", "seen");
  await addSteps(root, MISSION, [
    { wp: "WP01", to: "doing", at: "2026-03-02T10:00:00Z", id: "01A" },
    { wp: "WP01", to: "done", at: "2026-03-02T11:00:00Z", id: "01B" },
    { wp: "WP01", to: "in_progress", at: "2026-03-02T12:00:00Z", id: "01C", force: true },
    { wp: "WP01", to: "done", at: "2026-03-02T13:00:00Z", id: "01D" },
  ]);
  assert.deepEqual(outcomes(await push())[0], ["WP01", "updated", "status"]);

  const { title, description, labels, status } = shown(id);
  assert.deepEqual({ title, description, labels, status }, {
    title: "Theirs",
    description: "Their words",
    labels: ["seen"],
    status: "closed",
  });
});

realBd("What the real bd does not let us close is told, and nothing is forced", async (project) => {
  const { platform, root, service, bd, shown } = project;
  await writeMission(root, MISSION, { WP01: {}, WP02: {} });
  await pushLocally(platform, root, service);
  const [id = ""] = (await service.issueList()).filter(({ title }) => title.startsWith("WP01"))
    .map(({ ref }) => ref.id);
  bd("update", id, "--assignee", "ann");
  await addSteps(root, MISSION, [
    { wp: "WP01", to: "done", at: "2026-03-02T11:00:00Z", id: "01B" },
    { wp: "WP02", to: "done", at: "2026-03-02T11:00:00Z", id: "01C" },
  ]);

  const report = await pushLocally(platform, root, service);

  const [first, second] = outcomes(report);
  assert.deepEqual(second, ["WP02", "updated", "status"]);
  assert.equal(shown(id)["assignee"], "ann");
  // Older versions let anybody close it.
  assert.ok(shown(id)["status"] === "closed" ? first?.[1] === "updated" : first?.[1] === "failed");
});
