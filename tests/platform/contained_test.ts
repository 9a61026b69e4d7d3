import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { type Files, systemFiles } from "../../src/platform/files.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";

const POSIX = Deno.build.os !== "windows";

/** A project beside a directory that is none of its business. */
interface Place {
  readonly root: string;
  readonly outside: string;
  readonly files: Files;
}

function inProject(name: string, test: (place: Place) => Promise<void>): void {
  Deno.test(name, async () => {
    if (!POSIX) return console.log("    skipped: links need a privilege on this system");
    const base = await Deno.makeTempDir({ prefix: "tracker-contained-" });
    const [root, outside] = [`${base}/project`, `${base}/outside`];
    await Deno.mkdir(`${root}/.git/hooks`, { recursive: true });
    await Deno.mkdir(outside);
    await Deno.writeTextFile(`${outside}/file`, "theirs");
    try {
      await test({ root, outside, files: systemFiles(systemClock(), systemRandom()) });
      assert.deepEqual([...Deno.readDirSync(outside)].map(({ name }) => name), ["file"]);
      assert.equal(await Deno.readTextFile(`${outside}/file`), "theirs");
    } finally {
      await Deno.remove(base, { recursive: true });
    }
  });
}

async function refused(change: Promise<unknown>): Promise<void> {
  await assert.rejects(change, (error) => {
    assert.ok(error instanceof TrackerError, String(error));
    assert.equal(error.code, "leaves_project");
    return true;
  });
}

inProject(
  "A change through a link out of the project is refused",
  async ({ root, outside, files }) => {
    const within = { within: root };
    await Deno.symlink(outside, `${root}/out`);
    await Deno.symlink(`${outside}/file`, `${root}/file`);
    await refused(files.writeAtomic(`${root}/file`, "x", within));
    await refused(files.writeAtomic(`${root}/out/new`, "x", within));
    await refused(files.writeAtomic(`${root}/out/deep/er/new`, "x", within));
    await refused(files.makeDirectory(`${root}/out/new`, undefined, within));
    await refused(files.rename(`${root}/file`, `${root}/out/new`, within));
    await refused(files.rename(`${root}/out/file`, `${root}/new`, within));
    await refused(files.remove(`${root}/out/file`, within));
    await refused(files.lock(`${root}/out/lock`, within));
  },
);

inProject("A path that steps out of the project is refused", async ({ root, outside, files }) => {
  await refused(files.writeAtomic(`${root}/../outside/file`, "x", { within: root }));
  await refused(files.writeAtomic(`${outside}/file`, "x", { within: root }));
  await refused(files.writeAtomic(`${root}-beside`, "x", { within: root }));
});

inProject("A link that leads nowhere is not written through", async ({ root, outside, files }) => {
  await Deno.symlink(`${outside}/new`, `${root}/file`);
  await Deno.symlink("loop", `${root}/loop`);
  await refused(files.writeAtomic(`${root}/file`, "x", { within: root }));
  await refused(files.writeAtomic(`${root}/file/below`, "x", { within: root }));
  await refused(files.writeAtomic(`${root}/loop`, "x", { within: root }));
});

inProject("A link into the repository's own files is refused", async ({ root, files }) => {
  await Deno.symlink(".git/hooks", `${root}/kitty-specs`);
  await refused(files.writeAtomic(`${root}/kitty-specs/post-commit`, "x", { within: root }));
  await files.lock(`${root}/.git/tracker.lock`, { within: root }).then((lock) => lock.release());
});

inProject(
  "A link is itself renamed and removed, not what it leads to",
  async ({ root, outside, files }) => {
    await Deno.symlink(outside, `${root}/out`);
    await files.rename(`${root}/out`, `${root}/other`, { within: root });
    await files.remove(`${root}/other`, { within: root });
    assert.equal(await files.stat(`${root}/other`), null);
  },
);

inProject(
  "Links that stay in the project are followed, and so is one to the project",
  async ({ root, files }) => {
    await Deno.mkdir(`${root}/shared`);
    await Deno.symlink("shared", `${root}/.kittify`);
    await Deno.symlink(root, `${root}/../link`);
    await files.writeAtomic(`${root}/.kittify/a`, "1", { within: root });
    await files.writeAtomic(`${root}/../link/.kittify/deep/b`, "2", { within: `${root}/../link` });
    assert.equal(await Deno.readTextFile(`${root}/shared/a`), "1");
    assert.equal(await Deno.readTextFile(`${root}/shared/deep/b`), "2");
  },
);

inProject("What is no regular file is not replaced", async ({ root, files }) => {
  await new Deno.Command("mkfifo", { args: [`${root}/pipe`] }).output();
  await assert.rejects(
    files.writeAtomic(`${root}/pipe`, "x", { within: root }),
    (error) => error instanceof TrackerError && error.code === "not_a_file",
  );
});

inProject(
  "A read with a limit takes regular files up to it, through links too",
  async ({ root, outside, files }) => {
    await Deno.symlink(`${outside}/file`, `${root}/link`);
    assert.equal(await files.readText(`${root}/link`, { maxBytes: 6 }), "theirs");
    assert.equal(await files.readText(`${root}/absent`, { maxBytes: 6 }), null);
    await assert.rejects(
      files.readBytes(`${root}/link`, { maxBytes: 5 }),
      (error) => error instanceof TrackerError && error.code === "file_too_large",
    );
  },
);

inProject("A read with a limit never waits for a pipe or a device", async ({ root, files }) => {
  await new Deno.Command("mkfifo", { args: [`${root}/pipe`] }).output();
  await Deno.symlink("/dev/zero", `${root}/zero`);
  for (const name of ["pipe", "zero", ".git"]) {
    await assert.rejects(
      files.readText(`${root}/${name}`, { maxBytes: 10 }),
      (error) => error instanceof TrackerError && error.code === "not_a_file",
      name,
    );
  }
});
