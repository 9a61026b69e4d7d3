import assert from "node:assert/strict";
import { IssueCache } from "../../src/client/sync_cache.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { HOST } from "./support.ts";
import { BOUND, issue, page, pull, withService } from "./service_support.ts";
import { aSession } from "../support/sessions.ts";
import { ok } from "../support/answers.ts";
import { damageIndex } from "../support/damage.ts";

const SESSION = aSession(HOST);

Deno.test("pulled issues can be read when the session has ended, and not by who signs in next", async () => {
  const first = pull({}, ok(page(1, 2, null)));
  await withService(BOUND, [first], async ({ service, cache, platform }) => {
    const credentials = new CredentialStore({ platform });
    const cached = async () => {
      using store = await cache.openForReading(service.binding);
      return store?.list().map(({ ref }) => ref.id).sort() ?? null;
    };
    await credentials.saveSession(SESSION);
    await service.pull();
    const pulled = [issue(1).ref.id, issue(2).ref.id];
    assert.deepEqual(await cached(), pulled);

    await credentials.withLock((locked) => locked.clearTokens(HOST));
    assert.equal(await credentials.activeSession(HOST), null);
    assert.deepEqual(await cached(), pulled);

    await credentials.saveSession({ ...SESSION, host: "https://other.example", username: "bob" });
    assert.deepEqual(await cached(), pulled, "a login elsewhere");

    await credentials.saveSession({ ...SESSION, username: "bob" });
    assert.equal(await cached(), null, "another user");
    await credentials.saveSession({ ...SESSION, teamSlug: "ops" });
    assert.equal(await cached(), null, "another team");
    await credentials.saveSession({ ...SESSION, access: "access-2" });
    assert.deepEqual(await cached(), pulled, "the same user again");
    await credentials.clearSession(HOST);
    assert.deepEqual(await cached(), pulled, "after a logout");
  });
});

Deno.test("an issue that comes twice, in a page or in two, is one issue", async () => {
  const twice = page(1, 2, "c1", { items: [issue(1, "Old"), issue(1), issue(2)] });
  await withService(BOUND, [
    pull({ limit: 1_000 }, ok(twice)),
    pull({ limit: 1_000, cursor: "c1" }, ok(page(2, 3, null))),
  ], async ({ service, store }) => {
    await service.pull({ limit: "all" });
    using cached = await store();
    assert.deepEqual(cached.list().map(({ title }) => title).sort(), [
      "Issue 1",
      "Issue 2",
      "Issue 3",
    ]);
  });
});

Deno.test("a cache is looked through when a process opens it first, and not to log the end of a sync", () =>
  withService(BOUND, [], async ({ service, cache, again, platform }) => {
    const path = await cache.path(service.binding);
    {
      using store = await cache.open(service.binding);
      store.putPage(Array.from({ length: 400 }, (_, n) => issue(n)));
    }
    await damageIndex(platform, path);
    (await cache.openAgain(service.binding)).close();
    assert.equal(platform.stderr(), "");
    const other = new IssueCache({ platform, provider: "linear", baseUrl: HOST });
    (await other.openAgain((await again()).binding)).close();
    assert.match(platform.stderr(), /was damaged/);
  }));
