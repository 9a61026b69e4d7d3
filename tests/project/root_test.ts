import assert from "node:assert/strict";
import { findProjectRoot, requireProjectRoot } from "../../src/project/root.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

async function withDirectories(
  directories: readonly string[],
  test: (platform: TestPlatform, at: (path: string) => string) => Promise<void>,
): Promise<void> {
  await withPlatform({}, async (platform) => {
    const at = (path: string) => `${platform.home}/${path}`;
    for (const directory of directories) await platform.files.makeDirectory(at(directory));
    await test(platform, at);
  });
}

Deno.test("the root is the nearest ancestor with .kittify", async () => {
  await withDirectories(["a/.kittify", "a/b/.kittify", "a/b/c/.git"], async (platform, at) => {
    assert.equal(await findProjectRoot(platform, at("a/b/c")), at("a/b"));
    assert.equal(await findProjectRoot(platform, at("a/b")), at("a/b"));
    assert.equal(await findProjectRoot(platform, at("a")), at("a"));
  });
});

Deno.test("without .kittify it is the nearest with .git, which may be a file", async () => {
  await withDirectories(["a/.git", "a/b/c"], async (platform, at) => {
    assert.equal(await findProjectRoot(platform, at("a/b/c")), at("a"));
    await platform.files.writeAtomic(at("a/b/.git"), "gitdir: elsewhere\n");
    assert.equal(await findProjectRoot(platform, at("a/b/c")), at("a/b"));
    await platform.files.writeAtomic(at("a/b/c/.kittify"), "a file is no project");
    assert.equal(await findProjectRoot(platform, at("a/b/c")), at("a/b"));
  });
});

Deno.test("a directory above that may not be read matters only when nothing is found below", async () => {
  await withDirectories(["a/.git", "b"], async (platform, at) => {
    const files = {
      ...platform.files,
      stat(path: string) {
        return path.startsWith(at(""))
          ? platform.files.stat(path)
          : Promise.reject(new Error(`Requires read access to "${path}"`));
      },
    };
    assert.equal(await findProjectRoot({ files }, at("a")), at("a"));
    await assert.rejects(findProjectRoot({ files }, at("b")), /Requires read access/);
  });
});

Deno.test("a directory that is in no project is an error that says what to do", async () => {
  await withDirectories(["a/.kittify", "b"], async (platform, at) => {
    assert.equal(await requireProjectRoot(platform, "a"), at("a"));
    assert.equal(await requireProjectRoot(platform, at("a")), at("a"));
    const outside = {
      ...platform,
      files: { ...platform.files, stat: statOnly(platform, at("b")) },
    };
    await assert.rejects(requireProjectRoot(outside, "b"), {
      code: "not_a_project",
      message: `"${at("b")}" is not in a project`,
    });
    await assert.rejects(requireProjectRoot(platform, "missing"), {
      code: "not_a_project",
      message: `"${at("missing")}" is not a directory`,
    });
  });
});

/** The machine that the test runs on may have a repository above its temporary directory. */
function statOnly(platform: TestPlatform, path: string): TestPlatform["files"]["stat"] {
  return (asked) => asked === path ? platform.files.stat(asked) : Promise.resolve(null);
}
