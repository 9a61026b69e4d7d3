import assert from "node:assert/strict";
import { Answers } from "../../standins/gitlab/answers.ts";
import type { Paging } from "../../standins/gitlab/reply.ts";
import { atGitLab, codeOf, faultOf, ORIGIN, type Scene, TOKEN } from "./support.ts";
import { round, sweep } from "../scene.ts";

/** Adds issues, a minute apart, and test cases among them. */
function fill({ gitlab, project, clock }: Scene, count: number): void {
  const start = clock.now() - count * 60_000;
  for (let index = 0; index < count; index++) {
    const kind = index % 10 === 9 ? "test_case" as const : "issue" as const;
    gitlab.state.addIssue(project, { title: `Issue ${index + 1}`, kind }, start + index * 60_000);
  }
}

for (const paging of ["cursor", "ignored", "refused"] satisfies readonly Paging[]) {
  Deno.test(`a first round shows every issue as a single read shows it: pages by ${paging}`, () =>
    atGitLab(async (scene) => {
      scene.gitlab.paging = paging;
      fill(scene, 250);
      const { issues, pages, highWater } = await round(scene, null);
      assert.equal(issues.size, 225);
      assert.equal(pages, 3);
      assert.deepEqual(issues.get("7"), await scene.get("7"));
      assert.equal(highWater, "2026-03-01T11:59:00.000Z");
      assert.equal(await scene.get("10"), null);
      const { ids } = await sweep(scene);
      assert.equal(new Set(ids).size, 225);
    }));

  Deno.test(`a round misses nothing that changes meanwhile, or that changes at once: pages by ${paging}`, () =>
    atGitLab(async (scene) => {
      const { gitlab, project, clock } = scene;
      gitlab.paging = paging;
      for (let index = 0; index < 230; index++) {
        gitlab.state.addIssue(project, { title: `Issue ${index + 1}` }, clock.now() - 60_000);
      }
      let lists = 0;
      gitlab.stepIn = ({ call, phase }) => {
        if (!call.endsWith("/issues") || phase === "before" || ++lists > 2) return;
        clock.advance(1_000);
        for (const iid of [1, 50, 120]) gitlab.edit(project, iid, { title: `At ${lists}` });
      };
      const first = await round(scene, null);
      gitlab.stepIn = () => {};
      const second = await round(scene, first.highWater);
      const all = new Map([...first.issues, ...second.issues]);
      assert.equal(all.size, 230);
      for (const [iid, issue] of project.issues) {
        assert.equal(all.get(String(iid))?.title, issue.title);
      }
    }));
}

Deno.test("issues whose descriptions are too much for one answer come in smaller pages", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, clock } = scene;
    const description = "x".repeat(1_048_576);
    for (let index = 0; index < 33; index++) {
      gitlab.state.addIssue(project, { title: `Issue ${index + 1}`, description }, clock.now());
    }
    const { issues, pages } = await round(scene, null);
    assert.deepEqual([issues.size, pages], [33, 2]);
    gitlab.paging = "ignored";
    const { fault, message } = await faultOf(round(scene, null));
    assert.equal(fault.kind, "failing");
    assert.match(message, /names no smaller pages/);
  }));

Deno.test("a list that has no end, or goes on with nothing in it, is read no further", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, remote, access, place } = scene;
    gitlab.state.addIssue(project, { title: "One" }, 0);
    const headers = { "x-next-page": "2", "link": '<https://gitlab.test/?cursor=x>; rel="next"' };
    gitlab.stepIn = ({ call, phase }) =>
      call.endsWith("/issues") && phase === "after"
        ? { status: 200, body: [], headers }
        : undefined;
    assert.equal((await round(scene, null)).pages, 1);
    const note = {
      id: 1,
      body: "Again",
      author: { id: 1, username: "ada" },
      created_at: "2026-01-01T00:00:00Z",
    };
    gitlab.counts = false;
    gitlab.stepIn = ({ call, phase }) =>
      call.endsWith("/notes") && phase === "before"
        ? { status: 200, body: [note], headers }
        : undefined;
    const listing = remote.comments?.list(access, place, "1");
    assert.match((await faultOf(Promise.resolve(listing))).message, /more than 1000 pages/);
  }));

