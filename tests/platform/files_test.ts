import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { type Files, systemFiles } from "../../src/platform/files.ts";
import { join } from "../../src/platform/paths.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { startProgram } from "../support/child.ts";

const POSIX = Deno.build.os !== "windows";

async function inDirectory(test: (directory: string, files: Files) => Promise<void>) {
  const directory = await Deno.makeTempDir({ prefix: "tracker-files-" });
  try {
    await test(directory, systemFiles(systemClock(), systemRandom()));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function names(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(directory)) found.push(entry.name);
  return found.sort();
}

Deno.test("What does not exist reads as null, and lists as empty", () =>
  inDirectory(async (directory, files) => {
    const path = join(directory, "absent", "file");
    assert.equal(await files.readText(path), null);
    assert.equal(await files.readBytes(path), null);
    assert.equal(await files.stat(path), null);
    assert.equal(await files.realPath(path), null);
    assert.deepEqual(await files.list(path), []);
    await files.remove(path);
  }));

Deno.test("A path through a file reads as null too", () =>
  inDirectory(async (directory, files) => {
    await files.writeAtomic(join(directory, "file"), "x");
    assert.equal(await files.readText(join(directory, "file", "below")), null);
  }));

Deno.test("A directory is not text: the system's fault comes through", () =>
  inDirectory(async (directory, files) => {
    await assert.rejects(files.readText(directory));
  }));

Deno.test("A file is written whole, its directories are made and no temporary file stays", () =>
  inDirectory(async (directory, files) => {
    const path = join(directory, "a", "b", "c.txt");
    await files.writeAtomic(path, "Grüße\n");
    assert.equal(await files.readText(path), "Grüße\n");
    await files.writeAtomic(path, new Uint8Array([0, 255]));
    assert.deepEqual([...await files.readBytes(path) ?? []], [0, 255]);
    assert.deepEqual(await names(join(directory, "a", "b")), ["c.txt"]);
    assert.equal((await files.stat(path))?.size, 2);
  }));

Deno.test("A new file gets the mode asked for whatever the umask, an old one keeps its own", () =>
  inDirectory(async (directory, files) => {
    if (!POSIX) return console.log("    skipped: this system has no permission bits");
    const path = join(directory, "secret");
    await files.writeAtomic(path, "1", { mode: 0o600 });
    assert.equal((await files.stat(path))?.mode, 0o600);
    await Deno.chmod(path, 0o640);
    await files.writeAtomic(path, "2", { mode: 0o600 });
    assert.equal((await files.stat(path))?.mode, 0o640);
    await files.writeAtomic(path, "3", { mode: 0o600, forceMode: true });
    assert.equal((await files.stat(path))?.mode, 0o600);
    await files.writeAtomic(join(directory, "shared"), "4", { mode: 0o666 });
    assert.equal((await files.stat(join(directory, "shared")))?.mode, 0o666);
    await files.setMode(path, 0o400);
    assert.equal((await files.stat(path))?.mode, 0o400);
  }));

Deno.test("A link is written through to its target and stays a link", () =>
  inDirectory(async (directory, files) => {
    if (!POSIX) return console.log("    skipped: links need a privilege on this system");
    await files.writeAtomic(join(directory, "real", "config"), "old", { mode: 0o640 });
    await Deno.symlink("real/config", join(directory, "link"));
    await files.writeAtomic(join(directory, "link"), "new");
    assert.ok((await Deno.lstat(join(directory, "link"))).isSymlink);
    assert.equal(await files.readText(join(directory, "real", "config")), "new");
    assert.equal((await files.stat(join(directory, "real", "config")))?.mode, 0o640);
  }));

Deno.test("A link whose target is missing makes the target and stays a link", () =>
  inDirectory(async (directory, files) => {
    if (!POSIX) return console.log("    skipped: links need a privilege on this system");
    await Deno.symlink("dotfiles/config", join(directory, "link"));
    await files.writeAtomic(join(directory, "link"), "new");
    assert.ok((await Deno.lstat(join(directory, "link"))).isSymlink);
    assert.equal(await files.readText(join(directory, "dotfiles", "config")), "new");
  }));

Deno.test("A circle of links fails without a trace", () =>
  inDirectory(async (directory, files) => {
    if (!POSIX) return console.log("    skipped: links need a privilege on this system");
    await Deno.symlink("b", join(directory, "a"));
    await Deno.symlink("a", join(directory, "b"));
    await assert.rejects(files.writeAtomic(join(directory, "a"), "x"));
    assert.deepEqual(await names(directory), ["a", "b"]);
  }));

Deno.test("A directory in a file's place is refused and left alone", () =>
  inDirectory(async (directory, files) => {
    await files.makeDirectory(join(directory, "config"));
    await assert.rejects(
      files.writeAtomic(join(directory, "config"), "x"),
      (error) => error instanceof TrackerError && error.code === "not_a_file",
    );
    assert.deepEqual(await names(directory), ["config"]);
  }));

Deno.test("A temporary file left by a killed process never replaces anything", () =>
  inDirectory(async (directory, files) => {
    const path = join(directory, "config");
    await files.writeAtomic(path, "old");
    await Deno.writeTextFile(join(directory, ".tracker-0123456789abcdef.tmp"), "half");
    assert.equal(await files.readText(path), "old");
    await files.writeAtomic(path, "new");
    assert.equal(await files.readText(path), "new");
  }));

Deno.test("Who holds a file's lock takes away what killed writers of it have left, and nothing else", () =>
  inDirectory(async (directory, files) => {
    const left = [".tracker-config-0123456789abcdef.tmp", ".tracker-config-ffffffffffffffff.tmp"];
    const others = [
      ".tracker-0123456789abcdef.tmp",
      ".tracker-config-notes.tmp",
      ".tracker-config.toml-0123456789abcdef.tmp",
      ".tracker-other-0123456789abcdef.tmp",
    ];
    for (const name of [...left, ...others]) {
      await Deno.writeTextFile(join(directory, name), "secret");
    }
    const path = join(directory, "config");
    await files.writeAtomic(path, "one");
    assert.deepEqual(await names(directory), [...left, ...others, "config"].sort());
    await files.writeAtomic(path, "two", { exclusive: true });
    assert.deepEqual(await names(directory), [...others, "config"].sort());
    assert.equal(await files.readText(path), "two");
  }));

Deno.test("A file whose name is no plain one is replaced all the same", () =>
  inDirectory(async (directory, files) => {
    const path = join(directory, `ä ${"x".repeat(200)}`);
    await files.writeAtomic(path, "one", { exclusive: true });
    await files.writeAtomic(path, "two", { exclusive: true });
    assert.equal(await files.readText(path), "two");
    assert.equal((await names(directory)).length, 1);
  }));

Deno.test("A writer killed at any instant leaves the old content or the new", () =>
  inDirectory(async (directory, files) => {
    const path = join(directory, "config");
    for (let round = 0; round < 5; round++) {
      const program = new URL("./programs/write_repeatedly.ts", import.meta.url);
      const child = startProgram(program, [path]);
      await child.line();
      for (let read = 0; read < 20 * round; read++) {
        assert.match(await files.readText(path) ?? "", /^([a-z])\1{199999}$/);
      }
      await child.kill();
      assert.match(await files.readText(path) ?? "", /^([a-z])\1{199999}$/);
    }
  }));

Deno.test("A directory that may not be written leaves the file as it was", () =>
  inDirectory(async (directory, files) => {
    if (!POSIX || Deno.uid() === 0) {
      return console.log("    skipped: nothing is forbidden to this user");
    }
    const path = join(directory, "config");
    await files.writeAtomic(path, "old");
    await Deno.chmod(directory, 0o500);
    try {
      await assert.rejects(files.writeAtomic(path, "new"));
      assert.equal(await files.readText(path), "old");
    } finally {
      await Deno.chmod(directory, 0o700);
    }
  }));

Deno.test("A full disk leaves the old content and no temporary file", () =>
  inDirectory(async (directory, files) => {
    const disk = join(directory, "disk");
    await files.makeDirectory(disk);
    if (!await mountTiny(disk)) return console.log("    skipped: cannot mount a tiny disk here");
    try {
      const path = join(disk, "config");
      await files.writeAtomic(path, "old");
      await assert.rejects(files.writeAtomic(path, "n".repeat(1_000_000)), /space|storage/i);
      assert.equal(await files.readText(path), "old");
      assert.deepEqual(await names(disk), ["config"]);
    } finally {
      await new Deno.Command("umount", { args: [disk] }).output();
    }
  }));

async function mountTiny(directory: string): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  try {
    const args = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory];
    return (await new Deno.Command("mount", { args }).output()).success;
  } catch {
    return false;
  }
}

