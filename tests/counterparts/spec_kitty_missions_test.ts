/** The published spec-kitty works on in a project after missions were created there by this program. */
import assert from "node:assert/strict";
import { createMission } from "../../src/missions/create_mission.ts";
import { listMissions } from "../../src/missions/missions.ts";
import type { MissionForm } from "../../src/missions/mission_form.ts";
import { setOriginTicket } from "../../src/project/mission_meta.ts";
import {
  recordedEvents,
  type TestProject,
  WEB_12_TICKET,
  withProject,
} from "../missions/support.ts";
import { specKitties } from "../support/spec_kitty.ts";

/** Runs it in the project, for a user of the test's own; answers its output, and `null` where it fails. */
async function ran(
  specKitty: string,
  project: TestProject,
  ...args: string[]
): Promise<string | null> {
  const { success, stdout } = await new Deno.Command(specKitty, {
    args,
    cwd: project.root,
    env: {
      HOME: project.platform.home,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      SPEC_KITTY_NON_INTERACTIVE: "1",
    },
    stdin: "null",
    stderr: "null",
  }).output();
  return success ? new TextDecoder().decode(stdout) : null;
}

/** A project that this spec-kitty has made; `false` where it cannot be run here. */
async function initialised(specKitty: string, project: TestProject): Promise<boolean> {
  const said = await ran(specKitty, project, "init", "--ai", "claude", "--non-interactive", ".");
  if (said === null) return false;
  await project.git("add", "-A");
  await project.git("commit", "--quiet", "-m", "Init");
  await project.git("switch", "--quiet", "-c", "work");
  return true;
}

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
  const found = await specKitties();
  if (found.length === 0) console.log("skipped: there is no spec-kitty");
  for (const specKitty of found) {
    await withProject({ config: null }, async (project) => {
      if (!await initialised(specKitty, project)) {
        return console.log(`skipped: ${specKitty} does not run here`);
      }
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
  }
});
