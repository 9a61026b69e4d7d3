/** Jira by an OAuth app: its gateway, its tokens, which end and rotate, and what it was let do. */
import assert from "node:assert/strict";
import { GRACE_MS, TOKEN_LASTS_MS } from "../../standins/jira/fake_atlassian.ts";
import { asApp } from "./app_support.ts";
import { BASE, faultOf } from "./support.ts";

const FIVE_MINUTES = 5 * 60_000;

Deno.test("an app reads and writes through the gateway, and knows things by their site", () =>
  asApp(async ({ jira, project, create, change, remote, access, place, atlassian }) => {
    jira.add(project, { summary: "One" });
    const created = await create({ title: "Two", labels: ["a"], status: "in_progress" });
    await change(created.ref.id, { title: "Two, changed" });
    const page = await remote.listChanged(access, place, { since: null, cursor: null });
    assert.deepEqual(page.issues.map(({ title }) => title).toSorted(), ["One", "Two, changed"]);
    for (const { ref } of page.issues) {
      assert.equal(ref.workspace, place.workspace);
      assert.match(ref.url ?? "", new RegExp(`^${BASE}/browse/WEB-`));
    }
    const read = await remote.readPlace(access, place);
    assert.deepEqual([read?.externalId, read?.url], [place.externalId, place.url]);
    assert.ok(atlassian.calls.every((call) => call.includes(`/ex/jira/${atlassian.cloudId}/`)));
  }));

Deno.test("a token is renewed shortly before it ends, once, and the new pair is stored", () =>
  asApp(async ({ jira, project, get, clock, atlassian, renewed, stored }) => {
    const { id } = jira.add(project, { summary: "One" });
    clock.advance(TOKEN_LASTS_MS - FIVE_MINUTES - 1);
    await get(id);
    assert.equal(renewed(), 0);
    const before = stored();
    clock.advance(2);
    await get(id);
    await get(id);
    assert.equal(renewed(), 1);
    assert.equal(atlassian.renewals, 1);
    assert.notEqual(stored().refreshToken, before.refreshToken);
    assert.equal(stored().expiresAt, clock.now() + TOKEN_LASTS_MS);
    assert.equal(stored().clientSecret, before.clientSecret);
    // The one before is dead after its grace.
    clock.advance(TOKEN_LASTS_MS);
    await get(id);
    assert.equal(atlassian.renewals, 2);
  }));

Deno.test("a token that is not taken before its time is renewed, and the call is made again", () =>
  asApp(async ({ create, atlassian, jira, renewed }) => {
    atlassian.endAccess();
    await create({ title: "One" });
    assert.equal(renewed(), 1);
    assert.equal(jira.state.issues.size, 1);
  }));

Deno.test("while no other token is to be had, one that still lasts is used", () =>
  asApp(async ({ get, atlassian, jira, project, clock }) => {
    const { id } = jira.add(project, { summary: "One" });
    clock.advance(TOKEN_LASTS_MS - FIVE_MINUTES + 1);
    atlassian.stepIn = (call) =>
      call.endsWith("/oauth/token") ? new Response("<h1>Down</h1>", { status: 503 }) : undefined;
    assert.notEqual(await get(id), null);
    clock.advance(FIVE_MINUTES);
    const { fault, message } = await faultOf(get(id));
    // A change that waits has not failed.
    assert.equal(fault.kind, "unreachable");
    assert.match(message, /^Atlassian answered "renew the token" with 503/);
  }));

Deno.test("a renewal that is not answered as it should be says nothing of what was asked for", () =>
  asApp(async ({ get, create, remote, access, place, atlassian, jira, project, clock }) => {
    const { id } = jira.add(project, { summary: "One" });
    clock.advance(TOKEN_LASTS_MS);
    // A proxy in between refuses the address, or does not know it.
    for (const status of [400, 403, 404, 405, 410]) {
      atlassian.stepIn = (call) =>
        call.endsWith("/oauth/token") ? new Response("<h1>No</h1>", { status }) : undefined;
      for (
        const asked of [
          () => get(id),
          () => create({ title: "Two" }),
          () => remote.readPlace(access, place),
        ]
      ) {
        const { fault, message } = await faultOf(asked());
        assert.equal(fault.kind, "unreachable");
        assert.equal(message, `Atlassian answered "renew the token" with ${status}`);
      }
    }
    atlassian.stepIn = () => {};
    assert.notEqual(await get(id), null);
    assert.equal(jira.state.issues.size, 1);
  }));

Deno.test("an answer to a renewal that was lost is asked for again within the grace", () =>
  asApp(async ({ get, atlassian, jira, project, clock, renewed }) => {
    const { id } = jira.add(project, { summary: "One" });
    clock.advance(TOKEN_LASTS_MS);
    let isLost = false;
    atlassian.stepIn = async (call) => {
      if (!call.endsWith("/oauth/token") || isLost) return;
      isLost = true;
      // It has had its effect.
      await atlassian.fetch(
        new Request("https://auth.atlassian.com/oauth/token", {
          method: "POST",
          body: JSON.stringify(lost),
        }),
        { mayRepeat: true },
      );
      throw new TypeError("connection reset");
    };
    const lost = {
      grant_type: "refresh_token",
      client_id: "fake-client-id",
      client_secret: "ATOA-fake-client-secret-0123456789",
      refresh_token: "fake-refresh-1-0123456789abcdef",
    };
    await get(id);
    assert.equal(atlassian.renewals, 2);
    assert.equal(renewed(), 1);
  }));

