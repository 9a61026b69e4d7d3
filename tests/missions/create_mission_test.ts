import assert from "node:assert/strict";
import { createMission } from "../../src/missions/create_mission.ts";
import { nextMissionNumber } from "../../src/missions/mission_numbers.ts";
import { MissionCreationError } from "../../src/missions/mission_error.ts";
import { addRewritingHook, failing, recordedEvents, withProject } from "./support.ts";
import { create } from "./mission_calls.ts";

Deno.test("A mission is a numbered directory with metadata, a spec and tasks, in one commit", async () => {
  await withProject({}, async (project) => {
    const events = recordedEvents();
    const made = await createMission({
      platform: project.platform,
      projectRoot: project.root,
      slug: "fix-login",
      friendlyName: "Fix the login\nfor good",
      events,
    });
    assert.equal(made.featureSlug, "001-fix-login");
    assert.equal(made.missionDir, `${project.root}/kitty-specs/001-fix-login`);
    assert.equal(
      await project.read("kitty-specs/001-fix-login/meta.json"),
      `{
  "created_at": "2026-03-01T12:00:00.000Z",
  "friendly_name": "Fix the login for good",
  "mission_id": "${made.missionId}",
  "mission_number": 1,
  "mission_slug": "001-fix-login",
  "mission_type": "software-dev",
  "slug": "fix-login",
  "target_branch": "main"
}
`,
    );
    assert.match(made.missionId, /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    assert.match(
      await project.read("kitty-specs/001-fix-login/spec.md") ?? "",
      /^# Fix the login for good\n/,
    );
    assert.equal(
      await project.git("show", "--name-only", "--format=%s", "HEAD"),
      [
        "Add mission 001-fix-login",
        "",
        "kitty-specs/001-fix-login/meta.json",
        "kitty-specs/001-fix-login/spec.md",
        "kitty-specs/001-fix-login/tasks/.gitkeep",
      ].join("\n"),
    );
    assert.deepEqual(made.commit, {
      kind: "committed",
      commit: await project.git("rev-parse", "HEAD"),
    });
    assert.equal(await project.git("status", "--porcelain"), "");
    assert.equal(made.eventEmitted, true);
    assert.deepEqual(events.created, [{
      feature_slug: "001-fix-login",
      feature_number: "001",
      target_branch: "main",
      wp_count: 0,
      created_at: "2026-03-01T12:00:00.000Z",
    }]);
  });
});

Deno.test("A bad slug is refused with the nearest good one", async () => {
  await withProject({}, async (project) => {
    for (const slug of ["Fix Login", "", "a/b", "../up", "x".repeat(81), "ä"]) {
      await failing(create(project, slug), "invalid_slug");
    }
    const failure = await failing(create(project, "Fix Login"), "invalid_slug");
    assert.equal(failure.nextAction, "Try `fix-login`.");
    assert.ok(failure instanceof MissionCreationError && failure.fault === "invalid_slug");
    assert.equal(failure.exitCode, 2);
    assert.deepEqual(await project.names("kitty-specs"), []);
  });
});

Deno.test("A directory that is no project is refused", async () => {
  await withProject({ repository: false, config: null }, async (project) => {
    await Deno.remove(`${project.root}/.kittify`, { recursive: true });
    await failing(create(project), "not_a_project");
    assert.deepEqual(await project.names("."), []);
  });
});

Deno.test("An event that cannot be recorded does not undo the mission", async () => {
  await withProject({}, async (project) => {
    const made = await createMission({
      platform: project.platform,
      projectRoot: project.root,
      slug: "fix-login",
      events: recordedEvents({ fails: true }),
    });
    assert.equal(made.eventEmitted, false);
    assert.equal(made.commit.kind, "committed");
  });
});

Deno.test("The number is one more than the highest: gaps and other names do not count", async () => {
  assert.equal(nextMissionNumber([]), 1);
  assert.equal(nextMissionNumber(["001-a", "007-b", "003-c"]), 8);
  assert.equal(nextMissionNumber(["notes", "12-x", "2024-retro", ".tracker-1.tmp", "998-y"]), 999);
  await withProject({}, async (project) => {
    await project.write("kitty-specs/041-old/meta.json", "{}\n");
    assert.equal((await create(project, "next", { commit: false })).featureSlug, "042-next");
  });
});

Deno.test("Past 999 there is no number that the events could carry: nothing is made", async () => {
  await withProject({}, async (project) => {
    await project.write("kitty-specs/998-old/meta.json", "{}\n");
    assert.equal((await create(project, "last", { commit: false })).featureSlug, "999-last");
    const failure = await failing(
      create(project, "more", { commit: false }),
      "mission_numbers_used_up",
    );
    assert.match(failure.message, /999 is taken/);
    assert.deepEqual(await project.names("kitty-specs"), ["998-old", "999-last"]);
  });
});

Deno.test("Two processes at once make missions with different numbers", async () => {
  await withProject({}, async (project) => {
    const program = new URL("programs/create_missions.ts", import.meta.url);
    const start = () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--quiet", program.href, project.root, "5"],
        env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
        stdout: "piped",
        stderr: "inherit",
      }).output();
    const outputs = await Promise.all([start(), start()]);
    const made = outputs.flatMap(({ stdout }) =>
      new TextDecoder().decode(stdout).trim().split("\n")
    ).sort();
    const numbers = Array.from({ length: 10 }, (_, i) => `${String(i + 1).padStart(3, "0")}-both`);
    assert.deepEqual(made, numbers);
    assert.deepEqual(await project.names("kitty-specs"), numbers);
    assert.equal(await project.git("rev-list", "--count", "HEAD"), "11");
    assert.equal(await project.git("status", "--porcelain"), "");
  });
});

Deno.test("A write that fails half-way leaves nothing of the mission", async () => {
  for (const victim of ["meta.json", "spec.md", ".gitkeep"]) {
    await withProject({
      files: (real) => ({
        ...real,
        writeAtomic: (path, content, options) =>
          path.includes("kitty-specs") && path.endsWith(victim)
            ? Promise.reject(new Error("No space left on device"))
            : real.writeAtomic(path, content, options),
      }),
    }, async (project) => {
      await assert.rejects(create(project), /No space left/);
      assert.deepEqual(await project.names("kitty-specs"), []);
      assert.equal(await project.git("status", "--porcelain"), "");
    });
  }
});

Deno.test("a pre-commit hook that rewrites and adds files leaves a clean index", async () => {
  await withProject({}, async (project) => {
    await addRewritingHook(project);
    const made = await create(project);
    assert.equal(made.commit.kind, "committed");
    assert.equal(await project.git("status", "--porcelain"), "");
    const shown = await project.git("show", "--name-only", "--format=", "HEAD");
    assert.match(shown, /generated\.txt[^]*spec\.md/);
    assert.match(await project.git("show", "HEAD:kitty-specs/001-fix-login/spec.md"), /Done when$/);
    assert.match(await project.read("kitty-specs/001-fix-login/spec.md") ?? "", /\n\n$/);
  });
});
