import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { addUserUnchecked, ensureTeam } from "../../src/server/accounts/users.ts";
import { addResource, ensureInstallation } from "../../src/server/bindings/resources.ts";
import type { HostContext } from "../../src/server/mod.ts";
import type { Page, PageRequest } from "../../src/server/model/page.ts";
import { listEvents } from "../../src/server/store/event_list.ts";
import { insertEvents } from "../../src/server/store/events.ts";
import { firstSteps } from "../../src/server/store/first_steps.ts";
import { listedOperation, listOperations } from "../../src/server/store/operation_list.ts";
import { endOperation, insertOperation } from "../../src/server/store/operations.ts";
import { listPlaces } from "../../src/server/store/place_list.ts";
import { withHost } from "./support.ts";

/** Reads a list to its end, page by page. */
async function whole<T>(read: (request: PageRequest) => Promise<Page<T>>, limit: number) {
  const all: T[] = [];
  for (let after: string | null = null;;) {
    const page: Page<T> = await read({ after, limit });
    assert.ok(page.entries.length <= limit);
    all.push(...page.entries);
    if (page.next === null) return all;
    assert.equal(page.entries.length, limit, "a page that is not the last is full");
    after = page.next;
  }
}

/** Adds a team with one user. */
async function newTeam(context: HostContext, slug: string) {
  const password = "long enough for all";
  const user = await addUserUnchecked(context, { username: `u@${slug}`, password, team: slug });
  return { userId: user.id, teamId: (await ensureTeam(context, slug)).id };
}

Deno.test("operations are listed newest first, each once, of one team only, whatever the page size", () =>
  withHost(async ({ context }) => {
    const [ours, theirs] = [await newTeam(context, "ours"), await newTeam(context, "theirs")];
    const states = fc.array(fc.constantFrom("open", "failed", "completed"), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(states, fc.integer({ min: 1, max: 13 }), async (kinds, limit) => {
        await context.store.run("DELETE FROM operations");
        // At any moment the host forgets operations that ended long ago, and gives a job to open ones without one.
        const at = Date.UTC(2100, 0, 1);
        const made: { id: string; kind: string }[] = [];
        for (const [index, kind] of kinds.entries()) {
          const id = context.newId("op");
          made.unshift({ id, kind });
          const request = JSON.stringify({ kind: "push", items: [index] });
          const row = { request, bindingRef: "b", createdAt: at + index };
          await insertOperation(context.store, { id, ...ours, ...row });
          await insertOperation(context.store, { id: context.newId("op"), ...theirs, ...row });
          if (kind === "open") continue;
          const json = kind === "failed" ? '{"message":"No"}' : '{"summary":{}}';
          const state = kind === "failed" ? kind : "completed";
          const end = { state, json, at: at + index } as const;
          await context.store.transaction((tx) => endOperation(tx, id, end));
        }
        for (const filter of ["all", "open", "failed", "completed"] as const) {
          const listed = await whole(
            (request) => listOperations(context.store, ours.teamId, { ...request, filter }),
            limit,
          );
          const wanted = made.filter(({ kind }) => filter === "all" || filter === kind);
          assert.deepEqual(listed.map(({ id }) => id), wanted.map(({ id }) => id));
        }
      }),
      { numRuns: 25 },
    );
  }));

Deno.test("an operation is listed with who asked for it, for which project, and what its items came to", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const items = Array.from({ length: 3 }, (_, index) => ({
      ref: { system: "linear", workspace: "acme", id: `gone-${index}` },
      action: "update",
      patch: { title: "New" },
    }));
    const body = { provider: "linear", binding_ref: ref };
    const accepted = await host.call("POST", "/api/v1/tracker/push/", { ...body, items }, {
      prefer: "respond-async",
    });
    assert.equal(accepted.status, 202, JSON.stringify(accepted.body));
    const id = accepted.text("operation_id");
    await host.ended(id);
    const { store } = host.context;
    const team = await ensureTeam(host.context, "acme");
    const listed = await listedOperation(store, team.id, id);
    assert.equal(listed?.kind, "push");
    assert.equal(listed?.project, "my-app");
    assert.equal(listed?.resource, "Engineering (ENG)");
    assert.equal(listed?.provider, "linear");
    assert.equal(listed?.user, "Dana Demo");
    assert.deepEqual(listed?.counts, { total: 3, failed: 3 });
    const other = await newTeam(host.context, "others");
    assert.equal(await listedOperation(store, other.teamId, id), null);
  }));