Deno.test("a server that pages in another way from now on has the round begin again", () =>
  atGitLab(async (scene) => {
    const { gitlab, remote, access, place } = scene;
    fill(scene, 250);
    const { cursor } = await remote.listChanged(access, place, { since: null, cursor: null });
    gitlab.paging = "ignored";
    assert.equal(
      await codeOf(remote.listChanged(access, place, { since: null, cursor })),
      "cursor_invalid",
    );
    const broken = remote.listChanged(access, place, { since: null, cursor: "{}" });
    assert.equal(await codeOf(broken), "cursor_invalid");
  }));

Deno.test("a later round shows what has changed, and the two minutes before", () =>
  atGitLab(async (scene) => {
    fill(scene, 250);
    const first = await round(scene, null);
    scene.clock.advance(600_000);
    scene.gitlab.edit(scene.project, 3, { title: "Renamed" });
    const second = await round(scene, first.highWater);
    assert.deepEqual([...second.issues.keys()].toSorted(), ["248", "249", "3"]);
    assert.equal(second.issues.get("3")?.title, "Renamed");
    assert.equal(second.pages, 1);
  }));

Deno.test("labels alone are no change to GitLab: a sweep shows them", () =>
  atGitLab(async (scene) => {
    fill(scene, 5);
    const { highWater } = await round(scene, null);
    scene.clock.advance(600_000);
    scene.gitlab.edit(scene.project, 1, { labels: ["new"] });
    assert.equal((await round(scene, highWater)).issues.has("1"), false);
    const { issues } = await sweep(scene);
    assert.deepEqual(issues.find(({ ref }) => ref.id === "1")?.labels, ["new"]);
  }));

Deno.test("an issue that was moved to another project is gone from here", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, get } = scene;
    fill(scene, 5);
    const { highWater } = await round(scene, null);
    gitlab.move(project, 2, gitlab.state.addProject("acme/api"));
    const { removed, issues } = await round(scene, highWater);
    assert.deepEqual([removed, issues.has("2")], [["2"], false]);
    assert.equal(await get("2"), null);
    assert.deepEqual((await sweep(scene)).ids, ["1", "3", "4", "5"]);
  }));

Deno.test("parents and links come with a page, however much the server tells at once", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, clock } = scene;
    const parent = gitlab.state.addIssue(project, { title: "Parent", epic: "Big" }, clock.now());
    const task = { title: "Task", kind: "task", parent: parent.id } as const;
    const { id } = gitlab.state.addIssue(project, task, clock.now());
    gitlab.state.links.set(1, { id: 1, source: id, target: parent.id, type: "blocks" });
    const whole = {
      "1": { parent: null, links: ["blocked_by #2"] },
      "2": { parent: "#1", links: ["blocks #1"] },
    };
    for (const graph of ["links", "parents", "none"] as const) {
      gitlab.graph = graph;
      const shown = [...(await round(scene, null)).issues].map(([iid, issue]) => [iid, {
        parent: issue.parent_ref?.key ?? null,
        links: issue.links.map(({ type, ref }) => `${type} ${ref.key}`),
      }]);
      const expected = graph === "none"
        ? { ...whole, "2": { ...whole["2"], parent: null } }
        : whole;
      assert.deepEqual(Object.fromEntries(shown), expected, graph);
    }
  }));

Deno.test("an issue with more links than a page of them has shows all of them", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, get } = scene;
    const { id } = gitlab.state.addIssue(project, { title: "Linked to many" }, 0);
    for (let number = 1; number <= 250; number++) {
      const other = gitlab.state.addIssue(project, { title: `Other ${number}` }, 0);
      gitlab.state.links.set(number, {
        id: number,
        source: id,
        target: other.id,
        type: "relates_to",
      });
    }
    for (const graph of ["links", "parents"] as const) {
      gitlab.graph = graph;
      const links = (await get("1"))?.links ?? [];
      assert.equal(new Set(links.map(({ ref }) => ref.id)).size, 250, graph);
    }
    const listed = (await round(scene, null)).issues.get("1");
    assert.equal(listed?.links.length, 250);
  }));

Deno.test("what the credential may not see of parents and links is left out, and a server that knows none of them is read", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, get } = scene;
    gitlab.state.addIssue(project, { title: "One" }, 0);
    let body: object = {};
    gitlab.stepIn = ({ call, phase }) =>
      call.endsWith("/graphql") && phase === "after" ? { status: 200, body } : undefined;
    const shown = async () => {
      const issue = await get("1");
      return [issue?.parent_ref, issue?.links];
    };
    const hidden = [null, { linkType: "blocks", workItem: null }];
    const widgets = [null, {}, { parent: null }, { linkedItems: { nodes: hidden } }];
    for (const node of [{ iid: "1", widgets }, { iid: "1", widgets: null }]) {
      body = { data: { project: { workItems: { nodes: [null, node] } } } };
      assert.deepEqual(await shown(), [null, []]);
    }
    body = { errors: [{ message: "Field 'project' doesn't exist on type 'WorkItem'" }] };
    assert.deepEqual(await shown(), [null, []]);
  }));

