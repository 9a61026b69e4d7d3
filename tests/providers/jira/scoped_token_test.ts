/** A person's token with scopes: the gateway takes it, and the site does not. */
import assert from "node:assert/strict";
import { JIRA_CONNECTING } from "../../../src/providers/jira/connecting.ts";
import { ATLASSIAN } from "../../../src/providers/jira/app.ts";
import type { CheckedCredential, Credential } from "../../../src/providers/mod.ts";
import type { FakeAtlassian } from "../../standins/jira/fake_atlassian.ts";
import { atlassianOf } from "./app_support.ts";
import { atJira, BASE, type Scene } from "./support.ts";

const EMAIL = "ada@acme.test";
const SCOPED = "ATATT3xFfGF0-with-scopes-0123456789";

type Found = Extract<CheckedCredential, { readonly ok: true }>;

interface ScopedScene extends Scene {
  readonly atlassian: FakeAtlassian;
  look(credential?: Credential): Promise<CheckedCredential>;
}

const GIVEN: Credential = {
  kind: "token",
  secret: JSON.stringify({ email: EMAIL, token: SCOPED }),
  baseUrl: BASE,
  site: "WEB",
};

async function withAtlassian(test: (scene: ScopedScene) => Promise<void>): Promise<void> {
  await atJira(async (scene) => {
    const atlassian = atlassianOf(scene);
    const { signal } = new AbortController();
    const tools = { fetch: atlassian.fetch, clock: scene.clock, signal };
    await test({
      ...scene,
      atlassian,
      look: (credential = GIVEN) => JIRA_CONNECTING.look(credential, tools),
    });
  });
}

function gatewayOf({ cloudId }: FakeAtlassian): string {
  return `${ATLASSIAN.api}/ex/jira/${cloudId}`;
}

function assertFound(seen: CheckedCredential): asserts seen is Found {
  assert.ok(seen.ok, seen.ok ? "" : seen.message);
}

Deno.test("a token with scopes is used through the gateway, and that is told and stored", () =>
  withAtlassian(async (scene) => {
    const { atlassian, look, place } = scene;
    atlassian.allowScoped(EMAIL, SCOPED);
    const seen = await look();
    assertFound(seen);
    assert.equal(seen.account, "Ada Lovelace at acme.atlassian.net");
    assert.deepEqual(seen.places.map(({ externalId, url }) => [externalId, url]), [
      [place.externalId, place.url],
    ]);
    assert.deepEqual(seen.notes, [
      `The token has scopes: the host calls ${gatewayOf(atlassian)}, and links lead to ${BASE}.`,
    ]);
    assert.match(seen.missing.join("\n"), /^register a webhook \(a token with scopes cannot; /);
    assert.deepEqual(seen.credential, {
      ...GIVEN,
      secret: JSON.stringify({ email: EMAIL, token: SCOPED, gateway: gatewayOf(atlassian) }),
    });
    // What is stored is not looked for once more.
    atlassian.calls.length = 0;
    const again = await look(seen.credential);
    assertFound(again);
    assert.deepEqual([again.credential, again.notes], [undefined, undefined]);
    assert.ok(atlassian.calls.every((call) => call.includes("/ex/jira/")), atlassian.calls.join());
  }));

Deno.test("what a token with scopes reads and writes goes through the gateway, and links to the site", () =>
  withAtlassian(async (scene) => {
    const { atlassian, look, remote, place, jira, access } = scene;
    atlassian.allowScoped(EMAIL, SCOPED);
    const seen = await look();
    assertFound(seen);
    assert.ok(seen.credential !== undefined);
    const scoped = { ...access, credential: seen.credential, fetch: atlassian.fetch };
    atlassian.calls.length = 0;
    const fields = { title: "One", labels: ["a"] };
    const creation = { clientId: crypto.randomUUID(), fields };
    const { ref } = await remote.create(scoped, place, creation);
    assert.equal(ref.workspace, place.workspace);
    assert.equal(ref.url, `${BASE}/browse/WEB-1`);
    assert.equal(jira.state.issue("WEB-1")?.summary, "One");
    assert.ok(atlassian.calls.length > 0);
    assert.ok(atlassian.calls.every((call) => call.includes("/ex/jira/")));
    // An administrator's webhook is not reached: that is no failure, and no call.
    const calls = atlassian.calls.length;
    const target = { url: "https://host.example/webhooks/con", secret: "s" };
    assert.equal(await remote.webhooks?.ensure(scoped, place, target), false);
    assert.equal(await remote.webhooks?.remove(scoped, place, target.url), false);
    assert.equal(atlassian.calls.length, calls);
  }));

Deno.test("a scope that a token lacks is told, with those that it needs", () =>
  withAtlassian(async ({ atlassian, look }) => {
    atlassian.allowScoped(EMAIL, SCOPED, ["read:jira-work", "write:jira-work"]);
    const seen = await look();
    assert.ok(!seen.ok);
    assert.equal(seen.field, "token");
    assert.match(seen.message, /scope does not match\. A token with scopes needs read:jira-work, /);
  }));

Deno.test("a token with scopes that may not write is told so, and trying it changes nothing", () =>
  withAtlassian(async ({ atlassian, look, jira }) => {
    atlassian.allowScoped(EMAIL, SCOPED, ["read:jira-work", "read:jira-user"]);
    const seen = await look();
    assertFound(seen);
    assert.equal(seen.missing[0], "create or change issues (the scope write:jira-work)");
    atlassian.allowScoped(EMAIL, SCOPED);
    const whole = await look();
    assertFound(whole);
    assert.doesNotMatch(whole.missing.join("\n"), /write:jira-work/);
    assert.deepEqual(jira.writes, []);
  }));

Deno.test("a token that neither takes is refused in the site's words", () =>
  withAtlassian(async ({ atlassian, look }) => {
    const seen = await look();
    assert.ok(!seen.ok);
    assert.equal(seen.field, "token");
    assert.match(
      seen.message,
      /^Jira does not take the credential \(401\)\. It takes an API token/,
    );
    assert.equal(atlassian.calls[0], "GET /_edge/tenant_info");
    assert.equal(atlassian.calls.length, 2);
  }));

Deno.test("a site that does not say its own id leaves it at the refusal", () =>
  withAtlassian(async ({ atlassian, look, jira, clock }) => {
    const { fetch } = atlassian;
    const seenAt: string[] = [];
    for (const body of [{ cloudId: "../../evil" }, {}, "no JSON"]) {
      const { signal } = new AbortController();
      const seen = await JIRA_CONNECTING.look(GIVEN, {
        clock,
        signal,
        fetch: (request, options) => {
          seenAt.push(new URL(request.url).origin);
          if (!request.url.endsWith("/_edge/tenant_info")) return fetch(request, options);
          const text = typeof body === "string" ? body : JSON.stringify(body);
          return Promise.resolve(new Response(text));
        },
      });
      assert.ok(!seen.ok);
      assert.equal(seen.field, "token");
    }
    assert.deepEqual([...new Set(seenAt)], [BASE]);
    assert.equal((await look()).ok, false);
    assert.equal(jira.writes.length, 0);
  }));
