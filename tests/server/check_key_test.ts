import assert from "node:assert/strict";
import { hostKey } from "../../src/server/context/host_key.ts";
import type { HostFinding } from "../../src/server/upkeep/finding.ts";
import { bytesOf, type CheckedHost, isAlarm, keyFileOf, withCheckedHost } from "./check_support.ts";

Deno.test("the key that the credentials are encrypted under is sound, and no credential is shown", () =>
  withCredential(async ({ findings }, { keyFile, secret }) => {
    const found = await findings({ keyFile });
    assert.deepEqual(found.filter(isAlarm), []);
    assert.deepEqual(keyOf(found), ["ok", "the key is this host's"]);
    assert.ok(!JSON.stringify(found).includes(secret));
  }));

Deno.test("a key that is missing, invalid or another host's is a failure each", () =>
  withCredential(async ({ directory, alarm, findings }, { keyFile }) => {
    assert.equal((await alarm()).details["code"], "host_key_missing");
    const none = await alarm({ keyFile: `${directory}/none.key` });
    assert.equal(none.details["code"], "host_key_missing");
    assert.match(none.message, /^There is no key file ".+none\.key"/);
    const invalid = await keyFileOf(directory, "no key");
    assert.equal((await alarm({ keyFile: invalid })).details["code"], "host_key_invalid");
    const other = await keyFileOf(directory, bytesOf(2).toBase64());
    const wrong = await alarm({ keyFile: other });
    assert.equal(wrong.details["code"], "host_key_wrong");
    assert.deepEqual(keyOf(await findings({ keyFile: other })), [
      "failed",
      "the key is not the one of this host",
    ]);
    assert.deepEqual((await findings({ keyFile })).filter(isAlarm), []);
  }));

Deno.test("a credential that the right key cannot read is a failure that names its connection", () =>
  withCredential(async ({ plant, alarm }, { keyFile }) => {
    await plant("UPDATE connections SET credential = 'v1:AAAA:AAAA'");
    const found = await alarm({ keyFile });
    assert.equal(found.message, '1 credential cannot be read, such as that of "con1"');
    assert.deepEqual(found.details["connections"], ["con1"]);
  }));

Deno.test("a key file that other users can read is a warning", () =>
  withCredential(async ({ alarm }, { keyFile }) => {
    if (Deno.build.os === "windows") return;
    await Deno.chmod(keyFile, 0o640);
    const found = await alarm({ keyFile });
    assert.deepEqual([found.check, found.status], ["key file", "warning"]);
    assert.ok(found.message.includes(keyFile));
  }));

Deno.test("of a host without a database, the key is looked at by itself", () =>
  withCredential(async ({ directory, findings }, { keyFile }) => {
    const location = { dataDir: `${directory}/none` };
    assert.deepEqual(keyOf(await findings({ location, keyFile })), [
      "info",
      "there is a key; whether it is this host's is not known",
    ]);
    const codes = (await findings({ location, keyFile: await keyFileOf(directory, "no key") }))
      .filter(isAlarm).map(({ details }) => details["code"]);
    assert.deepEqual(codes, ["host_data_missing", "host_key_invalid"]);
  }));

/** Runs a test on a host with a connection whose credential is encrypted, and the file of its key. */
async function withCredential(
  test: (
    host: CheckedHost,
    made: { readonly keyFile: string; readonly secret: string },
  ) => Promise<void>,
): Promise<void> {
  await withCheckedHost(async (host) => {
    const secret = "ghp_0123456789abcdef";
    const key = await hostKey(bytesOf(1), host.platform.random);
    const credential = await key.encrypt("con1", secret);
    await host.plant(
      `INSERT INTO host_settings VALUES ('key_check', '${key.check}')`,
      `INSERT INTO connections (id, team_id, installation_id, name, base_url, site, credential_kind, credential, made_by, made_at, state, state_detail, state_at, budget_left, budget_resets_at, last_change_at, paused_at, status_words) VALUES ('con1', 't1', 'i1', 'hub', 'https://x', NULL, 'token', '${credential}', NULL, 1,
         'ok', NULL, NULL, NULL, NULL, NULL, NULL, '{}')`,
    );
    const keyFile = await keyFileOf(host.directory, bytesOf(1).toBase64());
    await test(host, { keyFile, secret });
  });
}

function keyOf(found: readonly HostFinding[]): readonly [string, string] | null {
  const one = found.find(({ check }) => check === "key");
  return one === undefined ? null : [one.status, one.message];
}
