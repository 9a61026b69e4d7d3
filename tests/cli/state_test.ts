import assert from "node:assert/strict";
import { IssueStore } from "../../src/store/issue_store.ts";
import { userPaths } from "../../src/user/paths.ts";
import { releasedCache, withWorktrees, type WorktreeScene } from "../local/worktree_scene.ts";
import { tracker } from "../support/cli.ts";
import { anIssue, bdIssue } from "../support/issues.ts";

interface State {
  readonly id: string;
  readonly kind: string;
  readonly standing: string;
  readonly holds: Record<string, number> | null;
  readonly path: string;
  readonly [name: string]: unknown;
}

type Run = (...args: string[]) => ReturnType<typeof tracker>;

/** Binds the clone to a workspace of its own, and edits the title of an issue there. */
async function editInClone({ at, clone, tool }: WorktreeScene, title: string): Promise<void> {
  await at(clone).bind({
    provider: "beads",
    workspace: "main",
    credentials: { command: tool.command, cwd: tool.cwd },
    doctrineMode: "split_ownership",
  });
  await at(clone).pull();
  await at(clone).issueEdit("bd-1", { title });
}

/** Runs a test with a synced project that holds an edit and a mapping. */
function withState(
  test: (run: Run, scene: WorktreeScene, states: () => Promise<State[]>) => Promise<void>,
): Promise<void> {
  return withWorktrees(async (scene) => {
    const { platform, root, at, tool, bind } = scene;
    const run: Run = (...args) => tracker(platform, "--repo", root, ...args);
    tool.setIssues([bdIssue("bd-1", { title: "One" })]);
    await bind();
    await at(root).pull();
    await at(root).issueEdit("bd-1", { title: "Mine" });
    await at(root).mapAdd({ wpId: "WP01", externalId: "bd-1" });
    await test(
      run,
      scene,
      async () => JSON.parse((await run("state", "list", "--json")).stdout).states,
    );
  });
}

Deno.test("`state list` says what is kept of which repository, and what waits in it", () =>
  withState(async (run, { root, tool }, states) => {
    const [state, ...others] = await states();
    assert.deepEqual(others, []);
    assert.equal(state?.["repository"], `${root}/.git`);
    assert.equal(state["database"], `${await Deno.realPath(tool.cwd)}/.beads`);
    assert.equal(state.standing, "there");
    assert.deepEqual(state.holds, {
      ...{ issues: 1, edits: 1, pending: 1, held: 0, refused: 0, stay_here: 0 },
      ...{ mappings: 1, unanswered: 0 },
    });
    assert.ok(Number(state["bytes"]) > 0);
    const { stdout } = await run("state", "list");
    assert.match(stdout, /1 unpushed, 1 issue, 1 mapping/);
  }));

Deno.test("what was refused of a cache whose repository is gone is told as that, by all who look", () =>
  withState(async (run, scene, states) => {
    const { platform, root, clone, storeOf } = scene;
    await editInClone(scene, "Refused");
    {
      using store = await IssueStore.open(platform, await storeOf(clone));
      const stored = store.issues.require("bd-1");
      const fault = { code: "refused", message: "no", at: 2 };
      store.issues.put({ ...stored, edits: { title: { at: 1, fault } } });
    }
    await Deno.remove(clone, { recursive: true });
    const [gone] = (await states()).filter(({ standing }) => standing === "gone");
    assert.deepEqual([gone?.holds?.["edits"], gone?.holds?.["pending"], gone?.holds?.["refused"]], [
      ...[1, 0, 1],
    ]);
    assert.match((await run("state", "list")).stdout, / 1 refused, 1 issue/);
    const words = /holds 1 issue with refused edits\b/;
    assert.match((await run("status")).stderr, words);
    const doctor = JSON.parse((await tracker(platform, "--repo", root, "doctor", "--json")).stdout);
    const [warned] = doctor.checks.filter(({ details }: { details?: { standing?: string } }) =>
      details?.standing === "gone"
    );
    assert.match(warned.message, words);
    assert.equal(warned.details.refused, 1);
  }));

Deno.test("`state list` on an empty machine says so", () =>
  withWorktrees(async ({ platform }) => {
    const { code, stdout } = await tracker(platform, "state", "list");
    assert.deepEqual([code, stdout], [0, "Nothing is kept on this machine.\n"]);
  }));

Deno.test("state of a repository that is gone is listed as such, by `doctor` and `status`, too", () =>
  withState(async (run, scene, states) => {
    const { platform, root, clone } = scene;
    await editInClone(scene, "Of the clone");
    await Deno.remove(clone, { recursive: true });
    const gone = (await states()).filter(({ standing }) => standing === "gone");
    assert.deepEqual(gone.map(({ missing }) => missing), [`${clone}/.git`]);
    const { stderr } = await run("status");
    assert.ok(stderr.includes(`"${clone}/.git" is gone`), stderr);
    assert.ok(stderr.includes(`tracker state export FILE --id ${gone[0]?.id}`), stderr);
    const doctor = JSON.parse((await tracker(platform, "--repo", root, "doctor", "--json")).stdout);
    const warned = doctor.checks.filter(({ details }: { details?: { standing?: string } }) =>
      details?.standing === "gone"
    );
    assert.equal(warned.length, 1);
  }));

