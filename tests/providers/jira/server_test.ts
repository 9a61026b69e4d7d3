/** Jira as a server of a team's own: the second version of its API, names of users, fields of epics. */
import assert from "node:assert/strict";
import { EPIC_LINK } from "../../standins/jira/state.ts";
import { atServer, CLIENT_ID, faultOf, refusalOf, TOKEN } from "./support.ts";

Deno.test("an issue of a server is shown with its own addresses, names and texts", () =>
  atServer(async ({ jira, project, ada, place, get }) => {
    const epic = jira.add(project, { summary: "Epic", typeId: "10100" });
    const story = jira.add(project, {
      summary: "Story",
      typeId: "10101",
      description: "As it is written.",
      assignee: ada.accountId,
      parent: epic.id,
    });
    const part = jira.add(project, { summary: "Part", typeId: "10104", parent: story.id });
    const shown = await get(story.id);
    assert.equal(shown?.ref.url, "https://jira.acme.test/tracker/browse/WEB-2");
    assert.equal(shown?.ref.workspace, place.externalId);
    assert.equal(shown?.body, "As it is written.");
    assert.deepEqual(shown?.assignees, ["Ada Lovelace"]);
    assert.deepEqual(shown?.provider_metadata["assignee"], {
      id: "JIRAUSERada",
      login: "ada",
      email: "ada@acme.test",
    });
    assert.equal(shown?.parent_ref?.key, "WEB-1");
    assert.equal((await get(part.id))?.parent_ref?.key, "WEB-2");
  }));

Deno.test("an issue is put below an epic by the field that the site has for that, and taken away", () =>
  atServer(async ({ jira, project, get, change }) => {
    const epic = jira.add(project, { summary: "Epic", typeId: "10100" });
    const { id } = jira.add(project, { summary: "Task" });
    await change(id, { parent_ref: { system: "jira", workspace: "any", id: epic.id } });
    assert.equal((await get(id))?.parent_ref?.key, "WEB-1");
    await change(id, { parent_ref: null });
    assert.equal((await get(id))?.parent_ref, null);
    assert.deepEqual(jira.writes, [`update WEB-2 ${EPIC_LINK}`, `update WEB-2 ${EPIC_LINK}`]);
    const other = jira.add(project, { summary: "Other" });
    const ref = { system: "jira", workspace: "any", id: other.id };
    const refusal = await refusalOf(change(id, { parent_ref: ref }));
    assert.equal(refusal.code, "invalid_parent");
    assert.match(refusal.words, /WEB-3 is no epic/);
    const gone = { ...ref, id: "404", key: "WEB-404" };
    assert.match((await refusalOf(change(id, { parent_ref: gone }))).words, /no issue "WEB-404"/);
    project.editable.delete("parent");
    const hidden = { ...ref, id: epic.id };
    assert.match((await refusalOf(change(id, { parent_ref: hidden }))).words, /parent of WEB-2/);
  }));

Deno.test("an epic is one in another language, too", () =>
  atServer(async ({ jira, project, get, change, create }) => {
    project.types.splice(0, 1, {
      id: "10100",
      name: "Épopée",
      subtask: false,
      hierarchyLevel: 1,
    });
    const epic = jira.add(project, { summary: "Epic", typeId: "10100" });
    assert.equal((await get(epic.id))?.issue_type, "epic");
    const { id } = jira.add(project, { summary: "Task" });
    await change(id, { parent_ref: { system: "jira", workspace: "any", id: epic.id } });
    assert.equal((await get(id))?.parent_ref?.key, "WEB-1");
    assert.equal((await create({ title: "Another", issue_type: "epic" })).issue_type, "epic");
  }));

Deno.test("people of a server are written by their user names", () =>
  atServer(async ({ jira, project, get, change }) => {
    const { id } = jira.add(project, { summary: "Task" });
    for (const [written, shown] of [["bo", "Bo Diddley"], ["ada", "Ada Lovelace"]] as const) {
      await change(id, { assignees: [written] });
      assert.deepEqual((await get(id))?.assignees, [shown]);
    }
    await change(id, { assignees: [] });
    assert.deepEqual((await get(id))?.assignees, []);
  }));

