/** Names that PostgreSQL's indexes do not hold are refused with both stores, in the contract's words. */
import assert from "node:assert/strict";
import { addUser } from "../../src/server/accounts/users.ts";
import { importIssues } from "../../src/server/import/import.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { MOST_NAME_BYTES } from "../../src/server/model/short_name.ts";
import { anIssue } from "../support/issues.ts";
import { identity, type TestHost, withHost } from "./support.ts";

/** A name of so many bytes that no index can pack. */
function noise(bytes: number): string {
  let text = "é";
  while (text.length < bytes - 1) text += crypto.randomUUID().replaceAll("-", "");
  return text.slice(0, bytes - 1);
}

const LONGEST = noise(MOST_NAME_BYTES);
/** Longer by one byte, by some, and longer than any index takes. */
const TOO_LONG = [noise(MOST_NAME_BYTES + 1), "語".repeat(400), noise(9_000)];

async function pushing({ call, bind }: TestHost) {
  const binding_ref = await bind("linear", "Engineering (ENG)");
  return (id: string, parent?: string) => {
    const ref = { system: "linear", workspace: "acme", id };
    const parent_ref = parent === undefined ? undefined : { ...ref, id: parent };
    const patch = { title: "T", ...parent_ref === undefined ? {} : { parent_ref } };
    const items = [{ ref: { ...ref, id: "WP1" }, action: "create", patch: { title: "T" } }, {
      ref,
      action: "create",
      patch,
    }];
    return call("POST", "/api/v1/tracker/push/", { provider: "linear", binding_ref, items });
  };
}

Deno.test("an id of a pushed item, or of its parent, may have 1000 bytes and no more", () =>
  withHost(async (host) => {
    const push = await pushing(host);
    for (const id of TOO_LONG) {
      for (
        const [answer, field] of [[await push(id), "ref.id"], [
          await push("WP2", id),
          "patch.parent_ref.id",
        ]] as const
      ) {
        assert.equal(answer.status, 422);
        assert.equal(answer.at("error_code"), "validation_error");
        const message = "is longer than 1000 bytes";
        assert.deepEqual(answer.at("details"), [{ field: `items[1].${field}`, message }]);
      }
    }
    const created = await push(LONGEST);
    assert.equal(created.at("summary.succeeded"), 2, JSON.stringify(created.body));
    const again = await push(LONGEST);
    assert.equal(again.at("items.1.ref.id"), created.at("items.1.ref.id"));
  }));

Deno.test("a project may have a slug of 1000 bytes and no more", () =>
  withHost(async ({ call, bind }) => {
    const path = "/api/v1/tracker/bind-confirm/";
    for (const long of TOO_LONG) {
      for (const field of ["slug", "uuid"]) {
        const refused = await call("POST", path, {
          provider: "linear",
          candidate_token: "none",
          project_identity: { ...identity("p"), [field]: long },
        });
        assert.equal(refused.status, 422);
        assert.equal(refused.at("details.0.field"), `project_identity.${field}`);
      }
    }
    const binding_ref = await bind("linear", "Engineering (ENG)", LONGEST);
    const origin = (feature_slug: string) =>
      call("POST", "/api/v1/tracker/mission-origin/bind/", {
        provider: "linear",
        binding_ref,
        feature_slug,
        external_issue_id: "lin-eng-1",
        external_issue_key: "ENG-1",
        external_issue_url: "https://linear.app/acme/issue/ENG-1",
        title: "T",
      });
    for (const long of TOO_LONG) {
      const refused = await origin(long);
      assert.equal(refused.status, 422);
      assert.equal(refused.at("details.0.field"), "feature_slug");
    }
  }));

Deno.test("a user may have a name of 1000 bytes and no more", () =>
  withHost(async ({ context }) => {
    const add = (username: string) =>
      addUser(context, COMMAND_LINE, { username, password: "correct horse battery" });
    for (const long of TOO_LONG) await assert.rejects(add(long), { code: "invalid_user" });
    assert.equal((await add(LONGEST)).username, LONGEST);
  }));

Deno.test("an import leaves out issues whose names are too long, and says so", () =>
  withHost(async ({ context }) => {
    const named = (id: string, key: string | null = null) =>
      anIssue(id, { ref: { system: "linear", workspace: "imported", id, key, url: null } });
    const issues = [
      named(LONGEST),
      ...TOO_LONG.map((long) => named(long)),
      // One character that becomes eighteen when it is looked for.
      named("short", "\ufdfa".repeat(300)),
    ];
    const report = await importIssues(context, JSON.stringify(issues), { label: "Imported" });
    assert.equal(report.created, 1);
    const reason = "It is named with more than 1000 bytes";
    assert.deepEqual(report.skipped, [2, 3, 4, 5].map((line) => ({ line, reason })));
  }));
