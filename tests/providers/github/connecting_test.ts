import assert from "node:assert/strict";
import { GITHUB_CONNECTING } from "../../../src/providers/github/connecting.ts";
import { Budget, type CheckedCredential, type Credential } from "../../../src/providers/mod.ts";
import { GITHUB_BUDGETS } from "../../../src/providers/github/budgets.ts";
import { atGitHub, BASE, faultOf, type Scene, TOKEN } from "./support.ts";

const { read, look } = GITHUB_CONNECTING;

function given(kind: string, values: Readonly<Record<string, string>>) {
  return read({ kind, values });
}

function credentialOf(places: string, changes: Readonly<Record<string, string>> = {}): Credential {
  const found = given("token", { places, token: TOKEN, url: BASE, ...changes });
  assert.ok(found.ok);
  return found.credential;
}

function lookAt({ github, clock }: Scene, credential: Credential): Promise<CheckedCredential> {
  const signal = new AbortController().signal;
  return look(credential, { fetch: github.fetch, clock, signal });
}

/** An App's private key as GitHub gives it, and the public key of it. */
async function appKey() {
  const pair = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    true,
    ["sign", "verify"],
  );
  const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const pem = `-----BEGIN PRIVATE KEY-----\n${der.toBase64()}\n-----END PRIVATE KEY-----\n`;
  return { pem, publicKey: pair.publicKey };
}

Deno.test("what is entered is read: owners and repositories, a token, an address", () => {
  assert.deepEqual(
    given("token", { places: " acme/web,\nacme  acme/web ", token: ` ${TOKEN}\n` }),
    {
      ok: true,
      credential: {
        kind: "token",
        secret: TOKEN,
        baseUrl: "https://api.github.com",
        site: "acme/web acme",
      },
    },
  );
  assert.equal(
    credentialOf("acme", { url: "https://git.acme.com/api/v3/" }).baseUrl,
    "https://git.acme.com/api/v3",
  );
  assert.equal(credentialOf("acme", { url: "http://127.0.0.1:81" }).baseUrl, "http://127.0.0.1:81");
});

Deno.test("what is entered wrongly is told at its field, and a secret is never said", () => {
  const fieldOf = (values: Readonly<Record<string, string>>, kind = "token") => {
    const found = given(kind, { places: "acme", token: TOKEN, ...values });
    assert.ok(!found.ok);
    for (const value of [values["token"], values["key"]]) {
      if (value !== undefined && value !== "") assert.ok(!found.message.includes(value));
    }
    return found.field;
  };
  assert.equal(fieldOf({ url: "http://api.github.com" }), "url");
  assert.equal(fieldOf({ url: "https://user:pw@git.acme.com" }), "url");
  assert.equal(fieldOf({ places: "" }), "places");
  assert.equal(fieldOf({ places: "acme/web/issues" }), "places");
  assert.equal(fieldOf({ places: "acme\u001b[31m" }), "places");
  assert.equal(fieldOf({ token: "" }), "token");
  assert.equal(fieldOf({ token: "two words" }), "token");
  assert.equal(fieldOf({ token: "tökén" }), "token");
  const app = { app: "1", installation: "2", key: "no key" };
  assert.equal(fieldOf(app, "app"), "key");
  assert.equal(fieldOf({ ...app, app: "" }, "app"), "app");
  assert.equal(fieldOf({ ...app, installation: "x" }, "app"), "installation");
});

Deno.test("a token shows the repositories that were named, and those of an owner whose issues are on", () =>
  atGitHub(async (scene) => {
    const { state } = scene.github;
    state.addRepository("acme/api");
    state.addRepository("acme/wiki").hasIssues = false;
    state.addRepository("acme/old").isArchived = true;
    state.addRepository("ada/notes", "User");
    const labels = async (places: string) => {
      const seen = await lookAt(scene, credentialOf(places));
      assert.ok(seen.ok);
      assert.equal(seen.account, "ada");
      return seen.places.map(({ label }) => label);
    };
    assert.deepEqual(await labels("acme/web"), ["acme/web"]);
    assert.deepEqual(await labels("ACME"), ["acme/api", "acme/old", "acme/web"]);
    assert.deepEqual(await labels("ada acme/web"), ["ada/notes", "acme/web"]);
    const seen = await lookAt(scene, credentialOf("acme/web"));
    assert.deepEqual(seen.ok && seen.places[0], {
      externalId: String(scene.repository.id),
      workspace: String(scene.repository.id),
      key: "acme/web",
      url: "https://github.test/acme/web",
      workflow: "open",
      name: "web",
      label: "acme/web",
      context: { workspace_name: "acme", repository: "acme/web" },
    });
  }));

Deno.test("an owner with more than a page of repositories is listed whole", () =>
  atGitHub(async (scene) => {
    for (let index = 0; index < 230; index++) scene.github.state.addRepository(`big/r${index}`);
    const seen = await lookAt(scene, credentialOf("big"));
    assert.equal(seen.ok && seen.places.length, 230);
  }));

Deno.test("a repository that is not there, or has its issues turned off, is told by name", () =>
  atGitHub(async (scene) => {
    scene.github.state.addRepository("acme/wiki").hasIssues = false;
    const messageFor = async (places: string) => {
      const seen = await lookAt(scene, credentialOf(places));
      return seen.ok ? "" : seen.message;
    };
    assert.equal(
      await messageFor("acme/nothing"),
      'The repository "acme/nothing" is not there, or the credential does not reach it.',
    );
    assert.equal(await messageFor("acme/wiki"), 'Issues are turned off in "acme/wiki".');
    assert.equal(await messageFor("nobody"), 'GitHub knows no owner "nobody".');
  }));