Deno.test("an answer with a time or a number that cannot be is a failure of GitLab's", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, get } = scene;
    gitlab.state.addIssue(project, { title: "One" }, 0);
    const answers = new Answers(gitlab.state, ORIGIN);
    const issue = project.issues.get(1);
    assert.ok(issue !== undefined);
    const sound = answers.issue(project, issue);
    for (
      const wrong of [
        { updated_at: "yesterday" },
        { created_at: "2026-02-30T00:00:00Z" },
        { iid: 1.5 },
        { iid: -1 },
        { id: 2 ** 53 },
        { project_id: 0 },
      ]
    ) {
      const body = { ...sound, ...wrong };
      gitlab.stepIn = ({ call, phase }) =>
        call.endsWith("/issues/1") && phase === "after" ? { status: 200, body } : undefined;
      const reading = get("1");
      void scene.clock.advance(60_000);
      assert.equal((await faultOf(reading)).fault.kind, "failing", JSON.stringify(wrong));
    }
  }));

Deno.test("a project that is gone, hidden or has its issues turned off is said, and no issue is gone", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, remote, access, place, get } = scene;
    fill(scene, 3);
    project.hasIssues = false;
    assert.equal(await codeOf(round(scene, null)), "issues_off");
    assert.equal(await codeOf(sweep(scene)), "issues_off");
    assert.equal(await codeOf(get("1")), "issues_off");
    project.hasIssues = true;
    project.members.delete("ada");
    assert.equal(await codeOf(get("1")), "place_gone");
    assert.equal(await codeOf(round(scene, null)), "place_gone");
    assert.equal(await codeOf(sweep(scene)), "place_gone");
    assert.equal(await remote.readPlace(access, place), null);
    project.members.set("ada", 20);
    gitlab.rename(project, "acme/shop");
    const read = await remote.readPlace(access, place);
    assert.deepEqual([read?.key, read?.externalId], ["acme/shop", place.externalId]);
    assert.equal((await get("1"))?.title, "Issue 1");
    assert.equal(await get("99"), null);
    assert.equal(await get("local-1"), null);
  }));

Deno.test("an empty project has no time to begin the next round at", () =>
  atGitLab(async (scene) => {
    const { issues, highWater } = await round(scene, null);
    assert.deepEqual([issues.size, highWater], [0, null]);
  }));

Deno.test("a limit is waited out until the time that GitLab names, or a minute", () =>
  atGitLab(async (scene) => {
    const { gitlab, clock, remote, access, place } = scene;
    const list = () => remote.listChanged(access, place, { since: null, cursor: null });
    await list();
    gitlab.left = 0;
    const { fault } = await faultOf(list());
    assert.deepEqual(fault, { kind: "limited", until: clock.now() + 60_000 });
    const calls = gitlab.calls.length;
    assert.equal((await faultOf(list())).fault.kind, "limited");
    assert.equal(gitlab.calls.length, calls, "nothing is asked meanwhile");
    clock.advance(60_000);
    await list();
    gitlab.counts = false;
    gitlab.left = 0;
    const bare = await faultOf(list());
    assert.deepEqual(bare.fault, { kind: "limited", until: clock.now() + 60_000 });
    clock.advance(60_000);
    const retry = { status: 429, headers: { "retry-after": "7" } };
    gitlab.stepIn = ({ phase }) => phase === "before" ? retry : undefined;
    const named = await faultOf(list());
    assert.deepEqual(named.fault, { kind: "limited", until: clock.now() + 7_000 });
  }));

Deno.test("a token that has ended is a refused credential, in GitLab's words and never its own", () =>
  atGitLab(async (scene) => {
    for (const token of scene.gitlab.state.tokens.values()) token.isExpired = true;
    const { fault, message } = await faultOf(round(scene, null));
    assert.equal(fault.kind, "refused");
    assert.match(message, /^GitLab does not take the credential \(401\): Token is expired/);
    assert.ok(!message.includes(TOKEN));
  }));