Deno.test("a sign-in that was ended is a refused credential that says what to do", () =>
  asApp(async ({ get, atlassian, jira, project, clock }) => {
    const { id } = jira.add(project, { summary: "One" });
    atlassian.revoke();
    for (const ms of [0, TOKEN_LASTS_MS, GRACE_MS]) {
      clock.advance(ms);
      const { fault, message } = await faultOf(get(id));
      assert.equal(fault.kind, "refused");
      assert.equal(
        message,
        "Atlassian has ended the sign-in of the app: connect it once more in the console (invalid_grant: Unknown or invalid refresh token)",
      );
    }
  }));

Deno.test("a secret of the app that was replaced is a refused credential", () =>
  asApp(async ({ get, atlassian, clock }) => {
    clock.advance(TOKEN_LASTS_MS);
    atlassian.stepIn = (call) =>
      call.endsWith("/oauth/token")
        ? Response.json({ error: "access_denied", error_description: "Unauthorized" }, {
          status: 401,
        })
        : undefined;
    const { fault, message } = await faultOf(get("1"));
    assert.equal(fault.kind, "refused");
    assert.match(message, /^Atlassian does not take the client id and secret of the app/);
  }));

Deno.test("hostile answers to a renewal fail it, and tell no secret", () =>
  asApp(async ({ get, atlassian, clock, stored }) => {
    clock.advance(TOKEN_LASTS_MS);
    const { refreshToken, clientSecret } = stored();
    const answers: readonly [() => Response, RegExp][] = [
      [() => new Response(`<html>${refreshToken}</html>`), /with what is not JSON$/],
      [() => new Response("x".repeat(33 * 1024 * 1024)), /with more than 32 MiB$/],
      [
        () => new Response(null, { status: 307, headers: { location: "https://evil.test/" } }),
        /redirected "renew the token" to https:\/\/evil\.test$/,
      ],
      [() => Response.json({ access_token: "a b", expires_in: 3600 }), /not as expected/],
      [() => Response.json({ access_token: 1, expires_in: 3600 }), /not as expected/],
      [() => Response.json({ access_token: "ok", expires_in: -1 }), /not as expected/],
      [() => Response.json(["nothing"]), /not as expected/],
      [
        () =>
          Response.json({ error: "invalid_grant", error_description: clientSecret }, {
            status: 400,
          }),
        /invalid_grant: \[secret\]/,
      ],
      [
        () => Response.json({ message: `no ${refreshToken}` }, { status: 400 }),
        /with 400: no \[secret\]$/,
      ],
    ];
    for (const [answer, wanted] of answers) {
      atlassian.stepIn = (call) => call.endsWith("/oauth/token") ? answer() : undefined;
      const { message } = await faultOf(get("1"));
      assert.match(message, wanted);
      for (const secret of atlassian.secrets) assert.ok(!message.includes(secret), message);
    }
  }));

Deno.test("a call that the app was not let do is refused by name, and the credential is not", () =>
  asApp(async ({ create, atlassian, access, remote, place, clock }) => {
    clock.advance(TOKEN_LASTS_MS);
    atlassian.allowed = ["read:jira-work", "read:jira-user", "offline_access"];
    const secret = JSON.stringify({
      ...JSON.parse(access.credential.secret),
      ...atlassian.grant(atlassian.allowed),
      expiresAt: clock.now() + TOKEN_LASTS_MS,
    });
    const reading = { ...access, credential: { kind: "app", secret } };
    const creation = { clientId: crypto.randomUUID(), fields: { title: "One" } };
    const { fault, message } = await faultOf(remote.create(reading, place, creation));
    assert.deepEqual(fault, { kind: "rejected", code: "permission_missing" });
    assert.match(message, /may not "create an issue" at Jira: Unauthorized; scope does not match/);
    await create({ title: "Two" });
  }));

Deno.test("a credential that is broken, or was not let in, is refused", () =>
  asApp(async ({ access, remote, place }) => {
    const cases = [
      ["{}", "The stored credential of the app is broken"],
      ["no JSON", "The stored credential of the app is broken"],
      ['{"clientId":"a","clientSecret":"b"}', "Nobody has let the app in at Atlassian yet"],
    ] as const;
    for (const [secret, words] of cases) {
      const broken = { ...access, credential: { kind: "app", secret } };
      const { fault, message } = await faultOf(
        Promise.try(() => remote.get(broken, place, "1")),
      );
      assert.deepEqual([fault.kind, message], ["refused", words]);
    }
  }));
