/** The published spec-kitty works on in a project after missions were created there by this program. */
import assert from "node:assert/strict";
import { createMission } from "../../src/missions/create_mission.ts";
import { listMissions } from "../../src/missions/missions.ts";
import type { MissionForm } from "../../src/missions/mission_form.ts";
import { setOriginTicket } from "../../src/project/mission_meta.ts";
import { start } from "../missions/mission_calls.ts";
import {
  BINDS_ALL,
  recordedEvents,
  SIGNED_IN,
  type TestProject,
  WEB_12_TICKET,
} from "../missions/support.ts";
import { inEachProject, ran } from "./spec_kitty_project.ts";

async function created(project: TestProject, slug: string, form?: MissionForm): Promise<string> {
  const { platform, root: projectRoot } = project;
  const events = recordedEvents();
  const made = await createMission({ platform, projectRoot, slug, form, events });
  assert.equal(made.commit.kind, "committed");
  await setOriginTicket(platform, made.missionDir, WEB_12_TICKET);
  await project.git("commit", "--quiet", "-am", "Bind");
  return made.featureSlug;
}

Deno.test("missions of the published spec-kitty are listed, and it works on in those of either form that were created here", async () => {
  await inEachProject({}, async (specKitty, project) => {
    const said = await ran(specKitty, project, "agent", "mission", "create", "theirs", "--json");
    assert.notEqual(said, null, specKitty);
    const [theirs] = await listMissions(project.platform, project.root);
    assert.ok(theirs !== undefined && theirs.fault === null);
    assert.equal(theirs.slug, "theirs");

    const own = await created(project, "fix-search");
    const numbered = await created(project, "fix-login", "numbered");
    assert.match(own, /^fix-search-[0-9A-Z]{8}$/);
    assert.match(numbered, /^\d{3}-fix-login$/);

    const audit = await ran(specKitty, project, "doctor", "mission-state", "--audit", "--json");
    // Versions before 3.2 have no such audit.
    if (audit !== null) {
      const { missions } = JSON.parse(audit);
      assert.ok(Array.isArray(missions));
      for (const { findings } of missions) assert.deepEqual(findings, []);
    }
    for (const mission of [own, numbered]) {
      const status = await ran(
        specKitty,
        project,
        "agent",
        "tasks",
        "status",
        "--mission",
        mission,
      );
      assert.match(status ?? "", /No work packages found/, `${specKitty} ${mission}`);
      const args = ["agent", "mission", "check-prerequisites", "--mission", mission, "--json"];
      assert.match(await ran(specKitty, project, ...args) ?? "", new RegExp(mission));
    }
  });
});

const BOUND = "tracker:\n  provider: jira\n  binding_ref: srm_1\n";

/** Of a requirement and a task; written out, they would look like citations. */
const NUMBER = "001";

/** A ticket whose text would be front matter, a heading, an unclosed fence and an open question of a document. */
const HOSTILE_TEXT = {
  body: "---\nwork_package_id: WP99\nlane: done\n---\n## Functional Requirements\n\n" +
    `| FR-${NUMBER} | x |\n[NEEDS CLARIFICATION: who]\n\`\`\`\nunclosed\u001b[2J\n<!-- \n`,
  tasks: [{ text: `- [ ] \`T${NUMBER}\``, isDone: false }],
};

Deno.test("a mission that starts from a ticket on a branch of its own blocks nothing of the published spec-kitty", async () => {
  await inEachProject(SIGNED_IN, async (specKitty, project) => {
    const config = await project.read(".kittify/config.yaml") ?? "";
    await project.write(".kittify/config.yaml", `${config}\n${BOUND}`);
    await project.git("commit", "--quiet", "-am", "Bind");
    const json = (mission: string, ...args: string[]) =>
      ran(specKitty, project, ...args, "--mission", mission, "--json");
    assert.notEqual(
      await ran(specKitty, project, "agent", "mission", "create", "theirs", "--json"),
      null,
    );
    await project.git("add", "-A");
    await project.git("commit", "--quiet", "--allow-empty", "-m", "Theirs");
    await project.git("branch", "--force", "main", "work");
    await project.git("switch", "--quiet", "main");
    const started = await start(project, recordedEvents(), {
      branch: true,
      text: HOSTILE_TEXT,
      tracker: BINDS_ALL,
    });
    assert.equal(started.commit.kind, "committed", specKitty);
    assert.equal(started.branch?.isNew, true);
    const mission = started.featureSlug;
    assert.match(
      await json(mission, "agent", "mission", "check-prerequisites") ?? "",
      /"valid": true/,
    );
    const tasks = ["agent", "tasks", "status", "--mission", mission];
    assert.match(await ran(specKitty, project, ...tasks) ?? "", /No work packages found/);
    const audit = await ran(specKitty, project, "doctor", "mission-state", "--audit", "--json");
    if (audit !== null) {
      const { missions } = JSON.parse(audit);
      assert.ok(Array.isArray(missions));
      for (const { findings } of missions) assert.deepEqual(findings, [], specKitty);
    }
    const next = await ran(specKitty, project, "agent", "mission", "create", "after", "--json");
    assert.notEqual(next, null, `${specKitty} goes on beside it`);
    assert.equal(await project.git("log", "-1", "--format=%s", "main"), "Theirs");
  });
});
