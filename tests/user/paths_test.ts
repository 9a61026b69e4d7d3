import assert from "node:assert/strict";
import { ensureUserDirectory, userPaths } from "../../src/user/paths.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("everything of a user lives below .spec-kitty in the home directory", async () => {
  await withPlatform({}, (platform) => {
    const paths = userPaths(platform);
    assert.equal(paths.root, `${platform.home}/.spec-kitty`);
    assert.deepEqual(
      Object.values(paths).map((path) => path.replace(paths.root, "~")),
      [
        "~",
        "~/config.toml",
        "~/config.toml.lock",
        "~/credentials",
        "~/credentials.lock",
        "~/trackers",
        "~/queues",
        "~/queue.db",
        "~/sync-daemon",
        "~/sync-daemon.lock",
        "~/sync-daemon.log",
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
