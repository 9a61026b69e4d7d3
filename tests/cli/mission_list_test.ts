import assert from "node:assert/strict";
import { findMission } from "../../src/missions/missions.ts";
import { type TestProject, WEB_12_TICKET, withProject } from "../missions/support.ts";
import { type CommandResult, tracker } from "../support/cli.ts";

const mission = (project: TestProject, ...args: string[]): Promise<CommandResult> =>
  tracker(project.platform, "mission", ...args, "--repo", project.root);

Deno.test("`mission list` shows missions with their tickets, and broken ones with their fault", async () => {
  await withProject({}, async (project) => {
    const empty = await mission(project, "list");
    assert.equal(empty.stdout, "No missions.\n");
    assert.deepEqual(JSON.parse((await mission(project, "list", "--json")).stdout), {
      schema: 1,
      missions: [],
    });

    await mission(project, "create", "fix-login");
    await project.write(
      "kitty-specs/002-web-12/meta.json",
      JSON.stringify({
        friendly_name: "Login\u001b[31m",
        origin_ticket: WEB_12_TICKET,
        created_at: "?",
      }),
    );
    await project.write("kitty-specs/003-broken/meta.json", "{");
    await project.write("kitty-specs/notes.md", "");
    const { code, stdout } = await mission(project, "list");
    assert.equal(code, 0);
    assert.match(stdout, /^ MISSION +TITLE +TICKET +SINCE +FAULT$/m);
    assert.match(stdout, /^ 001-fix-login +fix login +– /m);
    assert.match(stdout, /^ 002-web-12 +Login +WEB-12 +– +–$/m);
    assert.match(stdout, /^ 003-broken +– +– +– +.*meta\.json" cannot be read/m);
    const listed = JSON.parse((await mission(project, "list", "--json")).stdout);
    assert.deepEqual(listed.missions[1].origin_ticket, WEB_12_TICKET);
    assert.deepEqual(Object.keys(listed.missions[0]), Object.keys(listed.missions[2]));
    assert.equal(listed.missions[0].fault, null);
    assert.match(listed.missions[2].fault, /meta\.json/);
  });
});

Deno.test("missions of every form are listed, completed and found, and what is none is told as such", async () => {
  await withProject({}, async (project) => {
    const id = "01M8C6MEXRRVKWZNY1VNXF7M6J";
    const dir = "my-search-01M8C6ME";
    const meta = { mission_id: id, mission_number: null, mission_slug: dir, slug: dir };
    await project.write(`kitty-specs/${dir}/meta.json`, JSON.stringify(meta));
    await project.write(
      "kitty-specs/012-merged/meta.json",
      JSON.stringify({ mission_id: "01M8C6Q25GQV93J58P1S391JVM", mission_number: 12 }),
    );
    await project.write("kitty-specs/templates/readme.md", "");
    await project.write("kitty-specs/.tracker-0.tmp/spec.md", "");
    const { stdout } = await mission(project, "list");
    assert.match(stdout, /^ my-search-01M8C6ME +– +– +– +–$/m);
    assert.match(stdout, /^ 012-merged +– /m);
    assert.match(stdout, /^ templates .*"templates" is not a mission/m);
    assert.doesNotMatch(stdout, /\.tracker/);
    const { missions } = JSON.parse((await mission(project, "list", "--json")).stdout);
    assert.deepEqual(
      missions.map(({ feature_slug, form, mission_id }: Record<string, unknown>) => [
        feature_slug,
        form,
        mission_id,
      ]),
      [
        ["012-merged", "numbered", "01M8C6Q25GQV93J58P1S391JVM"],
        [dir, "identified", id],
        ["templates", null, null],
      ],
    );
    const named = async (name: string) =>
      (await findMission(project.platform, project.root, name)).replace(/^.*\//, "");
    for (const name of [dir, `kitty-specs/${dir}/`, "my-search", id, "01m8c6me"]) {
      assert.equal(await named(name), dir, name);
    }
    for (const name of ["012-merged", "merged", "12", "012", "01M8C6Q2"]) {
      assert.equal(await named(name), "012-merged", name);
    }
    await assert.rejects(named("01M8C6"), { code: "mission_ambiguous" });
    for (const name of ["templates", "13", "01"]) {
      await assert.rejects(named(name), { code: "mission_not_found" });
    }
  });
});
