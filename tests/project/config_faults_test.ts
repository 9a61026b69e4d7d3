import assert from "node:assert/strict";
import { clearBinding, loadBinding, saveBinding } from "../../src/project/config.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { type Files, systemFiles } from "../../src/platform/files.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { withPlatform } from "../support/platform.ts";
import { COMPLETE, withConfig } from "./config_support.ts";

const FAULTS: readonly [string, (real: Files) => Partial<Files>][] = [
  ["the disk is full", () => ({
    writeAtomic: () => Promise.reject(new Error("No space left on device (os error 28)")),
  })],
  ["the directory is read-only", () => ({
    lock: () => Promise.reject(new Error("Read-only file system (os error 30)")),
  })],
];

for (const [name, fault] of FAULTS) {
  Deno.test(`the old config stays and the message says why when ${name}`, async () => {
    await withConfig(COMPLETE, async (platform, read) => {
      const broken = { ...platform, files: { ...platform.files, ...fault(platform.files) } };
      for (
        const change of [
          () => saveBinding(broken, platform.home, { bindingRef: "srm_2" }),
          () => clearBinding(broken, platform.home),
        ]
      ) {
        await assert.rejects(change, (error: unknown) => {
          assert.ok(error instanceof Error && "code" in error && "nextAction" in error);
          assert.equal(error.code, "config_unwritable");
          assert.match(error.message, /config\.yaml" cannot be written: .*os error/);
          return true;
        });
        assert.equal(await read(), COMPLETE);
      }
    });
  });
}

Deno.test("the lock lies in the repository, or beside the config where that may not be written to", async () => {
  await withConfig(COMPLETE, async (platform) => {
    const at = (path: string) => platform.files.stat(`${platform.home}/${path}`);
    await platform.files.makeDirectory(`${platform.home}/.git`);
    await saveBinding(platform, platform.home, { bindingRef: "srm_2" });
    assert.notEqual(await at(".git/tracker-config.lock"), null);
    assert.equal(await at(".kittify/.config.lock"), null);
    const lock: Files["lock"] = (path, options) =>
      path.includes("/.git/")
        ? Promise.reject(new Error("Read-only file system (os error 30)"))
        : platform.files.lock(path, options);
    await saveBinding({ files: { ...platform.files, lock } }, platform.home, { bindingRef: "r" });
    assert.notEqual(await at(".kittify/.config.lock"), null);
    assert.equal((await loadBinding(platform, platform.home)).bindingRef, "r");
  });
});

Deno.test("a lock that another process holds is waited for, then named", async () => {
  await withConfig(COMPLETE, async (platform, read) => {
    await platform.files.makeDirectory(`${platform.home}/.git`);
    const held = await platform.files.lock(`${platform.home}/.git/tracker-config.lock`);
    await assert.rejects(saveBinding(platform, platform.home, { bindingRef: "r" }), {
      code: "locked",
    });
    await held.release();
    assert.equal(await read(), COMPLETE);
  });
});

Deno.test("a kill in the middle of writing leaves the old config or the new one", async () => {
  await withConfig(COMPLETE, async (platform, read) => {
    // The process is gone: nothing after the temporary file happens, not even its removal.
    const killed = {
      ...platform,
      files: {
        ...platform.files,
        async writeAtomic(path: string, content: string | Uint8Array) {
          await platform.files.append(`${path}.half`, String(content).slice(0, 10));
          throw new Error("killed");
        },
      },
    };
    await assert.rejects(saveBinding(killed, platform.home, { bindingRef: "srm_2" }));
    assert.equal(await read(), COMPLETE);
    await saveBinding(platform, platform.home, { bindingRef: "srm_2" });
    assert.equal((await loadBinding(platform, platform.home)).bindingRef, "srm_2");
  });
});

Deno.test("many writers at once lose nothing of each other's keys", async () => {
  await withConfig("# shared\nother: 1\n", async (platform) => {
    // The real clock: a writer waits some milliseconds for the others.
    const machine = () => ({ files: systemFiles(systemClock(), systemRandom()) });
    const keys = ["bindingRef", "projectSlug", "displayLabel", "workspace", "strategy"] as const;
    await Promise.all(
      keys.map((key) => saveBinding(machine(), platform.home, { [key]: `value of ${key}` })),
    );
    const binding = await loadBinding(platform, platform.home);
    for (const key of keys) assert.equal(binding[key], `value of ${key}`);
  });
});

Deno.test("a config that is a device, a directory or too large is refused, not read", async () => {
  if (Deno.build.os === "windows") return console.log("    skipped: no devices to link to here");
  await withPlatform({}, async (platform) => {
    const path = `${platform.home}/.kittify/config.yaml`;
    await Deno.mkdir(`${platform.home}/.kittify`);
    await Deno.symlink("/dev/null", path);
    await assert.rejects(loadBinding(platform, platform.home), { code: "not_a_file" });
    await Deno.remove(path);
    await Deno.writeTextFile(path, `# ${" ".repeat(1_048_576)}`);
    await assert.rejects(loadBinding(platform, platform.home), { code: "file_too_large" });
  });
});
