import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { hostKey, keyBytes } from "../../src/server/context/host_key.ts";
import {
  createKeyFile,
  keyFileIn,
  loadKey,
  provideHostKey,
  requireHostKey,
} from "../../src/server/context/key_source.ts";
import type { HostContext } from "../../src/server/context/host_context.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { type Files, systemFiles } from "../../src/platform/files.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { temporaryHostData } from "../support/host_data.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const ONE = new Uint8Array(32).fill(1).toBase64();
const TWO = new Uint8Array(32).fill(2).toBase64();

Deno.test("What was encrypted for a row is decrypted for that row, whatever it is", async () => {
  const key = await keyOf(ONE);
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.string({ unit: "grapheme" }), async (id, secret) => {
      assert.equal(await key.decrypt(id, await key.encrypt(id, secret)), secret);
    }),
  );
});

Deno.test("The same secret is never encrypted to the same text", async () => {
  const key = await keyOf(ONE);
  const texts = await Promise.all(
    Array.from({ length: 50 }, () => key.encrypt("con_1", "ghp_secret")),
  );
  assert.equal(new Set(texts).size, 50);
});

Deno.test("A secret of another row, another key, or with a changed byte cannot be read", async () => {
  const key = await keyOf(ONE);
  const stored = await key.encrypt("con_1", "ghp_secret");
  await assert.rejects(key.decrypt("con_2", stored), isUnreadable);
  await assert.rejects((await keyOf(TWO)).decrypt("con_1", stored), isUnreadable);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: stored.length - 1 }), fc.base64String(), async (at, text) => {
      const changed = `${stored.slice(0, at)}${text}!${stored.slice(at + 1)}`;
      await assert.rejects(key.decrypt("con_1", changed), isUnreadable);
    }),
  );
});

Deno.test("The check of a key is the same each time, and another for another key", async () => {
  assert.equal((await keyOf(ONE)).check, (await keyOf(ONE)).check);
  assert.notEqual((await keyOf(ONE)).check, (await keyOf(TWO)).check);
});

Deno.test("A key is 32 bytes as base64, and nothing else is one", () => {
  assert.equal(keyBytes(` ${ONE}\n`)?.length, 32);
  for (const text of ["", "secret", ONE.slice(4), `${ONE}${ONE}`, "é".repeat(43)]) {
    assert.equal(keyBytes(text), null, text);
  }
});

Deno.test("A key file that is made is private, and never replaced", () =>
  withPlatform({}, async (platform) => {
    const path = `${platform.home}/keys/host.key`;
    assert.equal(await createKeyFile(platform, path), true);
    const text = await Deno.readTextFile(path);
    assert.equal((await platform.files.stat(path))?.mode, 0o600);
    assert.equal(await createKeyFile(platform, path), false);
    assert.equal(await Deno.readTextFile(path), text);
    assert.deepEqual((await platform.files.list(`${platform.home}/keys`)).map(({ name }) => name), [
      "host.key",
    ]);
  }));

Deno.test("A host without a key and without credentials needs none", () =>
  withData({}, async ({ context }) => {
    assert.equal(await requireHostKey(context, { directory: null }), null);
  }));

Deno.test("The first key that a host gets is its key, and another one is refused", () =>
  withData({}, async ({ context, platform }) => {
    await keyFile(platform, "one.key", ONE);
    await keyFile(platform, "two.key", TWO);
    const one = { keyFile: `${platform.home}/one.key`, directory: null };
    assert.equal((await requireHostKey(context, one))?.isExposed, false);
    await assert.rejects(
      requireHostKey(context, { keyFile: `${platform.home}/two.key`, directory: null }),
      has("host_key_wrong", /The key in ".*two\.key" is not the key of this host/),
    );
    assert.notEqual(await requireHostKey(context, one), null);
    platform.setEnv("TRACKER_HOST_KEY", TWO);
    await assert.rejects(
      requireHostKey(context, { directory: null }),
      has("host_key_wrong", /`TRACKER_HOST_KEY`/),
    );
    // The option counts more than the environment.
    assert.notEqual(await requireHostKey(context, one), null);
  }));

