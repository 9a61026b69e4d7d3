import assert from "node:assert/strict";
import { type Access, connectableProviders, type Connecting } from "../../../src/providers/mod.ts";
import { ADMIN_KEY, type FakeLinear } from "../../standins/linear/fake_linear.ts";
import { uuid } from "../../standins/linear/state.ts";
import { ENG, faultOf, type LinearRig, linearTest, OPS } from "./rig.ts";

const KEY = "lin_api_somebody";

function connecting(): Connecting {
  const { linear } = connectableProviders();
  assert.ok(linear !== undefined);
  return linear;
}

function readKey(values: Readonly<Record<string, string>>) {
  return connecting().read({ kind: "key", values: { key: KEY, ...values } });
}

async function look(
  { linear, clock }: LinearRig,
  credential: Access["credential"],
  site: string | null = null,
) {
  const { signal } = new AbortController();
  const baseUrl = "https://api.linear.app";
  return await connecting().look({ ...credential, baseUrl, site }, {
    fetch: linear.fetch,
    clock,
    signal,
  });
}

/** Lets somebody in who may do this. */
function admit(
  linear: FakeLinear,
  header: string,
  scopes: readonly string[],
  hidden: readonly string[] = [],
) {
  linear.callers.set(header, {
    userId: uuid(1, 2),
    scopes: new Set(scopes),
    hiddenTeams: new Set(hidden),
  });
}

Deno.test("every way to sign in asks for what it reads, and names one secret at least", () => {
  for (const { kind, fields } of connecting().credentials) {
    assert.ok(fields.some(({ isSecret }) => isSecret), kind);
    const values = Object.fromEntries(fields.map(({ name, preset }) => [name, preset]));
    const secret = fields.find(({ isSecret }) => isSecret)?.name ?? "";
    const read = connecting().read({
      kind,
      values: { ...values, client: "id", [secret]: "s3cret" },
    });
    assert.ok(read.ok, kind);
    assert.equal(read.credential.kind, kind);
    assert.equal(read.credential.baseUrl, "https://api.linear.app");
    assert.equal(read.credential.site, null);
  }
});

Deno.test("teams are named by their keys, in any case", () => {
  const read = readKey({ places: " eng, OPS eng" });
  assert.ok(read.ok);
  assert.equal(read.credential.site, "ENG OPS");
  const wrong = readKey({ places: "a/b" });
  assert.ok(!wrong.ok && wrong.field === "places");
});

Deno.test("a credential goes in the clear to this machine alone", () => {
  assert.ok(readKey({ url: "http://127.0.0.1:8080/" }).ok);
  for (const url of ["http://linear.example", "ftp://a", "none", "https://a:b@linear.example"]) {
    const read = readKey({ url });
    assert.ok(!read.ok && read.field === "url", url);
  }
});

Deno.test("a key with a space, none, and a token instead of a key are told apart", () => {
  for (const key of ["", "two words", "lin_api_ä"]) {
    const read = readKey({ key });
    assert.ok(!read.ok && read.field === "key", key);
  }
  const read = readKey({ key: "lin_oauth_123" });
  assert.match(read.ok ? "" : read.message, /token of OAuth/);
});

linearTest("an administrator's key lacks nothing, and brings all teams", async (rig) => {
  const seen = await look(rig, { kind: "key", secret: ADMIN_KEY });
  assert.ok(seen.ok);
  assert.equal(seen.account, "ada at Acme");
  assert.deepEqual(seen.missing, []);
  assert.deepEqual(seen.places.map(({ externalId, label }) => [externalId, label]), [
    [ENG, "acme/ENG"],
    [OPS, "acme/OPS"],
  ]);
  assert.deepEqual(rig.linear.writes, []);
});

linearTest(
  "the teams that were named are brought, and one that is not there is told",
  async (rig) => {
    const credential = { kind: "key", secret: ADMIN_KEY };
    const seen = await look(rig, credential, "OPS");
    assert.deepEqual(seen.ok && seen.places.map(({ key }) => key), ["OPS"]);
    const none = await look(rig, credential, "OPS WEB");
    assert.deepEqual(none, {
      ok: false,
      field: "places",
      message: 'Linear has no team "WEB", or the credential does not reach it.',
    });
  },
);