Deno.test("an epic gets the name that a server asks for, and what is below it is created there", () =>
  atServer(async ({ create, remote, access, place }) => {
    const epic = await create({ title: "Epic", issue_type: "epic" });
    assert.equal(epic.issue_type, "epic");
    const creation = (clientId: string, parent_ref: typeof epic.ref) => ({
      clientId,
      fields: { title: "Part", body: "Text.", parent_ref },
    });
    const task = await remote.create(
      access,
      place,
      creation("11111111-89ab-4def-8123-456789abcdef", epic.ref),
    );
    assert.deepEqual([task.issue_type, task.parent_ref?.id], ["task", epic.ref.id]);
    const part = await remote.create(
      access,
      place,
      creation("21111111-89ab-4def-8123-456789abcdef", task.ref),
    );
    assert.deepEqual([part.issue_type, part.parent_ref?.id], ["subtask", task.ref.id]);
    assert.equal(part.body, "Text.");
  }));

Deno.test("a creation whose answer was lost is found at a server, whose searches show no properties", () =>
  atServer(async ({ jira, project, remote, access, place, create }) => {
    const creation = { clientId: CLIENT_ID, fields: { title: "New" } };
    for (const lagMs of [60_000, 0]) {
      jira.index.lagMs = lagMs;
      jira.writes.length = 0;
      for (const { id } of [...jira.state.issues.values()]) jira.state.issues.delete(id);
      jira.add(project, { summary: "Another" });
      jira.stepIn = ({ call, phase }) => {
        if (call.endsWith("POST /rest/api/2/issue") && phase === "after") throw new Error("Reset");
      };
      await assert.rejects(create({ title: "New" }));
      jira.stepIn = () => {};
      const found = await remote.findCreated(access, place, creation);
      assert.equal(found?.title, "New");
      assert.equal(jira.writes.length, 1);
    }
    const other = { ...creation, clientId: "31111111-89ab-4def-8123-456789abcdef" };
    assert.equal(await remote.findCreated(access, place, other), null);
  }));

Deno.test("pages of a server go by what comes before, and no change is missed", () =>
  atServer(async ({ jira, project, remote, access, place, clock }) => {
    jira.pageSize = 7;
    jira.zoneMinutes = 345;
    const all = Array.from({ length: 30 }, (_, n) => jira.add(project, { summary: `Issue ${n}` }));
    const known = new Map<string, string>();
    let shown = 0;
    let since: string | null = null;
    const round = async () => {
      for (let cursor: string | null = null;;) {
        const page = await remote.listChanged(access, place, { since, cursor });
        for (const { ref, title } of page.issues) known.set(ref.id, title);
        shown += page.issues.length;
        if (page.cursor === null) return page.highWater;
        ({ cursor } = page);
      }
    };
    since = await round();
    for (let step = 0; step < 20; step++) {
      const issue = all[step * 7 % all.length];
      assert.ok(issue !== undefined);
      clock.advance(45_000);
      jira.edit(issue, { summary: `Step ${step}` });
      since = await round();
    }
    assert.deepEqual(known, new Map(all.map(({ id, summary }) => [id, summary])));
    const before = shown;
    for (let quiet = 0; quiet < 3; quiet++) since = await round();
    assert.equal(shown, before);
    const ids: string[] = [];
    for (let cursor: string | null = null;;) {
      const page = await remote.listAll(access, place, cursor);
      ids.push(...page.ids);
      if (page.cursor === null) break;
      ({ cursor } = page);
    }
    assert.deepEqual(ids, all.map(({ id }) => id));
  }));

