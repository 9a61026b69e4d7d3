/** Webhooks of an app: one for all projects of a connection, kept from ending, and signed by the app's secret. */
import assert from "node:assert/strict";
import { HOOK_LASTS_MS } from "../../standins/jira/app_hook_routes.ts";
import { hookToken, signed } from "../../standins/jira/deliveries.ts";
import { APP_OF_TEST, type AppScene, asApp } from "./app_support.ts";
import { faultOf, placeAt } from "./support.ts";

const URL_OF_HOST = "https://tracker.acme.test/webhooks/jira/con_1";

const DAY_MS = 86_400_000;

async function ensure(
  { remote, access, jira }: AppScene,
  url: string = URL_OF_HOST,
  isStale?: (url: string) => boolean,
): Promise<boolean | null | undefined> {
  const places = [...jira.state.projects.values()].map((one) => placeAt(one));
  return await remote.webhooks?.ensureForAll?.(access, places, { url, secret: "unused", isStale });
}

function hooksOf({ jira }: AppScene) {
  return [...jira.state.appHooks.values()].map(({ url, jqlFilter }) => [url, jqlFilter]);
}

Deno.test("one webhook is registered for all projects, and follows what they are", () =>
  asApp(async (scene) => {
    const [web] = scene.jira.state.projects.values();
    assert.equal(await ensure(scene), true);
    assert.deepEqual(hooksOf(scene), [[URL_OF_HOST, `project = ${web?.id}`]]);
    const ops = scene.jira.state.addProject("OPS");
    assert.equal(await ensure(scene), true);
    assert.equal(await ensure(scene), true);
    assert.deepEqual(hooksOf(scene), [[URL_OF_HOST, `project IN (${web?.id}, ${ops.id})`]]);
  }));

Deno.test("a webhook that is looked at in time does not end, and one that has ended is replaced", () =>
  asApp(async (scene) => {
    await ensure(scene);
    const [hook] = scene.jira.state.appHooks.values();
    for (let day = 0; day < 40; day += 10) {
      scene.clock.advance(10 * DAY_MS);
      assert.equal(await ensure(scene), true);
      assert.equal(hook?.until, scene.clock.now() + HOOK_LASTS_MS);
    }
    assert.equal(scene.jira.state.appHooks.size, 1);
    scene.clock.advance(HOOK_LASTS_MS);
    await ensure(scene);
    assert.equal(
      [...scene.jira.state.appHooks.values()].filter(({ until }) => until > scene.clock.now())
        .length,
      1,
    );
  }));

Deno.test("webhooks that lead to an earlier address, or to a connection that is gone, go first", () =>
  asApp(async (scene) => {
    const earlier = URL_OF_HOST.replace("tracker.acme", "old.acme");
    await ensure(scene, earlier);
    await ensure(scene);
    assert.deepEqual(hooksOf(scene).map(([url]) => url), [URL_OF_HOST]);
    const other = URL_OF_HOST.replace("con_1", "con_2");
    // Of one app Jira takes one address.
    assert.equal(await ensure(scene, other), false);
    assert.equal(await ensure(scene, other, (url) => url === URL_OF_HOST), true);
    assert.deepEqual(hooksOf(scene).map(([url]) => url), [other]);
    const { remote, access, place } = scene;
    assert.equal(await remote.webhooks?.remove(access, place, URL_OF_HOST), true);
    assert.equal(hooksOf(scene).length, 1);
    assert.equal(await remote.webhooks?.remove(access, place, other), true);
    assert.deepEqual(hooksOf(scene), []);
    await ensure(scene, "https://old.acme.test/below/webhooks/jira/con_1");
    await ensure(scene);
    assert.deepEqual(hooksOf(scene).map(([url]) => url), [URL_OF_HOST]);
    assert.equal(await remote.webhooks?.removeForAll?.(access, [], URL_OF_HOST), true);
    assert.deepEqual(hooksOf(scene), [], "also when no project is left");
  }));