Deno.test("A host whose key is gone ends with an error, and no new key is made", () =>
  withData({}, async ({ context, platform }) => {
    const source = { directory: platform.home };
    await provideHostKey(context, source);
    await Deno.remove(keyFileIn(platform.home));
    await assert.rejects(requireHostKey(context, source), has("host_key_missing"));
    await assert.rejects(provideHostKey(context, source), has("host_key_missing"));
    assert.equal(await platform.files.stat(keyFileIn(platform.home)), null);
  }));

Deno.test("A directory of data gets a key once it needs one, a shared database does not", () =>
  withData({}, async ({ context, platform }) => {
    await assert.rejects(provideHostKey(context, { directory: null }), has("host_key_missing"));
    const source = { directory: platform.home };
    assert.equal(await requireHostKey(context, source), null);
    const made = await provideHostKey(context, source);
    assert.equal(made.file, keyFileIn(platform.home));
    assert.equal((await requireHostKey(context, source))?.key.check, made.key.check);
  }));

Deno.test("Two processes that need a key at once have the same one", () =>
  withData({}, async ({ context, platform }) => {
    const source = { directory: platform.home };
    const keys = await Promise.all([1, 2, 3].map(() => provideHostKey(context, source)));
    assert.equal(new Set(keys.map(({ key }) => key.check)).size, 1);
  }));

Deno.test("A key that another process makes after its file was looked for is found", () =>
  withData({}, async ({ context, platform }) => {
    const source = { directory: platform.home };
    const others: string[] = [];
    const files: Files = {
      ...context.platform.files,
      async readText(path, options) {
        const text = await context.platform.files.readText(path, options);
        if (others.length === 0) others.push((await provideHostKey(context, source)).key.check);
        return text;
      },
    };
    const late = { ...context, platform: { ...context.platform, files } };
    assert.equal((await provideHostKey(late, source)).key.check, others[0]);
  }));

Deno.test("A key file that others can read is told, one that holds no key is refused", () =>
  withData({}, async ({ context, platform }) => {
    await keyFile(platform, "open.key", ONE, 0o644);
    await keyFile(platform, "bad.key", "hunter2");
    const named = (name: string) => ({ keyFile: `${platform.home}/${name}`, directory: null });
    assert.equal((await loadKey(platform, named("open.key")))?.isExposed, true);
    await assert.rejects(requireHostKey(context, named("none.key")), has("host_key_missing"));
    await assert.rejects(requireHostKey(context, named("bad.key")), (error: unknown) => {
      assert.ok(has("host_key_invalid")(error));
      assert.doesNotMatch(JSON.stringify(error) + String(error), /hunter2/);
      return true;
    });
    platform.setEnv("TRACKER_HOST_KEY", "hunter2");
    await assert.rejects(requireHostKey(context, { directory: null }), has("host_key_invalid"));
  }));

interface Data {
  readonly context: HostContext;
  readonly platform: TestPlatform;
}

async function withData(
  env: Readonly<Record<string, string>>,
  test: (data: Data) => Promise<void>,
): Promise<void> {
  await withPlatform({ env }, async (platform) => {
    const random = systemRandom();
    // Processes wait for each other's locks for real.
    const files = systemFiles(systemClock(), random);
    const context = await temporaryHostData({ ...platform, files, random });
    try {
      await test({ context, platform });
    } finally {
      await context.store.close();
    }
  });
}

async function keyFile(
  platform: TestPlatform,
  name: string,
  text: string,
  mode = 0o600,
): Promise<void> {
  await platform.files.writeAtomic(`${platform.home}/${name}`, `${text}\n`, { mode });
}

async function keyOf(text: string) {
  const bytes = keyBytes(text);
  assert.ok(bytes !== null);
  return await hostKey(bytes, systemRandom());
}

const isUnreadable = has("credential_unreadable");

function has(code: string, message = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TrackerError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}
