import assert from "node:assert/strict";
import { sha256Hex } from "../../src/platform/random.ts";
import { queueScope, trackerScopeFile } from "../../src/user/scope.ts";
import { withPlatform } from "../support/platform.ts";

const SESSION = {
  host: "https://tracker.example",
  access: "a",
  refresh: null,
  accessExpiresAt: null,
  refreshExpiresAt: null,
  username: "Ada@Example.org",
  teamSlug: "Core",
};

Deno.test("each login has a queue named by the digest of server, user and team in lower case", async () => {
  await withPlatform({}, async (platform) => {
    const scope = (await sha256Hex("https://tracker.example|ada@example.org|core")).slice(0, 16);
    assert.deepEqual(await queueScope(platform, SESSION), {
      path: `${platform.home}/.spec-kitty/tracker/queues/queue-${scope}.db`,
      scope,
    });
    const other = await queueScope(platform, { ...SESSION, teamSlug: null });
    assert.notEqual(other.scope, scope);
  });
});

Deno.test("without a login there is one queue", async () => {
  await withPlatform({}, async (platform) => {
    assert.deepEqual(await queueScope(platform, null), {
      path: `${platform.home}/.spec-kitty/tracker/queue.db`,
      scope: null,
    });
  });
});

Deno.test("each provider, workspace, server, user and team has a cache file of its own", async () => {
  const scope = { provider: "linear", workspace: "/a", server: "s", user: "u", team: "t" };
  const name = await trackerScopeFile(scope);
  assert.match(name, /^[0-9a-f]{16}\.db$/);
  assert.equal(await trackerScopeFile({ ...scope }), name);
  for (
    const change of [
      { provider: "jira" },
      { workspace: "/A" },
      { server: null },
      { user: "x" },
      { team: "x" },
    ]
  ) {
    assert.notEqual(await trackerScopeFile({ ...scope, ...change }), name);
  }
});
