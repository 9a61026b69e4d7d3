import assert from "node:assert/strict";
import type { Files } from "../../src/platform/files.ts";
import { tracker } from "../support/cli.ts";
import { withPlatform } from "../support/platform.ts";
import { assertGreen, doctor, onlyAlarm, withHealthyWorld } from "./doctor_support.ts";

const MIB = 1024 * 1024;

for (
  const [free, mark, next, code] of [
    [MIB - 1, "✗ 0 MiB are free", "free disk space: no edit can be kept until then", 1],
    [31 * MIB, "! 31 MiB are free", "free disk space soon", 0],
  ] as const
) {
  Deno.test(`a disk of the user's directory with ${free} bytes left is not in order`, () =>
    withPlatform({ system: { freeBytes: () => Promise.resolve(free) } }, async (platform) => {
      await platform.files.makeDirectory(`${platform.home}/.spec-kitty`, 0o700);
      const found = await tracker(platform, "doctor");
      assert.ok(
        found.stdout.includes(`${mark} on the disk of ~/.spec-kitty\n    → ${next}\n`),
        found.stdout,
      );
      assert.equal(found.code, code);
    }));
}

Deno.test("enough free space, an unknown one, and no directory yet are no alarm", async () => {
  for (const free of [32 * MIB, null]) {
    const freeBytes = () => Promise.resolve(free);
    await withPlatform({ system: { freeBytes } }, async (platform) => {
      await platform.files.makeDirectory(`${platform.home}/.spec-kitty`, 0o700);
      assert.match((await tracker(platform, "doctor")).stdout, /Everything is in order\.\n$/);
    });
  }
  const freeBytes = () => Promise.reject(new Error("asked for a directory that is not there"));
  await withPlatform({ system: { freeBytes } }, async (platform) => {
    assert.match((await tracker(platform, "doctor")).stdout, /Everything is in order\.\n$/);
  });
});

Deno.test("files of the user that can only be read are one failure, which names the first and all", () =>
  withHealthyWorld(async (world) => {
    const files = (real: Files): Files => ({
      ...real,
      whyUnwritable: () => Promise.resolve("Read-only file system (os error 30)"),
    });
    const alarm = onlyAlarm(await doctor(world, { files }), "user directory", "failed");
    assert.match(
      alarm.message,
      /^~\/\.spec-kitty\/config\.toml can only be read: Read-only file system \(os error 30\), and \d more files$/,
    );
    const paths = alarm.details["paths"];
    assert.ok(Array.isArray(paths));
    assert.ok(paths.some((path) => /\/trackers\/[^/]+\.db$/.test(path)), String(paths));
    assertGreen(await doctor(world));
  }));
