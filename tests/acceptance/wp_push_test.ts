/** `wp push` at a host over HTTP, with a tracker behind it. */
import assert from "node:assert/strict";
import { addSteps, writeMission } from "../missions/packages/push_scene.ts";
import { ADMIN_KEY } from "../standins/linear/fake_linear.ts";
import { document, ends } from "../support/bound.ts";
import type { World } from "../support/world.ts";
import { TOKEN, withGitHub, withLinear } from "./connect_setup.ts";
import { serve, signIn, terminate } from "./host_setup.ts";

const MISSION = "014-sign-in";

interface PushedDocument {
  readonly missions: readonly {
    readonly work_packages: readonly {
      readonly wp_id: string;
      readonly outcome: string;
      readonly changed: readonly string[];
      readonly reasons: readonly { readonly code: string }[];
    }[];
  }[];
}

async function pushed(world: World): Promise<readonly (readonly string[])[]> {
  const told: PushedDocument = await document(world, "wp", "push", "--all");
  return told.missions.flatMap(({ work_packages }) => work_packages).map((one) => [
    one.wp_id,
    one.outcome,
    ...one.changed,
    ...one.reasons.map(({ code }) => code),
  ]);
}

/** Pushes as the lanes move; `change` is what a person writes into the first ticket. */
async function follow(world: World, change: () => void): Promise<void> {
  await writeMission(world.project, MISSION, {
    WP01: { title: "Form" },
    WP02: { title: "Mail", dependencies: ["WP01"] },
  });
  assert.deepEqual(await pushed(world), [["WP01", "created"], ["WP02", "created"]]);
  assert.deepEqual(await pushed(world), [["WP01", "unchanged"], ["WP02", "unchanged"]]);
  await addSteps(world.project, MISSION, [
    { wp: "WP01", to: "claimed", at: "2026-03-02T10:00:00Z", id: "01JNA00000000000000000000A" },
  ]);
  assert.deepEqual(await pushed(world), [["WP01", "updated", "status"], ["WP02", "unchanged"]]);
  change();
  await addSteps(world.project, MISSION, [
    { wp: "WP01", to: "done", at: "2026-03-02T11:00:00Z", id: "01JNA00000000000000000000B" },
  ]);
  assert.deepEqual(await pushed(world), [["WP01", "updated", "status"], ["WP02", "unchanged"]]);
  assert.deepEqual(await pushed(world), [["WP01", "unchanged"], ["WP02", "unchanged"]]);
}

Deno.test("`wp push` gives work packages issues at GitHub that follow their lanes", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    const words = ["--status", "doing=in_progress"];
    await ends(world, 0, ["host", "connection", "map", "github", ...words, "--data", data]);
    const host = await serve(world, ["--data", data]);
    await signIn(world, host.url);
    await ends(world, 0, ["bind", "-p", "github", "--select", "1"]);
    const issueOf = (wpId: string) =>
      [...repository.issues.values()].find(({ title }) => title.startsWith(wpId));

    await follow(world, () => {
      assert.deepEqual(issueOf("WP01")?.labels, ["doing"]);
      const issue = issueOf("WP01");
      assert.ok(issue !== undefined);
      github.edit(repository, issue.number, { body: "Their words" });
    });

    assert.equal(repository.issues.size, 2);
    assert.equal(issueOf("WP01")?.state, "closed");
    assert.equal(issueOf("WP01")?.body, "Their words");
    assert.equal(issueOf("WP02")?.state, "open");
    await terminate(host);
  }));

Deno.test("`wp push` gives work packages issues at Linear that follow their lanes", () =>
  withLinear(async ({ world, data, linear, connect }) => {
    await ends(world, 0, connect("--team-key", "ENG"), { stdin: ADMIN_KEY });
    const host = await serve(world, ["--data", data]);
    await signIn(world, host.url);
    await ends(world, 0, ["bind", "-p", "linear", "--select", "1"]);
    const { issues, states } = linear.workspace;
    const issueOf = (wpId: string) =>
      [...issues.values()].find(({ title }) => title.startsWith(wpId));
    const typeOf = (wpId: string) => states.get(issueOf(wpId)?.stateId ?? "")?.type;

    await follow(world, () => assert.equal(typeOf("WP01"), "started"));

    assert.equal(issues.size, 2);
    assert.equal(typeOf("WP01"), "completed");
    await terminate(host);
  }));