Deno.test("events are listed as they came in, newest first, each once, also those of one moment", () =>
  withHost(async ({ context }) => {
    const { store } = context;
    const [ours, theirs] = [await newTeam(context, "ours"), await newTeam(context, "theirs")];
    const times = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 13 }), async (received, limit) => {
        await store.run("DELETE FROM events");
        for (const [index, receivedAt] of received.entries()) {
          const event = { eventId: `e${index}`, nodeId: "n", lamportClock: 0, json: "{}" };
          const both = [ours, theirs].map((team) => ({ ...team, ...event, receivedAt }));
          await store.transaction((tx) => insertEvents(tx, both));
        }
        const listed = await whole((page) => listEvents(store, ours.teamId, page), limit);
        const wanted = received.map((receivedAt, index) => ({ receivedAt, id: `e${index}` }))
          .toSorted((a, b) => b.receivedAt - a.receivedAt || (a.id < b.id ? 1 : -1));
        assert.deepEqual(listed.map(({ eventId }) => eventId), wanted.map(({ id }) => id));
      }),
      { numRuns: 25 },
    );
  }));

Deno.test("of events with one id in a team the first is new, whether they come together or not", () =>
  withHost(async ({ context }) => {
    const { store } = context;
    const [ours, theirs] = [await newTeam(context, "ours"), await newTeam(context, "theirs")];
    const some = fc.array(fc.record({ id: fc.nat({ max: 150 }), isOurs: fc.boolean() }), {
      maxLength: 160,
      size: "max",
    });
    await fc.assert(
      fc.asyncProperty(some, some, async (...batches) => {
        await store.run("DELETE FROM events");
        const known = new Set<string>();
        for (const batch of batches) {
          const events = batch.map(({ id, isOurs }) => ({
            ...isOurs ? ours : theirs,
            eventId: `e${id}`,
            nodeId: "n",
            lamportClock: 0,
            json: "{}",
            receivedAt: 1,
          }));
          const wanted = events.flatMap(({ teamId, eventId }, place) => {
            const name = `${teamId} ${eventId}`;
            if (known.has(name)) return [];
            known.add(name);
            return [place];
          });
          const added = await store.transaction((tx) => insertEvents(tx, events));
          assert.deepEqual([...added], wanted);
        }
        const row = await store.one("SELECT COUNT(*) AS events FROM events");
        assert.equal(row?.["events"], known.size);
      }),
      { numRuns: 20 },
    );
  }));

Deno.test("an event that is too large for a list is listed without its content", () =>
  withHost(async ({ context }) => {
    const { teamId, userId } = await newTeam(context, "ours");
    const json = JSON.stringify({ filler: "ä".repeat(40_000) });
    const event = { eventId: "e", nodeId: "n", lamportClock: 0, json, receivedAt: 1 };
    await context.store.transaction((tx) => insertEvents(tx, [{ teamId, userId, ...event }]));
    const { entries } = await listEvents(context.store, teamId, { after: null, limit: 5 });
    assert.deepEqual(entries.map((one) => [one.eventId, one.json]), [["e", null]]);
  }));

Deno.test("places for issues are listed with their issues, the newest change and the bound project", () =>
  withHost(async (host) => {
    await host.bind("jira", "Payments (PAY)");
    const { store } = host.context;
    const { id: teamId } = await ensureTeam(host.context, "acme");
    const places = await whole(
      (page) => listPlaces(store, { ...page, teamId, connectionId: null }),
      2,
    );
    const total = await store.all("SELECT id FROM resources");
    assert.equal(places.length, total.length);
    const bound = places.filter(({ project }) => project !== null);
    assert.deepEqual(bound.map(({ project }) => project?.slug), ["my-app"]);
    for (const { resource, issues, changedAt } of places) {
      const counted = await store.all("SELECT id FROM issues WHERE resource_id = ?", resource.id);
      assert.equal(issues, counted.length);
      assert.equal(typeof changedAt, "number");
    }
    const none = await listPlaces(store, { after: null, limit: 9, teamId, connectionId: "con_1" });
    assert.deepEqual(none, { entries: [], next: null });
  }));

Deno.test("the first steps are done one by one", () =>
  withHost(async (host) => {
    const { context } = host;
    const { teamId } = await newTeam(context, "fresh");
    const steps = () => firstSteps(context.store, teamId);
    const nothing = { provider: null, hasIssue: false, hasBinding: false, hasColleague: false };
    assert.deepEqual(await steps(), nothing);
    const installation = await ensureInstallation(context, teamId, "github");
    const resource = await addResource(context, installation, {
      provider: "github",
      externalId: "1",
      workspace: "acme",
      key: "acme/site",
      name: "site",
      label: "acme/site",
      url: "https://example.com",
      context: {},
      workflow: "open",
    });
    assert.deepEqual(await steps(), { ...nothing, provider: "github" });
    await context.store.run(
      "UPDATE issues SET resource_id = ? WHERE id = (SELECT MIN(id) FROM issues)",
      resource.id,
    );
    assert.deepEqual(await steps(), { ...nothing, provider: "github", hasIssue: true });
    await addUserUnchecked(context, { username: "b", password: "b", team: "fresh" });
    assert.equal((await steps()).hasColleague, true);
    assert.equal((await steps()).hasBinding, false);
  }));
