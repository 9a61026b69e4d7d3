import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { ensureUserDirectory, userPaths } from "../../src/user/paths.ts";
import { startProgram } from "../support/child.ts";
import { withPlatform } from "../support/platform.ts";
import { A, B, withStore } from "./credential_support.ts";

Deno.test("the file is private: made 0600, narrowed with one warning when wider", async () => {
  await withStore(async ({ platform, store, path }) => {
    await store.saveSession(A);
    const mode = async () => (await platform.files.stat(path))?.mode;
    if (await mode() === null) return;
    assert.equal(await mode(), 0o600);
    await platform.files.setMode(path, 0o644);
    const later = new CredentialStore({ platform });
    assert.deepEqual(await later.session(A.host), A);
    await later.saveSession(B);
    assert.equal(await mode(), 0o600);
    assert.equal(
      platform.stderr(),
      `Warning: "${path}" was open to other users (mode 0644); it is now 0600.\n`,
    );
    assert.equal((await platform.files.stat(userPaths(platform).root))?.mode, 0o700);
  });
});

Deno.test("a wider mode is not narrowed without a word by what only tries to write", async () => {
  await withStore(async ({ platform, store, path }) => {
    await store.saveSession(A);
    if ((await platform.files.stat(path))?.mode === null) return;
    await platform.files.setMode(path, 0o644);
    await new CredentialStore({ platform }).rehearse(A.host);
    assert.match(platform.stderr(), /was open to other users \(mode 0644\); it is now 0600/);
  });
});

Deno.test("a wider mode that may not be narrowed is warned of, and the session is read all the same", async () => {
  for (const name of ["Error", "NotCapable"]) {
    const refuse = () => {
      const error = new Error("Read-only file system (os error 30)");
      error.name = name;
      return Promise.reject(error);
    };
    await withStore(async ({ platform, store, path }) => {
      await store.saveSession(A);
      await systemPlatform().files.setMode(path, 0o644);
      if ((await platform.files.stat(path))?.mode === null) return;
      for (let time = 0; time < 2; time++) {
        assert.deepEqual(await new CredentialStore({ platform }).session(A.host), A);
      }
      assert.equal(
        platform.stderr(),
        `Warning: "${path}" was open to other users (mode 0644), and still is: ` +
          "Read-only file system (os error 30).\n",
      );
    }, { files: (real) => ({ ...real, setMode: refuse }) });
  }
});

Deno.test("a write that fails leaves the old session and gives the lock back", async () => {
  let fail = false;
  await withStore(async ({ store, text }) => {
    await store.saveSession(A);
    const before = await text();
    fail = true;
    await assert.rejects(store.saveSession(B), /No space left/);
    assert.equal(await text(), before);
    fail = false;
    await store.saveSession(B);
    assert.equal(await store.currentHost(), B.host);
  }, {
    files: (real) => ({
      ...real,
      writeAtomic: (path, content, options) =>
        fail
          ? Promise.reject(new Error("No space left on device"))
          : real.writeAtomic(path, content, options),
    }),
  });
});

Deno.test("a writer killed at any moment leaves a whole file and a free lock", async () => {
  await withStore(async ({ platform, store, text }) => {
    for (let round = 0; round < 3; round++) {
      const child = startProgram(
        new URL("./programs/save_sessions.ts", import.meta.url),
        [platform.home],
      );
      await child.line();
      const before = await text();
      while (await text() === before) await new Promise((resolve) => resolve(null));
      await child.kill();
      const sessions = await store.sessions();
      assert.ok(sessions.length >= 1);
      for (const { access, refresh } of sessions) {
        assert.equal(refresh, access.replace("access", "refresh"));
      }
      await store.saveSession({ ...A, access: `access-x${round}`, refresh: `refresh-x${round}` });
      assert.equal(await store.currentHost(), A.host);
    }
  });
});

Deno.test("a copy of the tokens that a killed writer has left goes with the next write, a logout's too", async () => {
  await withStore(async ({ platform, store }) => {
    await store.saveSession(A);
    const directory = userPaths(platform).root;
    const left = `${directory}/.tracker-credentials-0123456789abcdef.tmp`;
    await platform.files.writeAtomic(left, 'access = "s3cret"', { mode: 0o600 });
    await store.clearSession(A.host);
    assert.deepEqual(
      (await platform.files.list(directory)).map(({ name }) => name),
      ["credentials", "credentials.lock", "tracker"],
    );
  });
});

Deno.test("what a killed writer left beside the file is removed by the next reader, and nothing else", () =>
  withPlatform({}, async (platform) => {
    const { root } = userPaths(platform);
    await ensureUserDirectory(platform);
    const others = [
      ".tracker-config.toml-0123456789abcdef.tmp",
      ".tracker-credentials-x.tmp",
      "a.tmp",
    ];
    const left = ".tracker-credentials-0123456789abcdef.tmp";
    for (const name of [...others, left]) await Deno.writeTextFile(`${root}/${name}`, "token");
    assert.equal(await new CredentialStore({ platform }).currentHost(), null);
    const names = (await platform.files.list(root))
      .filter(({ kind }) => kind === "file").map(({ name }) => name);
    assert.deepEqual(names, [...others, "credentials.lock"].sort());
  }));

Deno.test("what a writer at work has beside the file stays", () =>
  withPlatform({}, async (platform) => {
    const { root, credentialsLock } = userPaths(platform);
    await ensureUserDirectory(platform);
    const path = `${root}/.tracker-credentials-0123456789abcdef.tmp`;
    await Deno.writeTextFile(path, "token");
    const lock = await platform.files.lock(credentialsLock);
    await new CredentialStore({ platform }).currentHost();
    await lock.release();
    assert.notEqual(await platform.files.stat(path), null);
  }));
