import assert from "node:assert/strict";
import { JIRA_CONNECTING } from "../../../src/providers/jira/connecting.ts";
import type { Credential } from "../../../src/providers/mod.ts";
import { atJira, atServer, BASE, faultOf, type Scene, SERVER_BASE, TOKEN } from "./support.ts";

const VALUES = { url: BASE, email: "ada@acme.test", token: TOKEN, places: "" };

function read(values: Partial<typeof VALUES>) {
  return JIRA_CONNECTING.read({ kind: "token", values: { ...VALUES, ...values } });
}

function credentialOf(values: Partial<typeof VALUES>): Credential {
  const given = read(values);
  assert.ok(given.ok);
  return given.credential;
}

function look({ jira, clock }: Scene, values: Partial<typeof VALUES> = {}) {
  const { signal } = new AbortController();
  return JIRA_CONNECTING.look(credentialOf(values), { fetch: jira.fetch, clock, signal });
}

Deno.test("a site is read with or without its scheme, and from the address of a page", () => {
  for (
    const url of ["acme.atlassian.net", `${BASE}/`, `${BASE}/jira/software/projects/WEB/boards/1`]
  ) {
    assert.deepEqual(credentialOf({ url, places: "web, ops web" }), {
      kind: "token",
      secret: JSON.stringify({ email: VALUES.email, token: TOKEN }),
      baseUrl: BASE,
      site: "WEB OPS",
    });
  }
});

Deno.test("what cannot be right is told by its field", () => {
  const cases = [
    [{ url: "" }, "url"],
    [{ url: "acme" }, "url"],
    [{ url: "http://acme.atlassian.net" }, "url"],
    [{ email: "ada" }, "email"],
    [{ email: "ada@acme.test:x" }, "email"],
    [{ token: "two words" }, "token"],
    [{ places: "W-1" }, "places"],
  ] as const;
  for (const [values, field] of cases) {
    const given = read(values);
    assert.deepEqual(given.ok ? null : given.field, field);
  }
});

Deno.test("a credential shows whose it is, the projects it reaches, and what it may not do", () =>
  atJira(async (scene) => {
    scene.jira.state.addProject("OPS");
    scene.jira.state.addProject("ZZZ").isHidden = true;
    const all = await look(scene);
    assert.ok(all.ok);
    assert.equal(all.account, "Ada Lovelace at acme.atlassian.net");
    assert.deepEqual(all.places.map(({ label }) => label), ["acme/OPS", "acme/WEB"]);
    assert.deepEqual(all.missing, []);
    for (const { permissions } of scene.jira.state.credentials.values()) {
      permissions.delete("ADMINISTER");
      permissions.delete("LINK_ISSUES");
    }
    const some = await look(scene, { places: "WEB" });
    assert.ok(some.ok);
    assert.deepEqual(some.places.map(({ externalId }) => externalId), [scene.place.externalId]);
    assert.equal(some.missing.length, 2);
    assert.match(some.missing.join("\n"), /Link Issues.*\n.*Administer Jira/);
  }));

function readServer(values: Partial<typeof VALUES>) {
  const { url, token, places } = { ...VALUES, ...values };
  return JIRA_CONNECTING.read({ kind: "server_token", values: { url, token, places } });
}

Deno.test("a server is read with its path, also from the address of a page", () => {
  const cases = [
    ["https://jira.acme.test/tracker/", SERVER_BASE],
    ["jira.acme.test/tracker/secure/Dashboard.jspa", SERVER_BASE],
    ["https://jira.acme.test/browse/WEB-1", "https://jira.acme.test"],
    ["https://jira.acme.test:8443/projects/WEB/issues", "https://jira.acme.test:8443"],
    ["https://jira/browse/WEB-1", "https://jira"],
  ] as const;
  for (const [url, baseUrl] of cases) {
    const given = readServer({ url });
    assert.deepEqual(given.ok ? given.credential : given, {
      kind: "server_token",
      secret: TOKEN,
      baseUrl,
      site: null,
    });
  }
});

Deno.test("a site of Atlassian without a mail address is told before it is asked", () => {
  for (const url of ["acme.atlassian.net", BASE]) {
    const given = readServer({ url });
    assert.ok(!given.ok);
    assert.equal(given.field, "url");
    assert.match(given.message, /is in the cloud: .* mail address/);
  }
  assert.equal(readServer({ url: "jira" }).ok, false);
});

