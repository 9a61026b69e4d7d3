/** Missions are created and bound by processes that end at each of their steps, and their commands repeated. */
import assert from "node:assert/strict";
import { bindMissionOrigin } from "../../src/missions/bind_origin.ts";
import { createMission } from "../../src/missions/create_mission.ts";
import { startMissionFromTicket } from "../../src/missions/start_mission.ts";
import type { MissionEvents } from "../../src/missions/mission_events.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { BINDS_ALL, failing, type TestProject, WEB_12, withProject } from "../missions/support.ts";
import { atEveryStep } from "./killing.ts";

/** Events by their ids, as the queue and the host tell them apart. */
function eventsById(isDead: () => boolean): MissionEvents & { readonly ids: Set<string> } {
  const ids = new Set<string>();
  const record = (options?: { readonly eventId?: string }) => {
    if (isDead()) return Promise.reject(new Error("Killed"));
    ids.add(options?.eventId ?? "new");
    return Promise.resolve(true);
  };
  return {
    ids,
    featureCreated: (_payload, options) => record(options),
    missionOriginBound: (_payload, options) => record(options),
  };
}

async function entries({ platform }: TestProject): Promise<string[]> {
  const missions = `${platform.home}/.spec-kitty/tracker/missions`;
  const left: string[] = [];
  for (const { name } of await platform.files.list(missions)) {
    left.push(...(await platform.files.list(`${missions}/${name}`)).map((entry) => entry.name));
  }
  return left.filter((name) => name.endsWith(".json"));
}

Deno.test("a binding that ends at any of its steps is repeated to one binding and one event", async () => {
  const steps = await atEveryStep((killing, label) =>
    withProject({ repository: false }, async (project) => {
      await project.write("kitty-specs/012-fix-login/meta.json", "{}\n");
      let isDead = () => killing.isDead();
      const events = eventsById(() => isDead());
      const bind = (platform: Platform) =>
        bindMissionOrigin({
          platform,
          projectRoot: project.root,
          version: "9.8.7",
          missionDir: `${project.root}/kitty-specs/012-fix-login`,
          candidate: WEB_12,
          resourceType: "jira_project",
          resourceId: "WEB",
          events,
          tracker: BINDS_ALL,
        });
      const { platform } = project;
      await bind({ ...platform, files: killing.files(platform.files) }).catch(() => null);
      isDead = () => false;
      await bind(platform);
      assert.equal(events.ids.size, 1, label);
      assert.match(await project.read("kitty-specs/012-fix-login/meta.json") ?? "", /WEB-12/);
      assert.deepEqual(await entries(project), [], label);
    })
  );
  assert.ok(steps >= 3, String(steps));
});

Deno.test("a creation that ends at any of its steps is repeated to one mission and one event", async () => {
  const steps = await atEveryStep((killing, label) =>
    withProject({}, async (project) => {
      let isDead = () => killing.isDead();
      const events = eventsById(() => isDead());
      const create = (platform: Platform) =>
        createMission({ platform, projectRoot: project.root, slug: "fix-login", events });
      const { platform } = project;
      let isTold = false;
      const killed = { ...platform, files: killing.files(platform.files) };
      await create(killed).then(() => isTold = true, () => null);
      isDead = () => false;
      if (!isTold) await create(platform);
      assert.equal(events.ids.size, 1, label);
      assert.deepEqual(await project.names("kitty-specs"), ["001-fix-login"], label);
      assert.equal(await project.git("status", "--porcelain"), "", label);
      assert.equal(await project.git("rev-list", "--count", "HEAD"), "2", label);
    })
  );
  assert.ok(steps >= 6, String(steps));
});

Deno.test("a start on a branch of its own that ends at any of its steps is repeated to one mission there", async () => {
  const steps = await atEveryStep((killing, label) =>
    withProject({}, async (project) => {
      let isDead = () => killing.isDead();
      const events = eventsById(() => isDead());
      const begin = (platform: Platform) =>
        startMissionFromTicket({
          platform,
          projectRoot: project.root,
          version: "9.8.7",
          candidate: WEB_12,
          resourceType: "jira_project",
          resourceId: "WEB",
          text: { body: "Since Monday", tasks: [] },
          branch: true,
          events,
          tracker: BINDS_ALL,
        });
      const { platform } = project;
      let isTold = false;
      const killed = {
        ...platform,
        files: killing.files(platform.files),
        processes: killing.git(platform.processes),
      };
      await begin(killed).then(() => isTold = true, () => null);
      isDead = () => false;
      if (!isTold) await begin(platform);
      assert.equal(events.ids.size, 2, label);
      assert.deepEqual(await project.names("kitty-specs"), ["001-web-12"], label);
      const branch = await project.git("symbolic-ref", "--short", "HEAD");
      assert.equal(branch, "WEB-12-login-times-out", label);
      assert.equal(await project.git("rev-list", "--count", "main"), "1", label);
      assert.equal(await project.git("rev-list", "--count", "HEAD"), "3", label);
      assert.equal(await project.git("status", "--porcelain"), "", label);
      const meta = await project.read("kitty-specs/001-web-12/meta.json") ?? "";
      assert.match(meta, /"target_branch": "main"/, label);
      assert.match(meta, /"origin_ticket"/, label);
      assert.match(await project.read("kitty-specs/001-web-12/spec.md") ?? "", /^> Since Monday$/m);
      // What was told of is whole but for its entry, which the next command takes away.
      if (!isTold) assert.deepEqual(await entries(project), [], label);
    })
  );
  assert.ok(steps >= 12, String(steps));
});

Deno.test("another command finishes what a killed one has left, staged files included", async () => {
  await withProject({}, async (project) => {
    const { platform, root: projectRoot } = project;
    const commits = { allowed: false };
    const killed: Platform = {
      ...platform,
      processes: {
        ...platform.processes,
        run: (options) =>
          options.args.includes("commit") && !commits.allowed
            ? Promise.reject(new Error("Killed"))
            : platform.processes.run(options),
      },
      files: { ...platform.files, remove: () => Promise.reject(new Error("Killed")) },
    };
    const events = eventsById(() => false);
    const stopped = { ...killed, processes: { ...killed.processes } };
    const unstaging = stopped.processes.run;
    stopped.processes.run = (options) =>
      options.args.includes("reset") ? Promise.reject(new Error("Killed")) : unstaging(options);
    const left = { platform: stopped, projectRoot, slug: "left", events };
    await assert.rejects(createMission(left), /Killed/);
    assert.match(await project.git("status", "--porcelain"), /^A {2}kitty-specs\/001-left/);
    await project.write("kitty-specs/.tracker-0.tmp/spec.md", "");

    await project.write("README.md", "# Changed\n");
    await project.git("add", "README.md");
    const other = { platform, projectRoot, slug: "other", events };
    await failing(createMission(other), "dirty_index");
    await failing(createMission({ ...left, platform }), "dirty_index");
    await project.git("reset", "--quiet", "--hard");

    assert.equal((await createMission(other)).featureSlug, "002-other");
    assert.equal(events.ids.size, 2);
    assert.deepEqual(
      (await project.git("log", "--format=%s")).split("\n"),
      ["Add mission 002-other", "Add mission 001-left", "First"],
    );
  });
});
