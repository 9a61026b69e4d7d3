/** Missions beside those of spec-kitty: their form, their branches, their numbers. */
import assert from "node:assert/strict";
import { createMission } from "../../src/missions/create_mission.ts";
import { failing, recordedEvents, withProject } from "./support.ts";
import { create } from "./mission_calls.ts";

const SPEC_KITTY_3 = "spec_kitty:\n  version: 3.2.7\n  schema_version: 3\n";

Deno.test("a project of spec-kitty 3 gets missions named by their ids, committed on a branch of their own", async () => {
  await withProject({}, async (project) => {
    await project.write(".kittify/metadata.yaml", SPEC_KITTY_3);
    await project.git("switch", "--quiet", "-c", "work");
    const events = recordedEvents();
    const { platform, root: projectRoot } = project;
    const made = await createMission({ platform, projectRoot, slug: "fix-login", events });
    assert.equal(made.featureSlug, `fix-login-${made.missionId.slice(0, 8)}`);
    assert.equal(made.featureNumber, null);
    assert.equal(made.commit.kind, "committed");
    const text = await project.read(`kitty-specs/${made.featureSlug}/meta.json`) ?? "";
    const meta: unknown = JSON.parse(text);
    assert.deepEqual(meta, {
      mission_id: made.missionId,
      mission_number: null,
      mission_slug: made.featureSlug,
      mission_type: "software-dev",
      slug: "fix-login",
      friendly_name: "fix login",
      target_branch: "work",
      created_at: "2026-03-01T12:00:00.000Z",
      flattened: false,
      topology: "single_branch",
    });
    const keys = [...text.matchAll(/^ {2}"(\w+)":/gm)].map(([, key]) => key);
    assert.deepEqual(keys, [...keys].sort());
    assert.equal(events.created[0]?.feature_slug, made.featureSlug);
    assert.equal(events.created[0]?.feature_number, null);
  });
});

Deno.test("only from spec-kitty 3.2 on do missions that are named by their ids say how their branches are used", async () => {
  const shapes = [["2.9.9", undefined], ["3.1.10", undefined], ["3.2.0", "single_branch"]] as const;
  for (const [version, topology] of [...shapes, ["4.0.0", "single_branch"]] as const) {
    await withProject({}, async (project) => {
      await project.write(".kittify/metadata.yaml", `spec_kitty:\n  version: ${version}\n`);
      const { platform, root: projectRoot } = project;
      const more = { platform, projectRoot, commit: false, events: recordedEvents() };
      for (const form of ["identified", "numbered"] as const) {
        const { metaPath } = await createMission({ ...more, slug: form, form });
        const meta = JSON.parse(await Deno.readTextFile(metaPath));
        const shape = form === "identified" ? topology : undefined;
        assert.deepEqual([meta.topology, "flattened" in meta], [shape, shape !== undefined]);
      }
    });
  }
});

Deno.test("on a protected branch a mission of today's form is refused with two ways out, and both work", async () => {
  await withProject({}, async (project) => {
    await project.write(".kittify/metadata.yaml", SPEC_KITTY_3);
    const failure = await failing(create(project), "protected_branch");
    assert.match(failure.nextAction ?? "", /`--branch`.*`--no-commit`/);
    assert.deepEqual(await project.names("kitty-specs"), []);
    assert.equal((await create(project, "a", { commit: false })).commit.kind, "not_committed");
    const made = await create(project, "fix-login", { branch: true });
    assert.equal(made.commit.kind, "committed");
    assert.equal(made.targetBranch, "fix-login");
    assert.equal(await project.git("symbolic-ref", "--short", "HEAD"), "fix-login");
    assert.equal(await project.git("rev-list", "--count", "main"), "1");
  });
});

