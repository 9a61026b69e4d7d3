import assert from "node:assert/strict";
import { refOf } from "../../../src/providers/github/issues.ts";
import { FakeGitHub } from "../../standins/github/fake_github.ts";
import { atGitHub, BASE, codeOf, faultOf, type Scene, TOKEN } from "./support.ts";
import { round, sweep } from "../scene.ts";

/** Adds issues, a minute apart, and pull requests among them. */
function fill({ github, repository, clock }: Scene, count: number): void {
  const start = clock.now() - count * 60_000;
  for (let index = 0; index < count; index++) {
    const fields = { title: `Issue ${index + 1}`, isPullRequest: index % 10 === 9 };
    github.state.addIssue(repository, fields, start + index * 60_000);
  }
}

Deno.test("a first round shows every issue and no pull request, as a single read shows it", () =>
  atGitHub(async (scene) => {
    fill(scene, 250);
    const { issues, pages, highWater } = await round(scene, null);
    assert.equal(issues.size, 225);
    assert.equal(pages, 3);
    assert.deepEqual(issues.get("7"), await scene.get("7"));
    assert.equal(highWater, "2026-03-01T11:59:00Z");
    assert.equal(await scene.get("10"), null);
  }));

Deno.test("a later round shows what has changed, and the two minutes before", () =>
  atGitHub(async (scene) => {
    fill(scene, 250);
    const first = await round(scene, null);
    scene.clock.advance(600_000);
    scene.github.edit(scene.repository, 3, { title: "Renamed" });
    const second = await round(scene, first.highWater);
    assert.deepEqual([...second.issues.keys()].toSorted(), ["248", "249", "3"]);
    assert.equal(second.issues.get("3")?.title, "Renamed");
    assert.equal(second.pages, 1);
  }));

Deno.test("a quiet repository costs none of the budget once that is known", () =>
  atGitHub(async (scene) => {
    fill(scene, 5);
    let { highWater } = await round(scene, null);
    for (let at = 0; at < 3; at++) highWater = (await round(scene, highWater)).highWater;
    const { left } = scene.github;
    for (let hour = 0; hour < 60; hour++) {
      scene.clock.advance(50_000);
      assert.equal((await round(scene, highWater)).highWater, highWater);
    }
    assert.equal(left - scene.github.left, 0);
    scene.github.edit(scene.repository, 2, { title: "Renamed" });
    assert.equal((await round(scene, highWater)).issues.get("2")?.title, "Renamed");
  }));

Deno.test("an empty repository has no time to begin the next round at", () =>
  atGitHub(async (scene) => {
    assert.equal((await round(scene, null)).highWater, null);
  }));

Deno.test("a sweep shows all issues with their parents and links, and what moved no time", () =>
  atGitHub(async (scene) => {
    fill(scene, 205);
    const { github, repository, place } = scene;
    const [one, two] = [repository.issues.get(1), repository.issues.get(2)];
    assert.ok(one !== undefined && two !== undefined);
    one.parent = two.id;
    two.blockedBy.add(one.id);
    one.labels = ["renamed label"];
    const { ids, issues } = await sweep(scene);
    assert.equal(ids.length, 185);
    assert.equal(new Set(ids).size, 185);
    const first = issues.find(({ ref }) => ref.id === "1");
    assert.deepEqual(first?.parent_ref, refOf(place, 2));
    assert.deepEqual(first?.links, [{ type: "blocks", ref: refOf(place, 2) }]);
    assert.deepEqual(first?.labels, ["renamed label"]);
    assert.equal(github.writes.length, 0);
  }));

Deno.test("an issue that was deleted, or moved to another repository, is gone", () =>
  atGitHub(async (scene) => {
    fill(scene, 5);
    const { github, repository, get } = scene;
    const other = github.state.addRepository("acme/api");
    github.remove(repository, 1, null);
    github.remove(repository, 2, other);
    // The same number in the other repository is another issue.
    github.state.addIssue(other, { title: "Two" }, 0);
    github.remove(repository, 3, other);
    for (const id of ["1", "2", "3", "99", "WEB-1", "0"]) assert.equal(await get(id), null, id);
    assert.equal((await get("4"))?.title, "Issue 4");
  }));

