import assert from "node:assert/strict";
import { countByStatus } from "../../src/server/store/issue_counts.ts";
import { statusFacts } from "../../src/server/store/status_facts.ts";
import { mappingByRef, placeOfTeam } from "../../src/server/store/bindings.ts";
import { text } from "../../src/server/store/row.ts";
import { watchStatements } from "./statements.ts";
import { withHost } from "./support.ts";

Deno.test("a status asks the database three times", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const status = () =>
      host.call("GET", `/api/v1/tracker/status/?provider=linear&binding_ref=${ref}`);
    // The first call of a session notes its use.
    assert.equal((await status()).status, 200);
    const asked: string[] = [];
    const stop = watchStatements(
      host.store,
      // The worker of the host looks for jobs meanwhile.
      (sql) => void (/\bjobs\b|^SELECT id FROM operations/.test(sql) || asked.push(sql)),
    );
    const answer = await status();
    stop();
    assert.equal(answer.at("binding_ref"), ref);
    assert.equal(asked.length, 3, asked.join("\n"));
  }));

Deno.test("a push of one change asks the database twelve times at most", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const pull = { provider: "linear", binding_ref: ref, limit: 1 };
    const issue = (await host.call("POST", "/api/v1/tracker/pull/", pull)).at("items.0.ref");
    const push = (title: string) =>
      host.call("POST", "/api/v1/tracker/push/", {
        provider: "linear",
        binding_ref: ref,
        items: [{ ref: issue, action: "update", patch: { title } }],
      });
    // The first call of a session notes its use.
    assert.equal((await push("First")).at("items.0.outcome"), "updated");
    const asked: string[] = [];
    const stop = watchStatements(
      host.store,
      (sql) => void (/\bjobs\b|^SELECT id FROM operations|search_/.test(sql) || asked.push(sql)),
    );
    const answer = await push("Second");
    stop();
    assert.equal(answer.at("items.0.outcome"), "updated");
    assert.ok(asked.length <= 12, asked.join("\n"));
  }));

Deno.test("a mapping is found for its team alone, with its place and installation", () =>
  withHost(async ({ bind, store }) => {
    const ref = await bind("linear", "Engineering (ENG)");
    const owner = await store.one(
      "SELECT i.team_id FROM mappings m JOIN installations i ON i.id = m.installation_id WHERE m.binding_ref = ?",
      ref,
    );
    const teamId = text(owner ?? {}, "team_id");
    const place = await placeOfTeam(store, teamId, ref);
    assert.deepEqual(place?.mapping, await mappingByRef(store, ref));
    assert.equal(place?.installation.id, place?.mapping.installationId);
    assert.equal(place?.installation.teamId, teamId);
    assert.equal(place?.installation.provider, "linear");
    assert.equal(place?.resource.id, place?.mapping.resourceId);
    assert.match(place?.resource.label ?? "", /Engineering/);
    assert.equal(await placeOfTeam(store, "team_other", ref), null);
    assert.equal(await placeOfTeam(store, teamId, "no-ref"), null);
  }));

Deno.test("a status tells of open operations, of a connection and of the user's own link", () =>
  withHost(async ({ bind, store }) => {
    const ref = await bind("linear", "Engineering (ENG)");
    const mapping = await mappingByRef(store, ref);
    assert.ok(mapping !== null);
    const [link] = await store.all(
      "SELECT id, user_id FROM user_links WHERE installation_id = ? ORDER BY id",
      mapping.installationId,
    );
    const userId = text(link ?? {}, "user_id");
    const facts = (user = userId) => statusFacts(store, mapping, user);
    assert.deepEqual(await facts(), {
      hasConnection: false,
      isWorkedOn: false,
      linkId: text(link ?? {}, "id"),
      counts: await countByStatus(store, mapping.resourceId),
    });
    assert.ok(((await facts()).counts["total"] ?? 0) > 0);
    await store.run("UPDATE issue_counts SET issues = 0");
    assert.deepEqual((await facts()).counts, { total: 0 });
    assert.equal((await facts("nobody")).linkId, null);
    const add = (id: string, state: string) =>
      store.run(
        `INSERT INTO operations (id, team_id, user_id, binding_ref, request, state, created_at)
         SELECT ?, i.team_id, ?, ?, '{}', ?, 0 FROM installations i WHERE i.id = ?`,
        id,
        userId,
        ref,
        state,
        mapping.installationId,
      );
    await add("op_1", "completed");
    assert.equal((await facts()).isWorkedOn, false);
    await add("op_2", "running");
    await add("op_3", "running");
    assert.equal((await facts()).isWorkedOn, true);
    await assert.rejects(statusFacts(store, { ...mapping, resourceId: "none" }, userId), TypeError);
  }));

Deno.test("the session of a user who was removed is no session, even where its tokens are left", () =>
  withHost(async (host) => {
    const me = () => host.call("GET", "/api/v1/me/");
    const before = await me();
    assert.equal(before.status, 200);
    assert.equal(before.at("teams.0.slug"), "acme");
    await host.store.run("DELETE FROM members");
    assert.deepEqual((await me()).list("teams"), []);
    await host.store.run("UPDATE users SET removed_at = 1");
    assert.equal((await me()).status, 401);
  }));
