import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import { atJira, refusalOf } from "./support.ts";
import { round } from "../scene.ts";

function titles(issues: readonly NormalizedIssue[]): string[] {
  return [...new Set(issues.map(({ title }) => title))].sort();
}

Deno.test("a first round lists everything, also when more than a page has one minute", () =>
  atJira(async (scene) => {
    const { jira, project, clock } = scene;
    jira.pageSize = 10;
    for (let n = 0; n < 45; n++) {
      if (n > 30) clock.advance(40_000);
      jira.add(project, { summary: `Issue ${n}` });
    }
    const { shown: issues } = await round(scene, null);
    assert.equal(titles(issues).length, 45);
    assert.equal(issues.length, 45, "a page shows nothing once more that the one before has shown");
  }));

Deno.test("a round shows what has changed since, and nothing that it has shown already", () =>
  atJira(async (scene) => {
    const { jira, project, clock } = scene;
    const changed = jira.add(project, { summary: "Changed" });
    jira.add(project, { summary: "Quiet" });
    let { highWater } = await round(scene, null);
    clock.advance(60_000);
    jira.edit(changed, { summary: "Changed!" });
    let issues: readonly NormalizedIssue[];
    ({ shown: issues, highWater } = await round(scene, highWater));
    assert.deepEqual(titles(issues), ["Changed!"]);
    for (let quiet = 0; quiet < 3; quiet++) {
      ({ shown: issues, highWater } = await round(scene, highWater));
      assert.deepEqual(issues, []);
      clock.advance(60_000);
    }
  }));

Deno.test("no change is missed and none is shown for ever, in Kathmandu as in Sydney, when searches are late", () =>
  atJira(async (scene) => {
    const { jira, project, clock } = scene;
    jira.zoneMinutes = 345;
    jira.index.lagMs = 90_000;
    const all = Array.from({ length: 8 }, (_, n) => jira.add(project, { summary: `Issue ${n}` }));
    let highWater: string | null = null;
    const known = new Map<string, string>();
    let shown = 0;
    const look = async () => {
      const seen = await round(scene, highWater);
      for (const { ref, title } of seen.shown) known.set(ref.id, title);
      shown += seen.shown.length;
      ({ highWater } = seen);
    };
    for (let step = 0; step < 40; step++) {
      const issue = all[step * 5 % all.length];
      assert.ok(issue !== undefined);
      jira.edit(issue, { summary: `Step ${step}` });
      clock.advance(step % 3 === 0 ? 25_000 : 70_000);
      await look();
    }
    clock.advance(jira.index.lagMs);
    await look();
    await look();
    assert.deepEqual(known, new Map(all.map(({ id, summary }) => [id, summary])));
    const before = shown;
    for (let quiet = 0; quiet < 5; quiet++) await look();
    assert.equal(shown, before);
    assert.ok(shown <= 60, `${shown} issues were shown for 48 changes`);
  }));

Deno.test("what changes while a round goes is shown by it, or by the next one", () =>
  atJira(async (scene) => {
    const { jira, project, clock } = scene;
    jira.pageSize = 5;
    const all = Array.from({ length: 20 }, (_, n) => {
      clock.advance(61_000);
      return jira.add(project, { summary: `Issue ${n}` });
    });
    let edits = 0;
    const first = await round(scene, null, () => {
      const issue = all[edits * 7 % all.length];
      if (issue === undefined || edits > 8) return;
      clock.advance(400_000);
      jira.edit(issue, { summary: `Edit ${++edits}` });
    });
    const second = await round(scene, first.highWater);
    const known = new Map<string, string>();
    for (const { ref, title } of [...first.shown, ...second.shown]) known.set(ref.id, title);
    assert.deepEqual(known, new Map(all.map(({ id, summary }) => [id, summary])));
    assert.ok(edits > 2);
  }));

Deno.test("an issue that is moved between the list and its reading is gone", () =>
  atJira(async (scene) => {
    const { jira, project, clock, remote, access, place } = scene;
    const ops = jira.state.addProject("OPS");
    const issue = jira.add(project, { summary: "Moved" });
    const { highWater } = await round(scene, null);
    clock.advance(1_000);
    jira.edit(issue, { summary: "Moved!" });
    let searches = 0;
    jira.stepIn = ({ call, phase }) => {
      if (!call.includes("/search/") || phase !== "before") return;
      if (++searches === 2) jira.remove(issue, ops);
    };
    const page = await remote.listChanged(access, place, { since: highWater, cursor: null });
    assert.deepEqual(page.removed, [issue.id]);
  }));

Deno.test("an issue that is deleted between the list and its reading does not hold up the others", () =>
  atJira(async (scene) => {
    const { jira, project, clock, remote, access, place } = scene;
    const [one, other] = ["One", "Other"].map((summary) => jira.add(project, { summary }));
    assert.ok(one !== undefined && other !== undefined);
    const { highWater } = await round(scene, null);
    clock.advance(1_000);
    jira.edit(one, { summary: "One!" });
    jira.edit(other, { summary: "Other!" });
    let searches = 0;
    jira.stepIn = ({ call, phase }) => {
      if (!call.includes("/search/") || phase !== "before") return;
      if (++searches === 2) jira.remove(one, null);
    };
    const page = await remote.listChanged(access, place, { since: highWater, cursor: null });
    assert.deepEqual(page.issues.map(({ title }) => title), ["Other!"]);
  }));

Deno.test("a sweep lists everything once, in the order of the keys", () =>
  atJira(async ({ jira, project, remote, access, place }) => {
    jira.pageSize = 4;
    for (let n = 0; n < 10; n++) jira.add(project, { summary: `Issue ${n}` });
    const ids: string[] = [];
    for (let cursor: string | null = null;;) {
      const page = await remote.listAll(access, place, cursor);
      ids.push(...page.ids);
      assert.equal(page.issues.length, page.ids.length);
      if (page.cursor === null) break;
      ({ cursor } = page);
    }
    assert.deepEqual(ids, [...jira.state.issues.keys()]);
  }));

Deno.test("nothing of a project that is hidden is not taken for nothing", () =>
  atJira(async ({ project, remote, access, place }) => {
    project.isHidden = true;
    const changed = remote.listChanged(access, place, { since: null, cursor: null });
    assert.equal((await refusalOf(changed)).code, "place_gone");
    assert.equal((await refusalOf(remote.listAll(access, place, null))).code, "place_gone");
  }));

Deno.test("nothing of a project that is archived is not taken for nothing, and nothing is written there", () =>
  atJira(async ({ jira, project, remote, access, place, create }) => {
    jira.add(project, { summary: "Issue" });
    project.isArchived = true;
    const changed = remote.listChanged(access, place, { since: null, cursor: null });
    for (
      const refused of [changed, remote.listAll(access, place, null), create({ title: "New" })]
    ) {
      const { code, words } = await refusalOf(refused);
      assert.deepEqual([code, words], ["place_gone", 'The project "WEB" is archived at Jira']);
    }
    assert.deepEqual(jira.writes, []);
    project.isArchived = false;
    assert.equal((await remote.listAll(access, place, null)).ids.length, 1);
  }));

Deno.test("an empty project has no mark, and a place in the list that is broken is refused", () =>
  atJira(async ({ remote, access, place }) => {
    const page = await remote.listChanged(access, place, { since: null, cursor: null });
    assert.deepEqual(page, { issues: [], removed: [], cursor: null, highWater: null });
    const broken = remote.listChanged(access, place, { since: null, cursor: "{}" });
    assert.equal((await refusalOf(broken)).code, "cursor_invalid");
  }));
