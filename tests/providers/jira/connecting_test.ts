import assert from "node:assert/strict";
import { JIRA_CONNECTING } from "../../../src/providers/jira/connecting.ts";
import type { Credential } from "../../../src/providers/mod.ts";
import { atJira, BASE, faultOf, type Scene, TOKEN } from "./support.ts";

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
