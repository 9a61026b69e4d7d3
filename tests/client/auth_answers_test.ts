import assert from "node:assert/strict";
import { isJsonObject } from "../../src/contract/field.ts";
import { loginWithDevice, loginWithPassword } from "../../src/client/auth.ts";
import { TEST_START } from "../support/clock.ts";
import type { Reply } from "../support/fetch.ts";
import { DEVICE, deviceLogin, deviceStub, meStub, polls, withLogin } from "./auth_support.ts";
import { failing } from "./support.ts";

Deno.test("a sign-in needs an access token alone", async () => {
  const tokens: Reply = { status: 200, json: { access_token: "access-1" } };
  await deviceLogin([deviceStub(), ...polls(tokens), meStub()], async (run) => {
    const session = await run();
    assert.equal(session.refresh, null);
    assert.equal(session.accessExpiresAt, TEST_START + 5_000 + 900_000);
  });
});

for (
  const address of [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "http://evil.example/",
    "x",
    "https://a b/",
  ]
) {
  Deno.test(`an address ${JSON.stringify(address)} to approve at is not shown to anybody`, async () => {
    const shown: unknown[] = [];
    await withLogin([deviceStub({ ...DEVICE, verification_uri: address })], async ({ options }) => {
      const login = loginWithDevice({ ...options, onCode: (code) => void shown.push(code) });
      assert.match(
        (await failing(login, "invalid_response")).message,
        /`verification_uri` must be/,
      );
      assert.deepEqual(shown, []);
    });
    const complete = { ...DEVICE, verification_uri_complete: address };
    const network = [deviceStub(complete), ...polls("access_denied")];
    await withLogin(network, async ({ options }) => {
      const login = loginWithDevice({ ...options, onCode: (code) => void shown.push(code) });
      await failing(login, "access_denied");
      const [code] = shown;
      assert.ok(isJsonObject(code));
      assert.equal(code["verification_uri_complete"], null);
    });
  });
}

Deno.test("an address of http to approve at is good on this machine", async () => {
  const here = { ...DEVICE, verification_uri: "http://127.0.0.1:8080/activate" };
  await deviceLogin([deviceStub(here), ...polls("access_denied")], async (run) => {
    await failing(run(), "access_denied");
  });
});

for (const access of ["line\nbreak", "gr\u00fcn", "\ud800"]) {
  Deno.test(`a token ${JSON.stringify(access)} that no header can carry is refused before anything is saved`, async () => {
    const json = { access, refresh: "refresh-1", team_slug: "core" };
    const request = "POST /api/v1/token/";
    await withLogin([{ request, reply: { status: 200, json } }], async ({ options, store }) => {
      const login = loginWithPassword({ ...options, username: "ada", password: "p" });
      const error = await failing(login, "invalid_response");
      assert.match(error.message, /`access` holds characters that no request can carry/);
      assert.deepEqual(await store.sessions(), []);
    });
  });
}

for (const team of ["co\ud800re", "co\nre", "\u00e9quipe"]) {
  Deno.test(`a team ${JSON.stringify(team)} that no header can carry is refused before anything is saved`, async () => {
    const json = { access: "access-1", refresh: "refresh-1", team_slug: team };
    const request = "POST /api/v1/token/";
    await withLogin([{ request, reply: { status: 200, json } }], async ({ options, store }) => {
      const login = loginWithPassword({ ...options, username: "ada", password: "p" });
      const error = await failing(login, "unusable_session");
      assert.match(error.message, /^The team of the session holds characters/);
      assert.deepEqual(await store.sessions(), []);
    });
  });
}

Deno.test("a sign-in that needs a person to act is not told as wrong credentials", async () => {
  const json = { code: "no_installation", message: "Install the app first" };
  const request = "POST /api/v1/token/";
  await withLogin([{ request, reply: { status: 401, json } }], async ({ options }) => {
    const login = loginWithPassword({ ...options, username: "ada", password: "p" });
    assert.equal((await failing(login, "no_installation")).message, "Install the app first");
  });
});
