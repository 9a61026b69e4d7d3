/** Sign-ins, bindings and limits at two processes on one PostgreSQL database. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { exchangeCode, issueCode } from "../../src/server/accounts/authorization_code.ts";
import { decideDevice, pollDevice, startDevice } from "../../src/server/accounts/device_flow.ts";
import { issueTokens, revokeToken, rotateTokens } from "../../src/server/accounts/tokens.ts";
import { addUserUnchecked } from "../../src/server/accounts/users.ts";
import type { HostContext } from "../../src/server/mod.ts";
import { firstUser, type StoredUser } from "../../src/server/store/users.ts";
import { atOnce, countsOf, type Processes, withProcesses } from "./processes_support.ts";
import { type Answered, identity, type TestHost } from "./support.ts";

async function userOf({ store }: HostContext): Promise<StoredUser> {
  const user = await firstUser(store);
  assert.ok(user !== null);
  return user;
}

function confirm(host: TestHost, token: string, slug: string): Promise<Answered> {
  return host.call("POST", "/api/v1/tracker/bind-confirm/", {
    provider: "linear",
    candidate_token: token,
    project_identity: identity(slug),
  }, { "idempotency-key": crypto.randomUUID() });
}

async function candidates({ call }: TestHost): Promise<readonly [string, string]> {
  const listed = await call("GET", "/api/v1/tracker/resources/?provider=linear");
  return [
    listed.text("resources.0.candidate_token"),
    listed.text("resources.1.candidate_token"),
  ];
}

Deno.test("a resource that many projects confirm at two processes at once is bound to one of them", () =>
  withProcesses(async (hosts) => {
    const tokens: string[] = [];
    for (let n = 0; n < 20; n++) tokens.push((await candidates(hosts[0]))[0]);
    const answers = await atOnce(
      hosts,
      20,
      (host, n) => confirm(host, tokens[n] ?? "", `app-${n}`),
    );
    assert.deepEqual(countsOf(answers.map(({ status }) => status)), { 200: 1, 409: 19 });
    const codes = answers.flatMap((answer) =>
      answer.status === 409 ? [answer.text("error_code")] : []
    );
    assert.deepEqual(countsOf(codes), { already_bound: 19 });
  }));

Deno.test("a candidate token that two processes are given at once is used once", () =>
  withProcesses(async (hosts) => {
    const [token] = await candidates(hosts[0]);
    const answers = await atOnce(hosts, 20, (host) => confirm(host, token, "my-app"));
    assert.deepEqual(countsOf(answers.map(({ status }) => status)), { 200: 1, 400: 19 });
  }));

Deno.test("a project that confirms several resources at once has one mapping", () =>
  withProcesses(async (hosts) => {
    const tokens = await candidates(hosts[0]);
    await Promise.all(tokens.map((token, n) => confirm(hosts[n === 0 ? 0 : 1], token, "my-app")));
    const rows = await hosts[0].store.all("SELECT state FROM mappings ORDER BY state");
    assert.deepEqual(rows.map((row) => row["state"]), ["active", "deleted"]);
  }));

Deno.test("a refresh token that two processes rotate at once is good twice, and its session ends at the third use", () =>
  withProcesses(async (hosts) => {
    const [{ context }] = hosts;
    const first = await issueTokens(context, await userOf(context), "password");
    const rotated = await atOnce(
      hosts,
      2,
      (host) => rotateTokens(host.context, first?.refresh ?? ""),
    );
    assert.equal(rotated.filter((pair) => pair !== null).length, 2);
    const other = await issueTokens(context, await userOf(context), "password");
    const many = await atOnce(
      hosts,
      20,
      (host) => rotateTokens(host.context, other?.refresh ?? ""),
    );
    assert.equal(many.filter((pair) => pair !== null).length, 2);
    for (const pair of many) {
      if (pair !== null) assert.equal(await rotateTokens(hosts[1].context, pair.refresh), null);
    }
  }));

Deno.test("a device that was approved gets its tokens from one of two processes", () =>
  withProcesses(async (hosts) => {
    const [{ context }, other] = hosts;
    const client = { client_id: "cli_native" };
    const started = await startDevice(context, new URLSearchParams(client), { interval: 0 });
    assert.ok(started.ok);
    const user = await userOf(context);
    const decided = await atOnce(
      hosts,
      10,
      (host) => decideDevice(host.context, started.userCode, user),
    );
    assert.deepEqual(countsOf(decided), { decided: 1, unknown_code: 9 });
    assert.equal(await decideDevice(other.context, started.userCode, null), "unknown_code");
    const form = new URLSearchParams({ ...client, device_code: started.deviceCode });
    const polls = await atOnce(hosts, 20, (host) => pollDevice(host.context, form));
    assert.equal(polls.filter(({ ok }) => ok).length, 1);
  }));

Deno.test("an authorization code that two processes exchange at once begins one session, which a second use ends", () =>
  withProcesses(async (hosts) => {
    const [{ context }, other] = hosts;
    const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const redirectUri = new URL("http://127.0.0.1:28888/callback");
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const code = await issueCode(context, await userOf(context), {
      redirectUri,
      challenge,
      state: "",
    });
    const form = new URLSearchParams({
      code: code ?? "",
      code_verifier: verifier,
      redirect_uri: redirectUri.href,
    });
    const exchanged = await atOnce(hosts, 20, (host) => exchangeCode(host.context, form));
    const [pair, ...more] = exchanged.filter((one) => one !== null);
    assert.equal(more.length, 0);
    assert.equal(await rotateTokens(other.context, pair?.refresh ?? ""), null);
  }));

Deno.test("a name that two processes add at once is one user, and a team that they make at once is one team", () =>
  withProcesses(async (hosts) => {
    const added = await atOnce(
      hosts,
      10,
      ({ context }, n) =>
        addUserUnchecked(context, {
          username: n < 5 ? "eve" : `user-${n}`,
          password: "p",
          team: "new",
        })
          .then(() => "added", (error) => String(error.code)),
    );
    assert.deepEqual(countsOf(added), { added: 6, user_exists: 4 });
    const rows = await hosts[0].store.all(
      "SELECT user_id, role FROM members WHERE team_id = (SELECT id FROM teams WHERE slug = 'new')",
    );
    assert.equal(rows.length, 6);
    assert.deepEqual(countsOf(rows.map((row) => String(row["role"]))), { admin: 1, member: 5 });
  }));

Deno.test("a token that one process has revoked is refused by the other at once", () =>
  withProcesses(async (hosts) => {
    const [{ context }, other] = hosts;
    const pair = await issueTokens(context, await userOf(context), "password");
    const headers = { authorization: `Bearer ${pair?.access}` };
    const me = async () => (await other.call("GET", "/api/v1/me", undefined, headers)).status;
    assert.equal(await me(), 200);
    await revokeToken(context, pair?.access ?? "");
    assert.equal(await me(), 401);
  }));

Deno.test("calls of one user at two processes share one limit", () =>
  withProcesses(async (hosts) => {
    const statuses: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const answers = await atOnce(hosts, 25, ({ call }) => call("GET", "/api/v1/me"));
      statuses.push(...answers.map(({ status }) => status));
    }
    // The burst, a batch for each process, and what has come back meanwhile: one in ten seconds.
    const taken = countsOf(statuses)[200] ?? 0;
    assert.ok(taken >= 45 && taken <= 50 + 2 + 6, String(taken));
  }, { rateLimit: { burst: 50, perSecond: 0.1 } }));

Deno.test("wrong passwords at two processes are counted together", () =>
  withProcesses(async (hosts) => {
    await addUserUnchecked(hosts[0].context, { username: "eve", password: "right", team: "acme" });
    const signIn = async ({ host }: TestHost, from: string, password: string) => {
      const request = new Request("http://127.0.0.1:8080/api/v1/token/", {
        method: "POST",
        headers: { "x-forwarded-for": from },
        body: JSON.stringify({ username: "eve", password }),
      });
      const answer = await host.handle(request, { remoteAddress: "127.0.0.1" });
      await answer.body?.cancel();
      return answer.status;
    };
    const answers = await atOnce(hosts, 24, (host) => signIn(host, "198.51.100.7", "wrong"));
    assert.deepEqual(countsOf(answers), { 401: 10, 429: 14 });
    assert.equal(await signIn(hosts[1], "192.0.2.1", "right"), 200);
  }, { trustedProxies: ["127.0.0.1"] }));

Deno.test("writes with one key at two processes at once have one effect", () =>
  withProcesses(async (hosts: Processes) => {
    const binding_ref = await hosts[0].bind("linear", "Engineering (ENG)");
    const body = {
      provider: "linear",
      binding_ref,
      external_issue_id: "7c1f0a52-team-eng-0001",
      body: "Said once",
    };
    const key = { "idempotency-key": "one-key-for-all-of-them" };
    const answers = await atOnce(
      hosts,
      20,
      ({ call }) => call("POST", "/api/v1/tracker/comments/add/", body, key),
    );
    const answered = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status !== 200);
    assert.ok(answered.length >= 10, String(answered.length));
    assert.equal(new Set(answered.map((answer) => answer.text("id"))).size, 1);
    for (const answer of refused) assert.equal(answer.text("error_code"), "in_progress");
    assert.equal((await hosts[1].store.all("SELECT 1 FROM comments")).length, 1);
  }));