Deno.test("no issue counts as gone where the repository itself is not reached", () =>
  atGitHub(async (scene) => {
    fill(scene, 2);
    const { github, repository, get } = scene;
    assert.equal(await get("9"), null);
    github.state.repositories.delete(repository.id);
    assert.equal(await codeOf(get("1")), "place_gone");
    github.state.repositories.set(repository.id, repository);
    repository.hasIssues = false;
    assert.equal(await codeOf(scene.remote.listAll(scene.access, scene.place, null)), "issues_off");
    for (const token of github.state.tokens.values()) token.issues = "none";
    repository.hasIssues = true;
    assert.equal(await codeOf(get("1")), "permission_missing");
  }));

Deno.test("a repository that was good a moment ago is told to have its issues turned off, or to be gone", () =>
  atGitHub(async (scene) => {
    fill(scene, 2);
    const { github, repository, remote, access, place } = scene;
    const list = () => remote.listAll(access, place, null);
    await list();
    repository.hasIssues = false;
    assert.equal(await codeOf(list()), "issues_off");
    repository.hasIssues = true;
    await list();
    github.state.repositories.delete(repository.id);
    assert.equal(await codeOf(list()), "place_gone");
  }));

Deno.test("a parent in a repository that the credential does not reach is left out", () =>
  atGitHub(async (scene) => {
    fill(scene, 1);
    const { github, repository, get } = scene;
    const hidden = github.state.addRepository("acme/secret");
    const parent = github.state.addIssue(hidden, { title: "Parent" }, 0);
    const one = repository.issues.get(1);
    assert.ok(one !== undefined);
    one.parent = parent.id;
    assert.equal((await get("1"))?.parent_ref?.key, "acme/secret#1");
    github.stepIn = ({ call, phase }) =>
      call === "GET /repos/acme/secret" && phase === "before"
        ? { status: 404, body: {} }
        : undefined;
    scene.clock.advance(120_000);
    assert.equal((await get("1"))?.parent_ref, null);
  }));

Deno.test("a connection stops before its budget is used up, until the count begins again", () =>
  atGitHub(async (scene) => {
    fill(scene, 1);
    scene.github.left = 102;
    await scene.get("1");
    const { fault } = await faultOf(scene.get("1"));
    assert.equal(fault.kind, "limited");
    const calls = scene.github.calls.length;
    await faultOf(scene.get("1"));
    assert.equal(scene.github.calls.length, calls, "nothing is asked");
    scene.clock.advance(3_601_000);
    assert.equal((await scene.get("1"))?.title, "Issue 1");
  }));

Deno.test("a secondary limit closes the connection for as long as GitHub says", () =>
  atGitHub(async (scene) => {
    fill(scene, 1);
    scene.github.stepIn = () => ({
      status: 403,
      body: { message: "You have exceeded a secondary rate limit." },
      headers: { "retry-after": "17" },
    });
    const { fault } = await faultOf(scene.get("1"));
    assert.deepEqual(fault, { kind: "limited", until: scene.clock.now() + 17_000 });
  }));

Deno.test("a token that is taken back is refused", () =>
  atGitHub(async (scene) => {
    scene.github.state.tokens.delete(TOKEN);
    assert.equal((await faultOf(scene.get("1"))).fault.kind, "refused");
  }));

Deno.test("the stand-in tells what the official description does not allow", async () => {
  const github = await FakeGitHub.start(BASE, () => 0);
  if (!github.isHeld) {
    console.log("Skipped: the official description is not here");
    return;
  }
  github.state.addRepository("acme/web");
  github.state.tokens.set("t", { login: "ada", issues: "write", hooks: true, mayTriage: true });
  const ask = (method: string, path: string, body?: object) =>
    github.handle(
      new Request(BASE + path, {
        method,
        headers: { authorization: "Bearer t" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  await ask("POST", "/repos/acme/web/issues", { body: "no title" });
  await ask("GET", "/repos/acme/web/issues?sort=size");
  await ask("GET", "/repos/acme/web/issues?colour=red");
  assert.deepEqual(github.faults.map((fault) => fault.replace(/:.*/, "")), [
    "asked POST /repos/acme/web/issues",
    "asked GET /repos/acme/web/issues",
    "asked GET /repos/acme/web/issues",
  ]);
});
