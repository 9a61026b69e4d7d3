import assert from "node:assert/strict";
import { ensureUserDirectory, userPaths } from "../../src/user/paths.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { listSettings, resolveHostUrl, setSetting } from "../../src/user/settings.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import type { Files } from "../../src/platform/files.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("everything of a user lives below .spec-kitty in the home directory", async () => {
  await withPlatform({}, (platform) => {
    const paths = userPaths(platform);
    assert.equal(paths.root, `${platform.home}/.spec-kitty`);
    const { old, ...own } = paths;
    assert.deepEqual(
      [...Object.values(own), ...Object.values(old)].map((path) => path.replace(paths.root, "~")),
      [
        "~",
        "~/config.toml",
        "~/config.toml.lock",
        "~/credentials",
        "~/credentials.lock",
        "~/tracker",
        "~/tracker/trackers",
        "~/tracker/drafts",
        "~/tracker/queues",
        "~/tracker/queue.db",
        "~/tracker/daemon.json",
        "~/tracker/daemon.start",
        "~/tracker/daemon.lock",
        "~/tracker/daemon.log",
        "~/tracker/daemon.stop",
        "~/trackers",
        "~/queues",
        "~/queue.db",
        "~/sync-daemon",
      ],
    );
  });
});

Deno.test("SPEC_KITTY_HOME moves the user directory, seen from the working directory", async () => {
  await withPlatform({ env: { SPEC_KITTY_HOME: "elsewhere/mine" } }, (platform) => {
    assert.equal(userPaths(platform).root, `${platform.home}/elsewhere/mine`);
  });
  await withPlatform({ env: { SPEC_KITTY_HOME: "/srv/kitty/" } }, (platform) => {
    assert.equal(userPaths(platform).root, "/srv/kitty");
  });
});

Deno.test("without a home directory the error says which variable to set", async () => {
  await withPlatform({}, (platform) => {
    platform.setEnv("HOME", undefined);
    assert.throws(
      () => userPaths(platform),
      (error) =>
        error instanceof TrackerError && error.code === "no_home" &&
        (error.nextAction ?? "").includes("SPEC_KITTY_HOME"),
    );
    platform.setEnv("USERPROFILE", "/users/me");
    assert.equal(userPaths(platform).root, "/users/me/.spec-kitty");
  });
});

Deno.test("the user directory is made with mode 0700, and a wider one is closed", async () => {
  await withPlatform({ env: { SPEC_KITTY_HOME: "deep/down" } }, async (platform) => {
    await ensureUserDirectory(platform);
    const mode = async () => (await platform.files.stat(userPaths(platform).root))?.mode;
    if (await mode() === null) return;
    assert.equal(await mode(), 0o700);
    await platform.files.setMode(userPaths(platform).root, 0o755);
    await ensureUserDirectory(platform);
    assert.equal(await mode(), 0o700);
  });
});

/** A machine on which the mode of a directory that belongs to `owner` may not be changed. */
function ownedBy(owner: number): (real: Files) => Files {
  return (real) => ({
    ...real,
    setMode: () => Promise.reject(new Deno.errors.PermissionDenied("Operation not permitted")),
    async stat(path) {
      const facts = await real.stat(path);
      return facts === null ? null : { ...facts, owner };
    },
  });
}

Deno.test("a user directory of the administrator's is told of once, and used as it is", async () => {
  await withPlatform({ files: ownedBy(0) }, async (platform) => {
    const { root } = userPaths(platform);
    await Deno.mkdir(root);
    if ((await platform.files.stat(root))?.mode === null) return;
    await Deno.chmod(root, 0o777);
    await ensureUserDirectory(platform);
    await ensureUserDirectory(platform);
    assert.equal(
      platform.stderr(),
      `Warning: "${root}" is open to other users (mode 0777), and stays so: Operation not permitted.\n`,
    );
    await setSetting(platform, "sync.background_daemon", "manual");
    assert.match(await Deno.readTextFile(`${root}/config.toml`), /manual/);
  });
});

Deno.test("a user directory of another user's is refused, and nothing is written into it", async () => {
  await withPlatform({ files: ownedBy(4711) }, async (platform) => {
    const { root } = userPaths(platform);
    await Deno.mkdir(root);
    if ((await platform.files.stat(root))?.mode === null) return;
    await Deno.chmod(root, 0o777);
    await assert.rejects(setSetting(platform, "sync.background_daemon", "manual"), {
      code: "foreign_directory",
      details: { path: root, owner: 4711 },
    });
    assert.deepEqual(await platform.files.list(root), []);
  });
});

Deno.test("settings and sessions of another user's directory are not even read", async () => {
  await withPlatform({ files: ownedBy(4711), system: { userId: () => 1000 } }, async (platform) => {
    const { root } = userPaths(platform);
    await Deno.mkdir(root, { mode: 0o700 });
    await Deno.writeTextFile(
      `${root}/config.toml`,
      '[sync]\nserver_url = "https://evil.example"\n',
    );
    const foreign = { code: "foreign_directory" };
    await assert.rejects(resolveHostUrl(platform), foreign);
    await assert.rejects(listSettings(platform, true), foreign);
    await assert.rejects(new CredentialStore({ platform }).sessions(), foreign);
  });
});

Deno.test("the administrator may use anybody's directory, and everybody one of the administrator's", async () => {
  for (const [owner, me] of [[4711, 0], [0, 1000], [1000, 1000]] as const) {
    await withPlatform(
      { files: ownedBy(owner), system: { userId: () => me } },
      async (platform) => {
        const { root } = userPaths(platform);
        await Deno.mkdir(root, { mode: 0o700 });
        assert.equal(await resolveHostUrl(platform), null);
      },
    );
  }
});
