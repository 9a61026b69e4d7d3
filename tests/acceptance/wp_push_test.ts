/** `wp push` at a host over HTTP, with a tracker behind it. */
import assert from "node:assert/strict";
import { addSteps, writeMission } from "../missions/packages/push_scene.ts";
import { ADMIN_KEY } from "../standins/linear/fake_linear.ts";
import { document, ends } from "../support/bound.ts";
import { withWorld, type World } from "../support/world.ts";
import { TOKEN, withGitHub, withLinear } from "./connect_setup.ts";
import { serve, serveBound, terminate } from "./host_setup.ts";

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

interface ShownIssues {
  readonly issues: readonly { readonly ref: { readonly id: string } }[];
}

const byId = (a: ShownIssues["issues"][number], b: ShownIssues["issues"][number]) =>
  a.ref.id < b.ref.id ? -1 : 1;

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
    const host = await serveBound(world, data, "github");
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
    const host = await serveBound(world, data, "linear");
    const { issues, states } = linear.workspace;
    const issueOf = (wpId: string) =>
      [...issues.values()].find(({ title }) => title.startsWith(wpId));
    const typeOf = (wpId: string) => states.get(issueOf(wpId)?.stateId ?? "")?.type;

    await follow(world, () => assert.equal(typeOf("WP01"), "started"));

    assert.equal(issues.size, 2);
    assert.equal(typeOf("WP01"), "completed");
    await terminate(host);
  }));

Deno.test("`wp push` takes no ticket of a mapping at the host that names no mission", () =>
  withWorld(async (world) => {
    const host = await serve(world, ["--dev"]);
    world.env["SPEC_KITTY_SAAS_URL"] = host.url;
    const login = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
    await ends(world, 0, login, { stdin: "demo\n" });
    await ends(world, 0, ["bind", "-p", "jira", "--select", "1"]);
    // Of the sample tickets, some are mapped to a WP01 and a WP02.
    await ends(world, 0, ["sync", "pull", "--all"]);
    const before: ShownIssues = await document(world, "issue", "list", "--limit", "500");
    await writeMission(world.project, MISSION, { WP01: { title: "Form" }, WP02: {} });

    assert.deepEqual(await pushed(world), [["WP01", "created"], ["WP02", "created"]]);

    const { missions } = await document(world, "wp", "list");
    const [first, second] = missions[0].work_packages;
    const known = before.issues.map(({ ref }) => ref.id);
    assert.ok(!known.includes(first.ref.id) && !known.includes(second.ref.id));
    const mine = { title: "The form", body: "In my words", assignees: ["mei.tanaka"] };
    const edit = ["--title", mine.title, "--body", mine.body, "--assignee", "mei.tanaka"];
    await ends(world, 0, ["issue", "edit", first.ref.key, ...edit]);
    await ends(world, 0, ["sync", "push"]);
    assert.deepEqual(await pushed(world), [["WP01", "unchanged"], ["WP02", "unchanged"]]);
    await ends(world, 0, ["sync", "pull", "--all"]);
    const { title, body, assignees } = await document(world, "issue", "show", first.ref.key);
    assert.deepEqual({ title, body, assignees }, mine);
    const after: ShownIssues = await document(world, "issue", "list", "--limit", "500");
    assert.deepEqual(
      after.issues.filter(({ ref }) => known.includes(ref.id)).toSorted(byId),
      before.issues.toSorted(byId),
      "no other ticket was touched",
    );
    await terminate(host);
  }));