Deno.test("`state export` writes all that is kept to a private file", () =>
  withState(async (run, { platform }, states) => {
    const file = `${platform.home}/state.json`;
    const { code, stdout } = await run("state", "export", file, "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { schema: 1, file, states: 1, unread: [] });
    if (Deno.build.os !== "windows") {
      assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
    }
    const exported = JSON.parse(await Deno.readTextFile(file));
    assert.equal(exported.schema, 1);
    const [state] = exported.states;
    assert.equal(state.id, (await states())[0]?.id);
    assert.equal(state.issues[0].issue.title, "Mine");
    assert.equal(state.issues[0].seen.title, "One");
    assert.deepEqual(Object.keys(state.issues[0].edits), ["title"]);
    assert.equal(state.mappings[0].wp_id, "WP01");
    assert.deepEqual([state.conflicts, state.unanswered], [[], []]);
  }));

Deno.test("`state export` names a directory that is not there", () =>
  withState(async (run, { platform }) => {
    const directory = `${platform.home}/nowhere`;
    const { code, stderr } = await run("state", "export", `${directory}/all.json`);
    assert.equal(code, 1);
    assert.ok(stderr.startsWith(`✗ There is no directory "${directory}"\n`), stderr);
  }));

Deno.test("`state export` replaces no file and follows no link", () =>
  withState(async (run, { platform }) => {
    const [file, link] = [`${platform.home}/there`, `${platform.home}/link`];
    await Deno.writeTextFile(file, "mine");
    await Deno.symlink(file, link);
    for (const path of [file, link]) {
      const { code, stderr } = await run("state", "export", path);
      assert.equal(code, 1);
      assert.match(stderr, /is there already/);
    }
    assert.equal(await Deno.readTextFile(file), "mine");
  }));

Deno.test("`state remove` names what would be lost, and removes nothing without consent", () =>
  withState(async (run, _scene, states) => {
    const [state] = await states();
    const { code, stderr } = await run("state", "remove", state?.id ?? "");
    assert.equal(code, 1);
    assert.match(stderr, /with 1 issue with unpushed edits and 1 mapping, which is nowhere else/);
    assert.match(stderr, /tracker state export FILE --id/);
    assert.equal((await states()).length, 1);
  }));

Deno.test("`state remove --yes` removes the cache, its notes and its locks", () =>
  withState(async (run, { platform }, states) => {
    const [state] = await states();
    const begin = (state?.id ?? "").slice(0, 6);
    const { code, stdout } = await run("state", "remove", begin, "--yes", "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      schema: 1,
      id: state?.id,
      removed: true,
      held: state?.holds,
    });
    assert.deepEqual(await states(), []);
    const left = (await platform.files.list(userPaths(platform).trackers)).map(({ name }) => name);
    assert.deepEqual(left.filter((name) => !/^beads-[0-9a-f]+\.lock$/.test(name)), []);
  }));

Deno.test("`state remove` leaves a cache that a sync is at work on", () =>
  withState(async (run, { platform }, states) => {
    const [state] = await states();
    const lock = await platform.files.lock(`${state?.path}.lock`, { purpose: "sync pull" });
    const { code, stderr } = await run("state", "remove", state?.id ?? "", "--yes");
    await lock.release();
    assert.equal(code, 1);
    assert.match(stderr, /sync pull/);
    assert.equal((await states()).length, 1);
  }));

Deno.test("a name that nothing or several things have is refused", () =>
  withState(async (run) => {
    for (const id of ["ffff0000ffff0000", "f", ""]) {
      const { code, stderr } = await run("state", "remove", id, "--yes");
      assert.notEqual(code, 0);
      assert.match(stderr, /Nothing that is kept here is named|`ID`: The value is empty/);
    }
  }));

Deno.test("a cache that was set aside as damaged is listed, and can be removed", () =>
  withState(async (run, { platform }, states) => {
    const [state] = await states();
    await Deno.writeTextFile(`${state?.path}.damaged-20260101`, "no database");
    const found = (await states()).find(({ kind }) => kind === "damaged");
    assert.deepEqual([found?.id, found?.holds], [`${state?.id}.damaged-20260101`, null]);
    const exported = await run("state", "export", `${platform.home}/all.json`);
    assert.equal(exported.code, 1);
    assert.match(exported.stderr, /damaged-20260101 cannot be read/);
    const { code } = await run("state", "remove", found?.id ?? "", "--yes");
    assert.equal(code, 0);
    assert.deepEqual((await states()).map(({ kind }) => kind), ["cache"]);
  }));

Deno.test("a link among the caches is not followed", () =>
  withState(async (_run, { platform }, states) => {
    const { trackers } = userPaths(platform);
    const [state] = await states();
    await Deno.symlink(state?.path ?? "", `${trackers}/ffffffffffffffff.db`);
    assert.equal((await states()).length, 1);
  }));

Deno.test("caches that versions before 0.2 kept are listed, others' files beside them are not", () =>
  withState(async (_run, { platform }, states) => {
    const old = await releasedCache(platform, "/elsewhere", (store) => {
      store.putPage([anIssue("bd-9")]);
    }, { old: true });
    await Deno.writeTextFile(`${old.replace(/[^/]*$/, "")}other.db`, "of another program");
    const ids = (await states()).map(({ id }) => id).filter((id) => id.startsWith("old-"));
    assert.equal(ids.length, 1);
  }));