Deno.test("Text is added to the end of a file, which is made with its mode", () =>
  inDirectory(async (directory, files) => {
    const path = join(directory, "logs", "daemon.log");
    await files.append(path, "one\n", { mode: 0o600 });
    await files.append(path, "two\n");
    assert.equal(await files.readText(path), "one\ntwo\n");
    if (POSIX) assert.equal((await files.stat(path))?.mode, 0o600);
  }));

Deno.test("Directories are made private, listed sorted, renamed and removed", () =>
  inDirectory(async (directory, files) => {
    await files.makeDirectory(join(directory, "d", "z"), 0o700);
    await files.makeDirectory(join(directory, "d", "z"), 0o700);
    if (POSIX) assert.equal((await files.stat(join(directory, "d")))?.mode, 0o700);
    await files.writeAtomic(join(directory, "d", "a"), "");
    await files.rename(join(directory, "d", "a"), join(directory, "d", "b"));
    assert.deepEqual(await files.list(join(directory, "d")), [
      { name: "b", kind: "file" },
      { name: "z", kind: "directory" },
    ]);
    assert.equal((await files.stat(join(directory, "d")))?.kind, "directory");
    await files.remove(join(directory, "d"));
    assert.deepEqual(await names(directory), []);
  }));

Deno.test("A temporary directory is new and private", async () => {
  const files = systemFiles(systemClock(), systemRandom());
  const directory = await files.makeTemporaryDirectory("tracker-new-");
  try {
    assert.deepEqual(await files.list(directory), []);
    if (POSIX) assert.equal((await files.stat(directory))?.mode, 0o700);
  } finally {
    await files.remove(directory);
  }
});