Deno.test("the webhook of all projects is taken away by one look, and those of a person one by one", () =>
  asApp(async (scene) => {
    const { remote, access, jira, atlassian } = scene;
    for (let number = 1; number <= 50; number++) jira.state.addProject(`MORE${number}`);
    await ensure(scene);
    const places = [...jira.state.projects.values()].map((one) => placeAt(one));
    const before = atlassian.calls.length;
    assert.equal(await remote.webhooks?.removeForAll?.(access, places, URL_OF_HOST), true);
    assert.deepEqual(hooksOf(scene), []);
    assert.equal(atlassian.calls.length - before, 2);
    const person = { ...access, credential: { ...access.credential, kind: "token" } };
    assert.equal(await remote.webhooks?.removeForAll?.(person, places, URL_OF_HOST), null);
  }));

Deno.test("an app that may register none says so, and a person's token has one for each project", () =>
  asApp(async (scene) => {
    const { atlassian, access, remote, place, clock } = scene;
    const scopes = ["read:jira-work", "write:jira-work", "read:jira-user", "offline_access"];
    const secret = JSON.stringify({
      ...JSON.parse(access.credential.secret),
      ...atlassian.grant(scopes),
      expiresAt: clock.now() + DAY_MS,
    });
    const without = { ...scene, access: { ...access, credential: { kind: "app", secret } } };
    assert.equal(await ensure(without), false);
    assert.equal(await remote.webhooks?.remove(without.access, place, URL_OF_HOST), false);
    const person = { ...scene, access: { ...access, credential: { kind: "token", secret } } };
    assert.equal(await ensure(person), null);
    atlassian.stepIn = () => new Response(null, { status: 503 });
    assert.equal((await faultOf(ensure(scene))).fault.kind, "failing");
  }));

Deno.test("a delivery is taken with a token that the app's secret signs, and with no other", () =>
  asApp(async (scene) => {
    const { jira, project, remote, access, clock, place } = scene;
    await ensure(scene);
    const issue = jira.add(project, { summary: "One" });
    const [delivery, ...others] = jira.deliveries;
    assert.ok(delivery !== undefined && others.length === 0);
    const { headers } = await signed(delivery);
    const { secret } = access.credential;
    const { byCredential, read } = remote.webhooks ?? {};
    assert.equal(byCredential?.kind, "app");
    const isTaken = (headers: HeadersInit) =>
      byCredential?.verify(secret, new Headers(headers), clock.now());
    assert.equal(await isTaken(headers), true);
    assert.deepEqual(read?.(headers, new TextEncoder().encode(delivery.body)), {
      deliveryId: delivery.id,
      hints: [{ placeId: place.externalId, issueId: issue.id }],
    });
    const { clientSecret } = APP_OF_TEST;
    const now = Math.floor(clock.now() / 1_000);
    const exp = now + 60;
    const good = await hookToken(clientSecret, { exp });
    const [head, claims, signature = ""] = good.split(".");
    const cases: readonly [string, boolean][] = [
      [`Bearer ${good}`, true],
      [`JWT ${good}`, true],
      [`Bearer ${await hookToken(clientSecret, { exp: now - 30 })}`, true],
      [`Bearer ${await hookToken(clientSecret, { exp: now - 61 })}`, false],
      [`Bearer ${await hookToken(clientSecret, { exp: "never" })}`, false],
      [`Bearer ${await hookToken(clientSecret, {})}`, false],
      [`Bearer ${await hookToken(clientSecret, { exp: null })}`, false],
      [`Bearer ${await hookToken(clientSecret, { iat: now + 30, exp })}`, true],
      [`Bearer ${await hookToken(clientSecret, { iat: now + 61, exp })}`, false],
      [`Bearer ${await hookToken(clientSecret, { iat: "now", exp })}`, false],
      [`Bearer ${await hookToken("another-secret-0123456789", { exp })}`, false],
      [`Bearer ${await hookToken(clientSecret, { exp }, { alg: "none" })}`, false],
      [`Bearer ${await hookToken(clientSecret, { exp }, { alg: "HS512" })}`, false],
      [`Bearer ${head}.${claims}.`, false],
      [`Bearer ${head}.${claims}.${signature.slice(1)}`, false],
      [`Bearer ${head}.${claims}x.${signature}`, false],
      ["Bearer a.b.c", false],
      [`Basic ${good}`, false],
      ["", false],
    ];
    for (const [authorization, wanted] of cases) {
      assert.equal(await isTaken({ authorization }), wanted, authorization);
    }
    assert.equal(await isTaken({}), false);
  }));