Deno.test("a token that is refused is told with what kind of token it has to be", async () => {
  const why = async (scene: Scene, url: string) => {
    const seen = await look(scene, { url, token: "wrong" });
    assert.ok(!seen.ok);
    assert.equal(seen.field, "token");
    return seen.message;
  };
  await atJira(async (scene) => {
    assert.match(await why(scene, BASE), /\(401\)\. It takes an API token with the mail /);
  });
  await atServer(async (scene) => {
    scene.jira.stepIn = () => ({ status: 401 });
    assert.match(await why(scene, SERVER_BASE), /\(401\)\. A server of your own takes a personal/);
  });
});

Deno.test("a server shows whose token it is, and its projects by their own addresses", () =>
  atServer(async ({ jira, clock, place }) => {
    const given = readServer({ url: SERVER_BASE });
    assert.ok(given.ok);
    const { signal } = new AbortController();
    const tools = { fetch: jira.fetch, clock, signal };
    const seen = await JIRA_CONNECTING.look(given.credential, tools);
    assert.ok(seen.ok);
    assert.equal(seen.account, "Ada Lovelace at jira.acme.test/tracker");
    assert.deepEqual(seen.places.map(({ externalId, label }) => [externalId, label]), [
      [place.externalId, "jira.acme.test/tracker/WEB"],
    ]);
    for (const { permissions } of jira.state.credentials.values()) permissions.delete("ADMINISTER");
    const plain = await JIRA_CONNECTING.look(given.credential, tools);
    assert.deepEqual(plain.ok ? plain.missing : null, [], "an older one signs no webhooks");
    jira.serverVersion = "10.3.1";
    const newer = await JIRA_CONNECTING.look(given.credential, tools);
    assert.match(newer.ok ? newer.missing.join() : "", /^register a webhook \(the global/);
    jira.state.credentials.clear();
    const refused = await JIRA_CONNECTING.look(given.credential, tools);
    assert.equal(refused.ok ? null : refused.field, "token");
  }));

Deno.test("a token of one kind is told from the Jira of the other", async () => {
  const why = async (scene: Scene, given: ReturnType<typeof read>) => {
    assert.ok(given.ok);
    const { signal } = new AbortController();
    const tools = { fetch: scene.jira.fetch, clock: scene.clock, signal };
    const seen = await JIRA_CONNECTING.look(given.credential, tools);
    return seen.ok ? null : seen.message;
  };
  await atServer(async (scene) => {
    scene.jira.stepIn = ({ call }) =>
      call.endsWith("/serverInfo")
        ? { status: 200, body: { baseUrl: SERVER_BASE, deploymentType: "Server" } }
        : undefined;
    assert.match(await why(scene, read({ url: SERVER_BASE })) ?? "", /is a server of its own/);
  });
  await atJira(async (scene) => {
    scene.jira.stepIn = ({ call }) =>
      call.endsWith("/serverInfo")
        ? { status: 200, body: { baseUrl: BASE, deploymentType: "Cloud" } }
        : undefined;
    assert.match(
      await why(scene, readServer({ url: "https://jira.acme.test" })) ?? "",
      /is in the cloud: .* mail address/,
    );
  });
});

Deno.test("all pages of projects are read", () =>
  atJira(async (scene) => {
    scene.jira.pageSize = 2;
    for (const key of ["A1", "B1", "C1", "D1"]) scene.jira.state.addProject(key);
    const all = await look(scene);
    assert.equal(all.ok ? all.places.length : 0, 5);
  }));

Deno.test("a project that is not there, a wrong token and a wrong site are told by their fields", () =>
  atJira(async (scene) => {
    const field = async (values: Partial<typeof VALUES>) => {
      const seen = await look(scene, values);
      return seen.ok ? null : seen.field;
    };
    assert.equal(await field({ places: "NONE" }), "places");
    assert.equal(await field({ token: "wrong" }), "token");
    scene.jira.stepIn = () => ({ status: 404 });
    assert.equal(await field({}), "url");
    scene.jira.stepIn = () => {
      throw new Error("Reset");
    };
    assert.equal((await faultOf(look(scene))).fault.kind, "unreachable");
  }));
