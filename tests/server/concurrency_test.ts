import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { valueAt, withHost } from "./support.ts";

const WORKSPACE = { system: "linear", workspace: "acme" };

Deno.test("ten writes with one key at once have one effect and one answer", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const body = {
      provider: "linear",
      binding_ref: ref,
      items: [{
        ref: { ...WORKSPACE, id: "WP77" },
        action: "create",
        patch: { title: "Made once" },
      }],
    };
    const key = { "idempotency-key": "one-key-for-all" };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => host.call("POST", "/api/v1/tracker/push/", body, key)),
    );
    const texts = new Set(answers.map((answer) => JSON.stringify(answer.body)));
    assert.equal(texts.size, 1);
    const replays = answers.filter(({ headers }) => headers.has("idempotency-replayed"));
    assert.equal(replays.length, 9);
    assert.equal(
      (await host.store.all("SELECT 1 FROM issues WHERE key_folded = 'eng-37'")).length,
      1,
    );
  }));

Deno.test("two projects that confirm one resource at once: one is bound, the other refused", () =>
  withHost(async (host) => {
    const listed = await host.call("GET", "/api/v1/tracker/resources/?provider=linear");
    const again = await host.call("GET", "/api/v1/tracker/resources/?provider=linear");
    const confirm = (token: string, uuid: string) =>
      host.call("POST", "/api/v1/tracker/bind-confirm/", {
        provider: "linear",
        candidate_token: token,
        project_identity: { uuid, slug: uuid, node_id: "a1b2c3d4e5f6", repo_slug: null },
      });
    const answers = await Promise.all([
      confirm(listed.text("resources.0.candidate_token"), "first"),
      confirm(again.text("resources.0.candidate_token"), "second"),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  }));

Deno.test("two refreshes of one token at once: both are answered, and the session ends when both continue", () =>
  withHost(async ({ call }) => {
    const login = await call("POST", "/api/v1/token/", {
      username: "demo@example.com",
      password: "demo",
    });
    const refresh = { refresh: login.text("refresh") };
    const answers = await Promise.all([
      call("POST", "/api/v1/token/refresh/", refresh),
      call("POST", "/api/v1/token/refresh/", refresh),
    ]);
    assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
    const used = await Promise.all(
      answers.map((answer) =>
        call("POST", "/api/v1/token/refresh/", { refresh: answer.text("refresh") })
      ),
    );
    assert.ok(used.some(({ status }) => status === 401));
    const headers = { authorization: `Bearer ${login.text("access")}` };
    assert.equal((await call("GET", "/api/v1/me", undefined, headers)).status, 401);
  }));

Deno.test("whatever changes between pages, a reader ends with every issue as it is", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Mobile (MOB)");
    const call = (path: string, body: Record<string, unknown>) =>
      host.call("POST", `/api/v1/tracker/${path}/`, {
        provider: "linear",
        binding_ref: ref,
        ...body,
      });
    let edit = 0;
    const step = fc.record({
      limit: fc.integer({ min: 1, max: 20 }),
      edits: fc.array(fc.integer({ min: 1, max: 36 }), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const copy = new Map<string, unknown>();
        let cursor: unknown = null;
        for (let turn = 0;; turn++) {
          const { limit, edits } = steps[turn] ?? { limit: 1000, edits: [] };
          const page = await call("pull", cursor === null ? { limit } : { limit, cursor });
          for (const item of page.list("items")) copy.set(String(valueAt(item, "ref.id")), item);
          cursor = page.at("next_cursor");
          if (cursor === null) break;
          for (const number of edits) {
            edit += 1;
            const id = `7c1f0a52-team-mob-${String(number).padStart(4, "0")}`;
            const item = {
              ref: { ...WORKSPACE, id },
              action: "update",
              patch: { title: `Edit ${edit}` },
            };
            assert.equal((await call("push", { items: [item] })).status, 200);
          }
        }
        const whole = await call("pull", { limit: 1000 });
        assert.deepEqual(
          new Map(whole.list("items").map((item) => [String(valueAt(item, "ref.id")), item])),
          copy,
        );
      }),
      { numRuns: 25 },
    );
  }, { rateLimit: { burst: 100_000, perSecond: 1 } }));
