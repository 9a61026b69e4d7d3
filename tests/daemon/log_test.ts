import assert from "node:assert/strict";
import { LOG_ROTATION, RotatingLog } from "../../src/daemon/log.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("a log line is JSON with time, message and facts, in a private file", () =>
  withPlatform({}, async (platform) => {
    const log = new RotatingLog(platform, `${platform.home}/daemon.log`);
    await log.write("started", { pid: 7 });
    const text = await platform.files.readText(`${platform.home}/daemon.log`);
    assert.deepEqual(JSON.parse(text ?? ""), {
      time: "2026-03-01T12:00:00.000Z",
      message: "started",
      pid: 7,
    });
    assert.equal((await platform.files.stat(`${platform.home}/daemon.log`))?.mode, 0o600);
  }));

Deno.test("a full log is put aside, and only so many are kept", () =>
  withPlatform({}, async (platform) => {
    const path = `${platform.home}/daemon.log`;
    const log = new RotatingLog(platform, path, { bytes: 200, files: 3 });
    for (let n = 0; n < 20; n++) void log.write("line", { n });
    await log.write("last");
    const names = (await platform.files.list(platform.home)).map((entry) => entry.name);
    assert.deepEqual(names, ["daemon.log", "daemon.log.1", "daemon.log.2"]);
    for (const name of names) {
      assert.ok(((await platform.files.stat(`${platform.home}/${name}`))?.size ?? 0) <= 200);
    }
    assert.match(await platform.files.readText(path) ?? "", /"last"/);
    const again = new RotatingLog(platform, path, { bytes: 10, files: 3 });
    await again.write("new");
    assert.match(await platform.files.readText(`${path}.1`) ?? "", /"last"/);
  }));

Deno.test("a log that cannot be written stops no work", () =>
  withPlatform({}, async (platform) => {
    await platform.files.makeDirectory(`${platform.home}/daemon.log`);
    await new RotatingLog(platform, `${platform.home}/daemon.log`, { bytes: 0, files: 2 }).write(
      "x",
    );
  }));

Deno.test("a daemon keeps three logs of at most 1 MiB", () => {
  assert.deepEqual(LOG_ROTATION, { bytes: 1_048_576, files: 3 });
});

Deno.test("a log is measured in bytes, not in characters", () =>
  withPlatform({}, async (platform) => {
    const path = `${platform.home}/daemon.log`;
    const log = new RotatingLog(platform, path, { bytes: 300, files: 3 });
    for (let n = 0; n < 12; n++) await log.write("ä".repeat(30));
    for (const { name } of await platform.files.list(platform.home)) {
      assert.ok(((await platform.files.stat(`${platform.home}/${name}`))?.size ?? 0) <= 300, name);
    }
  }));
