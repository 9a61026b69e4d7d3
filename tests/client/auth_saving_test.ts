import assert from "node:assert/strict";
import { loginWithDevice } from "../../src/client/auth.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import type { Stub } from "../support/fetch.ts";
import { withPlatform } from "../support/platform.ts";
import { failing, hostOf } from "./support.ts";

const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };

Deno.test("a device login that could not be saved asks neither person nor host", async () => {
  for (const before of [null, '# mine\n[tracker.providers.beads]\ncommand = "bd"\n']) {
    await withPlatform({ env }, async (platform) => {
      const path = `${platform.home}/.spec-kitty/credentials`;
      if (before !== null) await platform.files.writeAtomic(path, before, { mode: 0o600 });
      const files = {
        ...platform.files,
        writeAtomic: () => Promise.reject(new Error("No space left on device (os error 28)")),
      };
      const login = loginWithDevice({
        ...await hostOf(platform),
        credentials: new CredentialStore({ platform: { ...platform, files } }),
        onCode: () => assert.fail("a person was asked"),
      });
      const error = await failing(login, "credentials_unwritable");
      assert.match(error.message, /No space left/);
      assert.equal(await platform.files.readText(path), before);
    });
  }
});

Deno.test("a device login that comes to nothing leaves no file that was not there", async () => {
  const network: Stub[] = [{
    request: "POST /oauth/device",
    reply: { fail: "connection refused" },
  }];
  await withPlatform({ env, network }, async (platform) => {
    const credentials = new CredentialStore({ platform });
    const options = { ...await hostOf(platform), credentials, onCode: () => {} };
    await failing(loginWithDevice(options), "network_error");
    assert.equal(await platform.files.stat(`${platform.home}/.spec-kitty/credentials`), null);
  });
});
