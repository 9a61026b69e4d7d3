import assert from "node:assert/strict";
import { GITLAB_CONNECTING } from "../../../src/providers/gitlab/connecting.ts";
import type { CheckedCredential, Credential } from "../../../src/providers/mod.ts";
import { atGitLab, faultOf, ORIGIN, type Scene, TOKEN } from "./support.ts";

const { read, look } = GITLAB_CONNECTING;

function credentialOf(places: string, changes: Readonly<Record<string, string>> = {}): Credential {
  const { kind = "token", ...values } = changes;
  const found = read({ kind, values: { places, token: TOKEN, url: ORIGIN, ...values } });
  assert.ok(found.ok);
  return found.credential;
}

function lookAt({ gitlab, clock }: Scene, credential: Credential): Promise<CheckedCredential> {
  const signal = new AbortController().signal;
  return look(credential, { fetch: gitlab.fetch, clock, signal });
}

Deno.test("what is entered is read: projects and groups, a token, an address", () => {
  assert.deepEqual(
    read({
      kind: "token",
      values: { places: " acme/web,\nacme/shop/*  acme/web ", token: ` ${TOKEN}\n` },
    }),
    {
      ok: true,
      credential: {
        kind: "token",
        secret: TOKEN,
        baseUrl: "https://gitlab.com/api/v4",
        site: "acme/web acme/shop/*",
      },
    },
  );
  const at = (url: string) => credentialOf("acme/*", { url }).baseUrl;
  assert.equal(at("https://git.acme.com/"), "https://git.acme.com/api/v4");
  assert.equal(at("https://acme.com/gitlab/api/v4/"), "https://acme.com/gitlab/api/v4");
  assert.equal(at("http://127.0.0.1:81"), "http://127.0.0.1:81/api/v4");
});

Deno.test("what is entered wrongly is told at its field, and a secret is never said", () => {
  const fieldOf = (values: Readonly<Record<string, string>>) => {
    const found = read({ kind: "token", values: { places: "acme/web", token: TOKEN, ...values } });
    assert.ok(!found.ok);
    const { token = "" } = values;
    if (token !== "") assert.ok(!found.message.includes(token));
    return found.field;
  };
  assert.equal(fieldOf({ url: "http://gitlab.com" }), "url");
  assert.equal(fieldOf({ url: "https://user:pw@git.acme.com" }), "url");
  assert.equal(fieldOf({ places: "" }), "places");
  assert.equal(fieldOf({ places: "acme" }), "places");
  assert.equal(fieldOf({ places: "acme/*/web" }), "places");
  assert.equal(fieldOf({ places: "acme/web\u001b[31m" }), "places");
  assert.equal(fieldOf({ token: "" }), "token");
  assert.equal(fieldOf({ token: "two words" }), "token");
  assert.equal(fieldOf({ token: "tökén" }), "token");
});

Deno.test("a token shows the projects that were named, and those of groups and their subgroups", () =>
  atGitLab(async (scene) => {
    const { state } = scene.gitlab;
    for (const path of ["acme/shop/api", "acme/old", "acme/off", "ada/own", "other/x"]) {
      state.addProject(path).members.set("ada", 40);
    }
    Object.assign(state.find("acme/old") ?? {}, { isArchived: true });
    Object.assign(state.find("acme/off") ?? {}, { hasIssues: false });
    Object.assign(state.find("other/x") ?? {}, { sharedWith: "acme" });
    const placesOf = async (places: string) => {
      const found = await lookAt(scene, credentialOf(places));
      assert.ok(found.ok, JSON.stringify(found));
      assert.deepEqual([found.account, found.missing], ["ada", []]);
      return found.places.map(({ key }) => key);
    };
    assert.deepEqual(await placesOf("acme/*"), ["acme/web", "acme/shop/api"]);
    assert.deepEqual(await placesOf("acme/shop/*"), ["acme/shop/api"]);
    assert.deepEqual(await placesOf("ada/*"), ["ada/own"]);
    assert.deepEqual(await placesOf("acme/old acme/web acme/*"), [
      "acme/old",
      "acme/web",
      "acme/shop/api",
    ]);
    scene.gitlab.rename(scene.project, "acme/site");
    assert.deepEqual(await placesOf("acme/web"), ["acme/site"]);
  }));

Deno.test("a place says where it is, by a number that a rename does not change", () =>
  atGitLab(async (scene) => {
    const found = await lookAt(scene, credentialOf("acme/web"));
    assert.ok(found.ok);
    const { id } = scene.project;
    assert.deepEqual(found.places, [{
      externalId: String(id),
      workspace: String(id),
      key: "acme/web",
      url: `${ORIGIN}/acme/web`,
      workflow: "open",
      name: "web",
      label: "acme/web",
      context: { workspace_name: "acme", project: "acme/web" },
    }]);
  }));

