import assert from "node:assert/strict";
import { addUserUnchecked } from "../../src/server/accounts/users.ts";
import { DEMO } from "../../src/server/mod.ts";
import { type Answered, type TestHost, valueAt, withHost } from "./support.ts";

const FIRST = "7c1f0a52-team-eng-0001";

function add(
  host: TestHost,
  ref: string,
  body: unknown,
  more: Record<string, unknown> = {},
  key?: string,
): Promise<Answered> {
  return host.call(
    "POST",
    "/api/v1/tracker/comments/add/",
    { provider: "linear", binding_ref: ref, external_issue_id: FIRST, body, ...more },
    key === undefined ? {} : { "idempotency-key": key },
  );
}

function list(
  host: TestHost,
  ref: string,
  more: Record<string, unknown> = {},
): Promise<Answered> {
  return host.call("POST", "/api/v1/tracker/comments/list/", {
    provider: "linear",
    binding_ref: ref,
    external_issue_id: FIRST,
    ...more,
  });
}

const bodies = (page: Answered) => page.list("comments").map((one) => valueAt(one, "body"));

async function withEngineering(
  test: (host: TestHost, ref: string) => Promise<void>,
): Promise<void> {
  await withHost(async (host) => await test(host, await host.bind("linear", "Engineering (ENG)")));
}

Deno.test("the host says that it has comments", () =>
  withHost(async (host) => {
    const health = await host.call("GET", "/api/v1/tracker/health/");
    assert.ok(health.list("extensions").includes("comments"));
  }));

Deno.test("a comment is the answer to its writing, and is in the list with its author and time", () =>
  withEngineering(async (host, ref) => {
    assert.deepEqual((await list(host, ref)).body, { comments: [], next_cursor: null });
    const added = await add(host, ref, "Seen on **slow** lines only.");
    const at = new Date(host.platform.clock.now()).toISOString();
    assert.match(added.text("id"), /^cmt_/);
    assert.deepEqual(added.body, {
      id: added.at("id"),
      author: "Dana Demo",
      body: "Seen on **slow** lines only.",
      created_at: at,
      updated_at: at,
    });
    assert.deepEqual((await list(host, ref)).at("comments"), [added.body]);
  }));

Deno.test("comments of several people come in the order they were written, each on its own issue", () =>
  withEngineering(async (host, ref) => {
    await addUserUnchecked(host.context, {
      username: "mei@example.com",
      password: "a long password",
      team: DEMO.team,
    });
    const mei = await host.as("mei@example.com", "a long password", DEMO.team);
    await add(host, ref, "One");
    await add(mei, ref, "Two");
    await add(host, ref, "Elsewhere", { external_issue_id: "ENG-2" });
    await add(host, ref, "Three", { external_issue_id: "eng-1" });
    const page = await list(mei, ref, { external_issue_id: "ENG-1" });
    assert.deepEqual(bodies(page), ["One", "Two", "Three"]);
    const authors = page.list("comments").map((one) => valueAt(one, "author"));
    assert.equal(new Set(authors).size, 2);
    assert.deepEqual(bodies(await list(host, ref, { external_issue_id: "ENG-2" })), ["Elsewhere"]);
  }));

Deno.test("many comments are paged, and one that is written meanwhile is in a later page", () =>
  withEngineering(async (host, ref) => {
    for (let n = 0; n < 150; n++) await add(host, ref, `Comment ${n}`);
    const first = await list(host, ref);
    assert.equal(first.list("comments").length, 100);
    await add(host, ref, "Comment 150");
    const second = await list(host, ref, { cursor: first.at("next_cursor") });
    assert.equal(second.at("next_cursor"), null);
    assert.deepEqual(
      [...bodies(first), ...bodies(second)],
      Array.from({ length: 151 }, (_, n) => `Comment ${n}`),
    );
  }));

Deno.test("a page that the comments fill to the last is the last", () =>
  withEngineering(async (host, ref) => {
    for (let n = 0; n < 100; n++) await add(host, ref, `Comment ${n}`);
    assert.equal((await list(host, ref)).at("next_cursor"), null);
  }));

Deno.test("a cursor of another issue, and one made up, are refused", () =>
  withEngineering(async (host, ref) => {
    for (let n = 0; n < 101; n++) await add(host, ref, `Comment ${n}`);
    const cursor = (await list(host, ref)).at("next_cursor");
    for (const more of [{ cursor, external_issue_id: "ENG-2" }, { cursor: "c_2" }]) {
      const refused = await list(host, ref, more);
      assert.equal(refused.status, 422);
      assert.equal(refused.at("details.0.field"), "cursor");
    }
  }));