Deno.test("comments, links and steps are as in the cloud", () =>
  atServer(async ({ jira, project, remote, access, place, get, change }) => {
    const [one, other] = ["One", "Other"].map((summary) => jira.add(project, { summary }));
    assert.ok(one !== undefined && other !== undefined);
    const ref = { system: "jira", workspace: "any", id: other.id };
    await change(one.id, { status: "done", links_add: [{ type: "blocks", ref }] });
    const shown = await get(one.id);
    assert.equal(shown?.status, "done");
    assert.deepEqual(shown?.links.map(({ type, ref }) => `${type} ${ref.key}`), ["blocks WEB-2"]);
    const comment = { clientId: CLIENT_ID, body: "Said." };
    const added = await remote.comments?.add(access, place, one.id, comment);
    assert.deepEqual(await remote.comments?.findAdded(access, place, one.id, comment), added);
    project.transitions = [{ id: "1", name: "Open", from: "any", to: "1", isForbidden: true }];
    const refusal = await refusalOf(change(one.id, { status: "todo" }));
    assert.equal(refusal.code, "status_not_reachable");
  }));

Deno.test("links of a server in another language are shown and written, and unknown kinds are kept", () =>
  atServer(async ({ jira, project, get, change, clock }) => {
    const kinds = [
      { id: "1", name: "Klonen", inward: "ist geklont von", outward: "klont" },
      { id: "2", name: "Blockade", inward: "blockiert", outward: "wird blockiert durch" },
      { id: "3", name: "Bezug", inward: "bezieht sich auf", outward: "bezieht sich auf" },
    ];
    jira.state.linkTypes.splice(0, Infinity, ...kinds);
    const [one, other] = ["One", "Other"].map((summary) => jira.add(project, { summary }));
    assert.ok(one !== undefined && other !== undefined);
    jira.state.links.set("7", { id: "7", kind: "Klonen", from: one.id, to: other.id });
    const ref = { system: "jira", workspace: "any", id: other.id };
    const wanted = [{ type: "blocks", ref }, { type: "relates_to", ref }] as const;
    await change(one.id, { links_add: wanted });
    const shown = async (id: string) => {
      const issue = await get(id);
      return [...issue?.links.map(({ type }) => type) ?? [], issue?.provider_metadata.other_links];
    };
    assert.deepEqual(await shown(one.id), ["blocks", "relates_to", ["klont WEB-2"]]);
    assert.deepEqual(await shown(other.id), ["blocked_by", "relates_to", [
      "ist geklont von WEB-1",
    ]]);
    await change(one.id, { links_remove: wanted });
    assert.deepEqual(await shown(one.id), [["klont WEB-2"]]);
    const refusal = await refusalOf(change(one.id, { links_add: [{ type: "duplicates", ref }] }));
    assert.equal(refusal.code, "link_unsupported");
    assert.match(refusal.words, /no kind .* "duplicates" .*, only "Klonen", "Blockade", "Bezug"$/);
    jira.state.linkTypes.splice(0);
    jira.state.links.clear();
    clock.advance(11 * 60_000);
    const off = await refusalOf(change(one.id, { links_add: [{ type: "blocks", ref }] }));
    assert.match(off.words, /links are turned off there$/);
  }));

Deno.test("a token that a server does not take is refused", () =>
  atServer(async ({ jira, access, remote, place }) => {
    jira.state.credentials.clear();
    assert.equal((await faultOf(remote.get(access, place, "1"))).fault.kind, "refused");
  }));

Deno.test("a server that says again what it was sent has its token told to nobody", () =>
  atServer(async ({ jira, project, change }) => {
    const { id } = jira.add(project, { summary: "Task" });
    jira.stepIn = ({ call, phase }) =>
      call.startsWith("PUT ") && phase === "before"
        ? { status: 400, body: { errorMessages: [`No to Bearer ${TOKEN}`], errors: {} } }
        : undefined;
    const { message } = await faultOf(change(id, { title: "New" }));
    assert.match(message, /No to /);
    assert.ok(!message.includes(TOKEN), message);
  }));
