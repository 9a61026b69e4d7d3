import assert from "node:assert/strict";
import { type Answered, type TestHost, valueAt, withHost } from "./support.ts";

interface Walk {
  readonly ids: string[];
  readonly pages: number;
}

function pull(host: TestHost, ref: string, more: Record<string, unknown> = {}): Promise<Answered> {
  return host.call("POST", "/api/v1/tracker/pull/", {
    provider: "linear",
    binding_ref: ref,
    ...more,
  });
}

async function walk(
  host: TestHost,
  ref: string,
  more: Record<string, unknown>,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<Walk> {
  const ids: string[] = [];
  let cursor: unknown;
  let pages = 0;
  do {
    const page = await pull(host, ref, cursor === undefined ? more : { ...more, cursor });
    assert.equal(page.status, 200, JSON.stringify(page.body));
    ids.push(...page.list("items").map((item) => String(valueAt(item, "ref.id"))));
    pages += 1;
    cursor = page.at("next_cursor") ?? undefined;
    assert.equal(page.at("has_more"), cursor !== undefined);
    await between();
  } while (cursor !== undefined);
  return { ids, pages };
}

Deno.test("pages follow each other to the end, each issue once", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const { ids, pages } = await walk(host, ref, { limit: 10 });
    assert.equal(pages, 4);
    assert.equal(ids.length, 36);
    assert.equal(new Set(ids).size, 36);
    assert.equal((await walk(host, ref, { limit: 36 })).pages, 1);
    assert.equal((await walk(host, ref, { limit: 1 })).pages, 36);
  }));

Deno.test("an issue that changes while its reader pages is met again, and none is missed", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const all = await walk(host, ref, { limit: 100 });
    let turn = 0;
    const { ids } = await walk(host, ref, { limit: 7 }, async () => {
      const id = all.ids[[0, 30, 20, 35][turn++] ?? -1];
      if (id === undefined) return;
      const item = {
        ref: { system: "linear", workspace: "acme", id },
        action: "update",
        patch: { title: `Changed ${turn}` },
      };
      const pushed = await host.call("POST", "/api/v1/tracker/push/", {
        provider: "linear",
        binding_ref: ref,
        items: [item],
      });
      assert.equal(pushed.at("items.0.outcome"), "updated");
    });
    assert.deepEqual(new Set(ids), new Set(all.ids));
    assert.ok(ids.length > all.ids.length);
  }));

Deno.test("filters keep to status, type and time of change, together", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const bugs = await pull(host, ref, { filters: { issue_type: ["bug"], status: ["done"] } });
    assert.ok(bugs.list("items").length > 0);
    for (const item of bugs.list("items")) {
      assert.equal(valueAt(item, "issue_type"), "bug");
      assert.equal(valueAt(item, "status"), "done");
    }
    const all = await pull(host, ref, {});
    const times = all.list("items").map((item) => String(valueAt(item, "updated_at"))).sort();
    const since = times[20] ?? "";
    const recent = await pull(host, ref, { filters: { updated_since: since } });
    assert.equal(recent.list("items").length, times.filter((time) => time >= since).length);
    const none = await pull(host, ref, { filters: { updated_since: "2099-01-01T00:00:00+02:00" } });
    assert.deepEqual(none.at("summary"), { total: 0, succeeded: 0, failed: 0, skipped: 0 });
    assert.equal(none.at("next_cursor"), null);
  }));

Deno.test("a filter that says the same thing many thousand times is that filter, cursor included", () =>
  withHost(async (host) => {
    const binding_ref = await host.bind("linear", "Engineering (ENG)");
    const routed = { provider: "linear", binding_ref, limit: 2 };
    const ask = (status: string[], cursor?: string) =>
      host.call("POST", "/api/v1/tracker/pull/", { ...routed, filters: { status }, cursor });
    const plain = await ask(["todo", "done"]);
    const many = await ask(Array.from({ length: 40_000 }, (_, i) => i % 2 === 0 ? "done" : "todo"));
    assert.equal(many.status, 200, JSON.stringify(many.body));
    assert.deepEqual(many.at("items"), plain.at("items"));
    assert.equal((await ask(["done", "todo"], many.text("next_cursor"))).status, 200);
  }));

Deno.test("a cursor is good for its own resource and filters only", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const other = await host.bind("linear", "Mobile (MOB)", "other");
    const cursor = (await pull(host, ref, { limit: 5 })).text("next_cursor");
    for (
      const refused of [
        await pull(host, other, { cursor }),
        await pull(host, ref, { cursor, filters: { status: ["done"] } }),
        await pull(host, ref, { cursor: "made up" }),
        await pull(host, ref, { cursor: btoa("[-1]") }),
      ]
    ) {
      assert.equal(refused.status, 422);
      assert.equal(refused.at("details.0.field"), "cursor");
    }
  }));

Deno.test("a page stays well under what a client accepts, whatever the limit", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const body = "ä".repeat(1024 * 1024);
    for (let index = 0; index < 12; index++) {
      const item = {
        ref: { system: "linear", workspace: "acme", id: `WP${index + 10}` },
        action: "create",
        patch: { title: `Large ${index}`, body },
      };
      const pushed = await host.call("POST", "/api/v1/tracker/push/", {
        provider: "linear",
        binding_ref: ref,
        items: [item],
      });
      assert.equal(pushed.at("items.0.outcome"), "created");
    }
    const { ids, pages } = await walk(host, ref, { limit: 10_000 });
    assert.equal(ids.length, 48);
    assert.ok(pages >= 2);
  }));

Deno.test("issues of every provider keep the contract, with parents, links and every status", () =>
  withHost(async (host) => {
    for (
      const [provider, labels] of [
        ["linear", ["Engineering (ENG)", "Mobile (MOB)"]],
        ["jira", ["Payments (PAY)", "Web Platform (WEB)"]],
        ["github", ["acme/api", "acme/web"]],
        ["gitlab", ["acme/data-pipeline", "acme/infrastructure"]],
      ] as const
    ) {
      const items: unknown[] = [];
      for (const label of labels) {
        const ref = await host.bind(provider, label, label);
        const page = await host.call("POST", "/api/v1/tracker/pull/", {
          provider,
          binding_ref: ref,
          limit: 1000,
        });
        items.push(...page.list("items"));
      }
      assert.ok(items.length >= 60);
      const titles = new Set(items.map((item) => valueAt(item, "title")));
      assert.equal(titles.size, items.length);
      const statuses = new Set(items.map((item) => valueAt(item, "status")));
      assert.equal(statuses.size, 6, [...statuses].join());
      const types = new Set(items.map((item) => valueAt(item, "issue_type")));
      assert.equal(types.size, 6, [...types].join());
      const links = items.map((item) => valueAt(item, "links.0.type"));
      for (const type of ["blocked_by", "relates_to"]) assert.ok(links.includes(type), type);
      const ids = new Set(items.map((item) => valueAt(item, "ref.id")));
      assert.equal(ids.size, items.length);
      for (const item of items) {
        const parent = valueAt(item, "parent_ref.id");
        if (parent !== undefined) assert.ok(ids.has(parent));
        assert.ok(String(valueAt(item, "created_at")) <= String(valueAt(item, "updated_at")));
        assert.ok(Date.parse(String(valueAt(item, "updated_at"))) <= host.platform.clock.now());
      }
    }
  }));