Deno.test("what a token lacks is told by the name of the permission, and trying it changes nothing", () =>
  atGitHub(async (scene) => {
    const { github, repository } = scene;
    github.state.addIssue(repository, { title: "T", labels: ["web"] }, 0);
    const missing = async (issues: "none" | "read" | "write", hooks: boolean) => {
      for (const token of github.state.tokens.values()) Object.assign(token, { issues, hooks });
      const seen = await lookAt(scene, credentialOf("acme/web"));
      assert.ok(seen.ok);
      return seen.missing.map((one) => one.replace(/;.*/, ""));
    };
    const write = "write issues (the permission Issues: Read and write)";
    const hook = "register a webhook (the permission Webhooks: Read and write";
    assert.deepEqual(await missing("write", true), []);
    assert.deepEqual(await missing("read", true), [write]);
    assert.deepEqual(await missing("none", true), [write.replace("write", "read")]);
    assert.deepEqual(await missing("read", false), [write, hook]);
    assert.deepEqual(github.writes, []);
  }));

Deno.test("what a classic token lacks is told by its scopes, also where there is no issue to try", () =>
  atGitHub(async (scene) => {
    const missing = async (...scopes: readonly string[]) => {
      for (const token of scene.github.state.tokens.values()) token.scopes = scopes;
      const seen = await lookAt(scene, credentialOf("acme/web"));
      assert.ok(seen.ok);
      return seen.missing;
    };
    const write = "write issues (the scope repo, or public_repo for public repositories)";
    assert.deepEqual(await missing("repo", "read:org"), []);
    assert.deepEqual(await missing("public_repo"), []);
    assert.deepEqual(await missing("read:org", "repo:status"), [write]);
    assert.deepEqual(await missing(), [write]);
    assert.deepEqual(scene.github.writes, []);
  }));

Deno.test("a role that sets no labels is told with its repository, before the first write", () =>
  atGitHub(async (scene) => {
    for (const token of scene.github.state.tokens.values()) token.mayTriage = false;
    const seen = await lookAt(scene, credentialOf("acme/web"));
    assert.ok(seen.ok);
    assert.deepEqual(seen.missing, [
      "set labels and people in acme/web (the role Triage or a higher one)",
    ]);
  }));

Deno.test("a wrong token is refused in GitHub's words, without the token", () =>
  atGitHub(async (scene) => {
    const { fault, message } = await faultOf(
      lookAt(scene, credentialOf("acme", { token: "ghp_wrong" })),
    );
    assert.equal(fault.kind, "refused");
    assert.match(message, /\(401\): Bad credentials$/);
    assert.ok(!message.includes("ghp_wrong"));
  }));

Deno.test("an App signs in by its key, tells what it may not, and renews its token each hour", () =>
  atGitHub(async (scene) => {
    const { github, repository, remote, place, clock } = scene;
    const { pem, publicKey } = await appKey();
    github.state.addRepository("acme/api");
    github.state.apps.push({
      appId: "12",
      installationId: "34",
      publicKey,
      permissions: { issues: "write", metadata: "read" },
      repositories: new Set([repository.id]),
    });
    const found = given("app", { app: "12", installation: "34", key: pem, url: BASE });
    assert.ok(found.ok);
    const seen = await lookAt(scene, found.credential);
    assert.ok(seen.ok);
    assert.equal(seen.account, "App 12");
    assert.deepEqual(seen.places.map(({ label }) => label), ["acme/web"]);
    assert.match(seen.missing.join(), /^register a webhook/);
    const access = {
      ...scene.access,
      credential: found.credential,
      budget: new Budget(clock, GITHUB_BUDGETS),
    };
    const creation = { clientId: "01234567-89ab-4def-8123-456789abcdef", fields: { title: "T" } };
    await remote.create(access, place, creation);
    assert.equal((await remote.findCreated(access, place, creation))?.ref.id, "1");
    for (let hour = 0; hour < 3; hour++) {
      clock.advance(3_500_000);
      assert.equal((await remote.get(access, place, "1"))?.title, "T");
    }
    assert.equal(github.state.installationTokens.size, 5);
    clock.advance(3_600_000);
    const proxied = {
      ...access,
      fetch: () => Promise.resolve(new Response("<h1>No</h1>", { status: 405 })),
    };
    const unknown = await faultOf(remote.get(proxied, place, "1"));
    assert.equal(unknown.fault.kind, "unreachable");
    assert.equal(unknown.message, 'GitHub answered "get a token of the App" with 405');
    github.state.apps.length = 0;
    const { fault, message } = await faultOf(remote.get(access, place, "1"));
    assert.equal(fault.kind, "refused");
    assert.equal(message, "The App has no installation 34 at GitHub, or may not use it");
  }));

Deno.test("an App shows all repositories that it was given, page by page", () =>
  atGitHub(async (scene) => {
    const { pem, publicKey } = await appKey();
    const { state } = scene.github;
    for (let number = 1; number <= 249; number++) state.addRepository(`acme/more-${number}`);
    state.apps.push({
      appId: "12",
      installationId: "34",
      publicKey,
      permissions: { issues: "write", metadata: "read" },
      repositories: new Set(state.repositories.keys()),
    });
    const found = given("app", { app: "12", installation: "34", key: pem, url: BASE });
    assert.ok(found.ok);
    const seen = await lookAt(scene, found.credential);
    assert.ok(seen.ok);
    assert.equal(seen.places.length, 250);
  }));