Deno.test("a comment that is sent again under its key is written once", () =>
  withEngineering(async (host, ref) => {
    const first = await add(host, ref, "Once", {}, "comment-key-0001");
    const again = await add(host, ref, "Once", {}, "comment-key-0001");
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.deepEqual(bodies(await list(host, ref)), ["Once"]);
    const other = await add(host, ref, "Other", {}, "comment-key-0001");
    assert.equal(other.at("error_code"), "idempotency_conflict");
  }));

for (
  const [name, body, field] of [
    ["without a word", " \n", "body"],
    ["without a body", undefined, "body"],
    ["with more than 65,536 characters", "x".repeat(65_537), "body"],
  ] as const
) {
  Deno.test(`a comment ${name} is refused by the name of its field, and leaves its key free`, () =>
    withEngineering(async (host, ref) => {
      const refused = await add(host, ref, body, {}, "comment-key-0002");
      assert.equal(refused.status, 422);
      assert.equal(refused.at("details.0.field"), field);
      assert.equal((await add(host, ref, "Good", {}, "comment-key-0002")).status, 200);
      assert.deepEqual(bodies(await list(host, ref)), ["Good"]);
    }));
}

for (const [name, character] of [["wide", "\u{20AC}"], ["escaped", "\u0001"]] as const) {
  Deno.test(`a page of the longest comments of ${name} characters fits one answer`, () =>
    withEngineering(async (host, ref) => {
      const longest = character.repeat(65_536);
      for (let n = 0; n < 101; n++) await add(host, ref, longest);
      let cursor: unknown = null;
      let count = 0;
      do {
        const page = await list(host, ref, { cursor });
        assert.ok(new TextEncoder().encode(JSON.stringify(page.body)).length < 32 * 1024 * 1024);
        count += page.list("comments").length;
        cursor = page.at("next_cursor");
      } while (cursor !== null);
      assert.equal(count, 101);
    }));
}

Deno.test("what a database may refuse in a text is taken out of it", () =>
  withEngineering(async (host, ref) => {
    await add(host, ref, "a\u0000b\uD800c");
    assert.deepEqual(bodies(await list(host, ref)), ["ab\uFFFDc"]);
  }));

Deno.test("comments on an issue that is not there are a fault of its id", () =>
  withEngineering(async (host, ref) => {
    for (const call of [add(host, ref, "x", { external_issue_id: "ENG-999" })]) {
      const refused = await call;
      assert.equal(refused.status, 422);
      assert.equal(refused.at("details.0.field"), "external_issue_id");
    }
    const refused = await list(host, ref, { external_issue_id: "MOB-1" });
    assert.equal(refused.status, 422);
    assert.equal(refused.at("message"), 'No issue "MOB-1" in "Engineering (ENG)"');
  }));

Deno.test("comments move with their issue, and go with it when it is removed", () =>
  withEngineering(async (host, ref) => {
    await add(host, ref, "One");
    await add(host, ref, "Two");
    const moved = await host.call("POST", "/dev/issues/move", {
      provider: "linear",
      resource: "Engineering (ENG)",
      key: "ENG-1",
      to: "Mobile (MOB)",
    });
    const mobile = await host.bind("linear", "Mobile (MOB)", "other-app");
    await add(host, mobile, "Three");
    assert.deepEqual(bodies(await list(host, mobile)), ["One", "Two", "Three"]);
    await host.call("POST", "/dev/issues/remove", {
      provider: "linear",
      resource: "Mobile (MOB)",
      keys: [moved.at("key")],
    });
    assert.equal(await host.store.one("SELECT 1 FROM comments"), null);
  }));

Deno.test("a comment is no change of its issue, and a pull after it is the same", () =>
  withEngineering(async (host, ref) => {
    const pull = async () =>
      (await host.call("POST", "/api/v1/tracker/pull/", { provider: "linear", binding_ref: ref }))
        .body;
    const before = await pull();
    await add(host, ref, "One");
    assert.deepEqual(await pull(), before);
  }));

Deno.test("a caller of another team, and one without a session, see no comments", () =>
  withEngineering(async (host, ref) => {
    await add(host, ref, "Ours");
    await addUserUnchecked(host.context, {
      username: "eve@example.com",
      password: "a long password",
      team: "others",
    });
    const eve = await host.as("eve@example.com", "a long password", "others");
    assert.equal((await list(eve, ref)).at("error_code"), "no_installation");
    assert.equal((await add(eve, ref, "Theirs")).at("error_code"), "no_installation");
    const anonymous = await host.call(
      "POST",
      "/api/v1/tracker/comments/list/",
      { provider: "linear", binding_ref: ref, external_issue_id: FIRST },
      { authorization: null },
    );
    assert.equal(anonymous.status, 401);
  }));