linearTest("a key says what it lacks, and shows the teams that it reaches", async (rig) => {
  admit(rig.linear, KEY, ["read"], [OPS]);
  const seen = await look(rig, { kind: "key", secret: KEY });
  assert.ok(seen.ok);
  assert.equal(seen.missing.length, 2);
  assert.match(seen.missing[0] ?? "", /create and change issues/);
  assert.match(seen.missing[1] ?? "", /register a webhook/);
  assert.deepEqual(seen.places.map(({ key }) => key), ["ENG"]);
  admit(rig.linear, KEY, ["read", "write"]);
  const writing = await look(rig, { kind: "key", secret: KEY });
  assert.deepEqual(writing.ok && writing.missing.length, 1);
});

linearTest("a wrong key is told at its field, without the key", async (rig) => {
  const seen = await look(rig, { kind: "key", secret: "lin_api_wrong" });
  assert.ok(!seen.ok);
  assert.equal(seen.field, "key");
  assert.match(seen.message, /Authentication required/);
  assert.ok(!seen.message.includes("lin_api_wrong"));
});

linearTest("a token of OAuth goes with Bearer, a key without", async (rig) => {
  admit(rig.linear, "Bearer lin_oauth_1", ["read", "write"]);
  assert.ok((await look(rig, { kind: "token", secret: "lin_oauth_1" })).ok);
  assert.ok(!(await look(rig, { kind: "key", secret: "lin_oauth_1" })).ok);
});

const APP = { kind: "app", secret: JSON.stringify({ clientId: "app", clientSecret: "s3cret" }) };

linearTest("an app gets a token of its own, and lacks what its scopes lack", async (rig) => {
  rig.linear.apps.set("app", "s3cret");
  const seen = await look(rig, APP);
  assert.ok(seen.ok);
  assert.equal(seen.account, "tracker at Acme");
  assert.equal(seen.missing.length, 1);
  assert.match(seen.missing[0] ?? "", /register a webhook/);
});

linearTest("an app that Linear does not know is told at its secret", async (rig) => {
  const seen = await look(rig, APP);
  assert.ok(!seen.ok);
  assert.equal(seen.field, "secret");
  assert.match(seen.message, /client id or secret is wrong/);
  assert.ok(!seen.message.includes("s3cret"));
});

linearTest(
  "the token of an app is renewed before it ends, and when it was revoked",
  async (rig) => {
    const { linear, remote, access, place, clock } = rig;
    linear.apps.set("app", "s3cret");
    const tokens = () => linear.asked.filter((name) => name === "token").length;
    await Promise.all([remote.get(access, place, "a"), remote.get(access, place, "b")]);
    assert.equal(tokens(), 1);
    clock.advance(30 * 24 * 3_600_000 - 299_000);
    await remote.get(access, place, "a");
    assert.equal(tokens(), 2);
    linear.callers.delete("Bearer app-token-2");
    assert.equal((await faultOf(remote.get(access, place, "a"))).kind, "refused");
    await remote.get(access, place, "a");
    assert.equal(tokens(), 3);
  },
  { credential: APP },
);

linearTest("a stored app that cannot be read is refused", async (rig) => {
  const fault = await faultOf(rig.remote.get(rig.access, rig.place, "a"));
  assert.equal(fault.kind, "refused");
}, { credential: { kind: "app", secret: "{}" } });

linearTest("a token that Linear's address does not give says nothing of an issue", async (rig) => {
  rig.linear.apps.set("app", "s3cret");
  for (const status of [404, 405, 410, 422, 503]) {
    const access = {
      ...rig.access,
      fetch: () => Promise.resolve(new Response("<h1>No</h1>", { status })),
    };
    const creation = { clientId: crypto.randomUUID(), fields: { title: "One" } };
    const fault = await faultOf(rig.remote.create(access, rig.place, creation));
    assert.deepEqual([fault.kind, fault.words], [
      "unreachable",
      `Linear answered "get a token of the app" with ${status}`,
    ]);
  }
}, { credential: APP });