Deno.test("what is not there, or has no issues, is told at its field", () =>
  atGitLab(async (scene) => {
    const { project } = scene;
    const faultAt = async (places: string) => {
      const found = await lookAt(scene, credentialOf(places));
      assert.ok(!found.ok);
      assert.equal(found.field, "places");
      return found.message;
    };
    assert.match(await faultAt("acme/none"), /^The project "acme\/none" is not there, or/);
    assert.match(await faultAt("none/*"), /^GitLab knows no group "none", or/);
    project.hasIssues = false;
    assert.equal(await faultAt("acme/web"), 'Issues are turned off in "acme/web".');
  }));

Deno.test("what a token or its role lacks is named", () =>
  atGitLab(async (scene) => {
    const { project, gitlab } = scene;
    const token = gitlab.state.tokens.get(TOKEN);
    assert.ok(token !== undefined);
    const missing = async () => {
      const found = await lookAt(scene, credentialOf("acme/web"));
      assert.ok(found.ok, JSON.stringify(found));
      return found.missing;
    };
    assert.deepEqual(await missing(), []);
    project.members.set("ada", 20);
    assert.deepEqual(await missing(), [
      "register a webhook in acme/web (the role Maintainer; without it changes are found by asking)",
    ]);
    project.members.set("ada", 10);
    assert.equal(
      (await missing())[0],
      "change issues in acme/web (the role Planner, Reporter or a higher one)",
    );
    project.members.set("ada", 40);
    token.scopes = ["read_api"];
    assert.deepEqual(await missing(), ["write issues (the scope api)"]);
    token.scopes = ["granular"];
    assert.deepEqual(await missing(), [], "what a fine-grained token may do shows when it is used");
    token.scopes = ["read_user"];
    assert.deepEqual(await lookAt(scene, credentialOf("acme/web")), {
      ok: false,
      field: "token",
      message: "The token cannot read issues (the scope api).",
    });
  }));

Deno.test("what a role lacks is named for the projects of a group, too, whose list tells no roles", () =>
  atGitLab(async (scene) => {
    const { project, gitlab } = scene;
    gitlab.state.addProject("acme/shop/api").members.set("ada", 40);
    const missing = async () => {
      const found = await lookAt(scene, credentialOf("acme/*"));
      assert.ok(found.ok, JSON.stringify(found));
      return found.missing;
    };
    assert.deepEqual(await missing(), []);
    project.members.set("ada", 10);
    assert.deepEqual(await missing(), [
      "change issues in acme/web (the role Planner, Reporter or a higher one)",
      "register a webhook in acme/web (the role Maintainer; without it changes are found by asking)",
    ]);
    const body = { id: 1, username: "ada", is_admin: true };
    gitlab.stepIn = ({ call, phase }) =>
      call === "GET /api/v4/user" && phase === "after" ? { status: 200, body } : undefined;
    assert.deepEqual(await missing(), [], "an administrator may do all");
  }));

Deno.test("a token that is not taken is told at its field; what is no GitLab is no credential", () =>
  atGitLab(async (scene) => {
    const wrong = await lookAt(scene, credentialOf("acme/web", { token: "glpat-another" }));
    assert.deepEqual(wrong, {
      ok: false,
      field: "token",
      message: "GitLab does not take the credential (401): 401 Unauthorized.",
    });
    scene.gitlab.stepIn = () => ({ status: 404, body: "no GitLab" });
    const none = await faultOf(lookAt(scene, credentialOf("acme/web")));
    assert.deepEqual(none.fault, { kind: "rejected", code: "http_404" });
    scene.gitlab.stepIn = () => ({ status: 502 });
    const looking = lookAt(scene, credentialOf("acme/web"));
    void scene.clock.advance(60_000);
    assert.equal((await faultOf(looking)).fault.kind, "failing");
  }));

Deno.test("an OAuth token goes in the header that it needs, and says its scopes at another address", () =>
  atGitLab(async (scene) => {
    const token = scene.gitlab.state.addToken("oauth-token", "bo", { role: 40 });
    token.isOAuth = true;
    const credential = credentialOf("acme/web", { kind: "oauth", token: "oauth-token" });
    const found = await lookAt(scene, credential);
    assert.ok(found.ok);
    assert.equal(found.account, "bo");
    token.scopes = ["openid"];
    assert.equal((await lookAt(scene, credential)).ok, false);
  }));
