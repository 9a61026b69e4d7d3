import assert from "node:assert/strict";
import {
  addUser,
  COMMAND_LINE,
  DEMO,
  type HostContext,
  readAudit,
  rehearse,
  removeIssueFromHost,
} from "../../src/server/mod.ts";
import { addResource, ensureInstallation } from "../../src/server/bindings/resources.ts";
import { ensureTeam } from "../../src/server/accounts/users.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { userActor } from "../../src/server/model/actor.ts";
import { resourcesNamed } from "../../src/server/store/resources.ts";
import { userByName } from "../../src/server/store/users.ts";
import { now, pull, withEngineering } from "./removed_support.ts";
import { valueAt, withHost } from "./support.ts";

const LABEL = "Engineering (ENG)";

Deno.test("an issue that is removed by its key is told to readers as removed", () =>
  withEngineering(async (host, ref) => {
    const first = await pull(host, ref, { limit: 1000 });
    const since = now(host);
    assert.deepEqual(first.at("removed"), []);
    const wanted = { key: "eng-3", resource: LABEL };
    const removed = await removeIssueFromHost(host.context, COMMAND_LINE, wanted);
    assert.deepEqual(removed, { key: "ENG-3", resource: LABEL, team: "acme" });
    const page = await pull(host, ref, { filters: { updated_since: since } });
    assert.deepEqual(page.list("removed").map((one) => valueAt(one, "key")), ["ENG-3"]);
    await assert.rejects(removeIssueFromHost(host.context, COMMAND_LINE, wanted), {
      code: "issue_not_found",
      message: `No issue "eng-3" is in "${LABEL}"`,
    });
  }));

Deno.test("a resource that is not there, and a name that several have, are told", () =>
  withHost(async ({ context }) => {
    const remove = (resource: string, team?: string) =>
      removeIssueFromHost(context, COMMAND_LINE, { key: "ENG-1", resource, team });
    await assert.rejects(remove("Nowhere"), { code: "resource_not_found" });
    await assert.rejects(remove(LABEL, "others"), {
      code: "resource_not_found",
      message: `No resource is called "${LABEL}" in the team "others"`,
    });
    await inTransaction(context, async (context) => {
      const [known] = await resourcesNamed(context.store, LABEL, null);
      assert.ok(known !== undefined);
      const team = await ensureTeam(context, "others");
      const installation = await ensureInstallation(context, team.id, "linear");
      const { id: _id, installationId: _other, ...place } = known.resource;
      await addResource(context, installation, place);
    });
    await assert.rejects(remove(LABEL), { code: "several_resources" });
    assert.equal((await remove(LABEL, "acme")).team, "acme");
  }));

Deno.test("an issue that lives at a tracker is not removed here", () =>
  withHost(async ({ context, store }) => {
    await store.transaction(async (tx) => {
      await tx.run(
        `INSERT INTO connections (id, team_id, installation_id, name, base_url, credential_kind,
           credential, made_at, state)
         SELECT 'con_1', i.team_id, i.id, 'linear', 'https://x.example', 'token', 'sealed', 0, 'ok'
         FROM installations i WHERE i.provider = 'linear'`,
      );
      await tx.run("UPDATE resources SET connection_id = 'con_1' WHERE label = ?", LABEL);
    });
    const wanted = { key: "ENG-1", resource: LABEL };
    await assert.rejects(removeIssueFromHost(context, COMMAND_LINE, wanted), {
      code: "issue_lives_elsewhere",
    });
  }));

Deno.test("only an admin of its team removes an issue", () =>
  withHost(async ({ context }) => {
    const password = "long enough 1";
    await addUser(context, COMMAND_LINE, { username: "eve", password, team: "acme" });
    await addUser(context, COMMAND_LINE, { username: "sam", password, team: "others" });
    const wanted = { key: "ENG-1", resource: LABEL };
    for (const name of ["eve", "sam"]) {
      const found = await userByName(context.store, name);
      assert.ok(found !== null);
      const attempt = removeIssueFromHost(context, userActor(found.user), wanted);
      await assert.rejects(attempt, { code: "admin_only" });
    }
    const demo = await userByName(context.store, DEMO.username);
    assert.ok(demo !== null);
    assert.equal((await removeIssueFromHost(context, userActor(demo.user), wanted)).key, "ENG-1");
  }));

Deno.test("a rehearsal refuses and answers as the deed does, and changes nothing", () =>
  withHost(async ({ context }) => {
    const wanted = { key: "ENG-1", resource: "Engineering (ENG)" };
    const remove = (context: HostContext) => removeIssueFromHost(context, COMMAND_LINE, wanted);
    const rehearsed = await rehearse(context, remove);
    assert.equal(rehearsed.key, "ENG-1");
    assert.deepEqual(await readAudit(context, COMMAND_LINE, { teamId: null, limit: 9 }), []);
    assert.deepEqual(await remove(context), rehearsed);
    await assert.rejects(rehearse(context, remove), { code: "issue_not_found" });
  }));