Deno.test("the default branch of origin is protected, and a list in the project's config decides otherwise", async () => {
  await withProject({}, async (project) => {
    await project.write(".kittify/metadata.yaml", SPEC_KITTY_3);
    await project.git("switch", "--quiet", "-c", "trunk");
    await project.git("update-ref", "refs/remotes/origin/trunk", "HEAD");
    await project.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
    await failing(create(project), "protected_branch");
    const config = await project.read(".kittify/config.yaml");
    await project.write(
      ".kittify/config.yaml",
      `${config}protection:\n  protected_branches: [release]\n`,
    );
    assert.equal((await create(project)).commit.kind, "committed");
  });
});

Deno.test("the newest mission decides the form, and `form` decides otherwise", async () => {
  await withProject({}, async (project) => {
    await project.write(".kittify/metadata.yaml", SPEC_KITTY_3);
    await project.write(
      "kitty-specs/007-old/meta.json",
      '{"feature_number": "007", "created_at": "2026-01-01T00:00:00Z"}\n',
    );
    const numbered = await create(project, "next", { commit: false });
    assert.equal(numbered.featureSlug, "008-next");
    const { platform, root: projectRoot } = project;
    const events = recordedEvents();
    const more = { platform, projectRoot, slug: "other", commit: false, events };
    const identified = await createMission({ ...more, form: "identified" });
    assert.match(identified.featureSlug, /^other-[0-9A-Z]{8}$/);
  });
});

Deno.test("a number that a branch or another worktree has is not given out again", async () => {
  await withProject({}, async (project) => {
    await project.git("switch", "--quiet", "-c", "side");
    assert.equal((await create(project, "on-side")).featureSlug, "001-on-side");
    await project.git("switch", "--quiet", "main");
    const tree = `${project.platform.home}/tree`;
    await project.git("worktree", "add", "--quiet", "-b", "third", tree);
    const { platform } = project;
    const events = recordedEvents();
    const more = { platform, slug: "in-tree", commit: false, events };
    assert.equal((await createMission({ ...more, projectRoot: tree })).featureSlug, "002-in-tree");
    assert.equal((await create(project, "here")).featureSlug, "003-here");
  });
});

Deno.test("worktrees of one repository number their missions under one lock", async () => {
  await withProject({}, async (project) => {
    const tree = `${project.platform.home}/tree`;
    await project.git("worktree", "add", "--quiet", "-b", "side", tree);
    const program = new URL("programs/create_missions.ts", import.meta.url);
    const start = (root: string) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--quiet", program.href, root, "3"],
        env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
        stderr: "inherit",
      }).output();
    const outputs = await Promise.all([start(project.root), start(tree)]);
    const made = outputs.flatMap(({ stdout }) =>
      new TextDecoder().decode(stdout).trim().split("\n")
    );
    assert.deepEqual(
      made.sort(),
      Array.from({ length: 6 }, (_, i) => `00${i + 1}-both`),
    );
  });
});

Deno.test("a mission on a new branch is to be merged into that branch where spec-kitty 3 merges its lanes", async () => {
  await withProject({}, async (project) => {
    const numbered = await create(project, "before", { branch: true });
    assert.equal(numbered.targetBranch, "main");
    await project.git("switch", "--quiet", "main");
    await project.write(".kittify/metadata.yaml", SPEC_KITTY_3);
    const made = await create(project, "fix-login", { branch: true });
    assert.equal(made.branch?.from, "main");
    assert.equal(made.targetBranch, made.branch?.name);
    const meta = JSON.parse(await project.read(`kitty-specs/${made.featureSlug}/meta.json`) ?? "");
    assert.equal(meta.target_branch, made.branch?.name);
    await project.git("switch", "--quiet", "main");
    await project.git("branch", "kitty/mission-000-old");
    const named = await create(project, "fix-search", { branch: true });
    // `kitty/mission-fix-search-…` is the branch that spec-kitty merges into the target.
    assert.deepEqual([named.branch?.name, named.targetBranch], ["fix-search", "fix-search"]);
  });
});