Deno.test("A write that fails half way leaves the old content and no temporary file", () =>
  inDirectory(async (directory, files) => {
    const path = join(directory, "config");
    await files.writeAtomic(path, "old");
    const write = Deno.FsFile.prototype.write;
    let calls = 0;
    Deno.FsFile.prototype.write = async function (bytes) {
      if (calls++ > 0) throw new Error("No space left on device");
      return await write.call(this, bytes.subarray(0, 1));
    };
    try {
      await assert.rejects(files.writeAtomic(path, "new content"), /No space left/);
    } finally {
      Deno.FsFile.prototype.write = write;
    }
    assert.equal(calls, 2);
    assert.equal(await files.readText(path), "old");
    assert.deepEqual(await names(directory), ["config"]);
  }));

Deno.test({
  name: "a file that has more than its size says is refused at the limit",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const path = "/proc/self/status";
    assert.equal((await Deno.stat(path)).size, 0);
    const files = systemFiles(systemClock(), systemRandom());
    await assert.rejects(files.readBytes(path, { maxBytes: 100 }), { code: "file_too_large" });
    assert.match(await files.readText(path, { maxBytes: 100_000 }) ?? "", /^Name:/);
  },
});

Deno.test("an open file is read from any place on, up to the size that it had", () =>
  inDirectory(async (directory, files) => {
    const path = join(directory, "file");
    assert.equal(await files.open(path), null);
    await Deno.writeTextFile(path, "0123456789");
    using file = await files.open(path);
    assert.ok(file !== null);
    assert.equal(file.size, 10);
    await files.append(path, "more");
    const read = (at: number, length: number) => {
      const into = new Uint8Array(length);
      return new TextDecoder().decode(into.subarray(0, file.read(at, into)));
    };
    assert.deepEqual(
      [[0, 3], [3, 2], [1, 4], [8, 9], [10, 1], [99, 1], [0, 0]].map(([at, length]) =>
        read(at ?? 0, length ?? 0)
      ),
      ["012", "34", "1234", "89", "", "", ""],
    );
    await Deno.truncate(path, 5);
    assert.equal(read(3, 9), "34");
    await assert.rejects(files.open(directory), { code: "not_a_file" });
  }));
