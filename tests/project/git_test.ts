import assert from "node:assert/strict";
import { gitFacts, gitHead, ownGitDirectory, repositorySlug } from "../../src/project/git.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const NOTHING = { branch: null, commit: null, originUrl: null };

async function withFiles(
  files: Readonly<Record<string, string>>,
  test: (platform: TestPlatform) => Promise<void>,
): Promise<void> {
  await withPlatform({}, async (platform) => {
    for (const [path, text] of Object.entries(files)) {
      await platform.files.writeAtomic(`${platform.home}/${path}`, text);
    }
    await test(platform);
  });
}

Deno.test("git facts are read from an ordinary repository, without its user and password", async () => {
  await withFiles({
    ".git/HEAD": "ref: refs/heads/feature/x\n",
    ".git/refs/heads/feature/x": `${COMMIT}\n`,
    ".git/config":
      '[core]\n\turl = no\n[remote "other"]\n\turl = https://no.example/\n[Remote "origin"] # x\n\turl = https://me:secret@example.com/acme/web.git\n',
    "deep/inside/file": "",
  }, async (platform) => {
    const expected = {
      branch: "feature/x",
      commit: COMMIT,
      originUrl: "https://example.com/acme/web.git",
    };
    assert.deepEqual(await gitFacts(platform, platform.home), expected);
    assert.deepEqual(await gitFacts(platform, `${platform.home}/deep/inside`), expected);
  });
});

Deno.test("a packed branch is found", async () => {
  await withFiles({
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/packed-refs": `# pack-refs with: peeled\n${
      "f".repeat(40)
    } refs/heads/other/main\n${COMMIT} refs/heads/main\n^${"e".repeat(40)}\n`,
  }, async (platform) => {
    assert.deepEqual(await gitFacts(platform, platform.home), {
      branch: "main",
      commit: COMMIT,
      originUrl: null,
    });
  });
});

Deno.test("a worktree is followed to its repository", async () => {
  await withFiles({
    "main/.git/config": '[remote "origin"]\n\turl = "git@example.com:acme/web.git"\n',
    "main/.git/refs/heads/side": `${COMMIT}\n`,
    "main/.git/worktrees/side/HEAD": "ref: refs/heads/side\n",
    "main/.git/worktrees/side/commondir": "../..\n",
    "side/.git": "gitdir: ../main/.git/worktrees/side\n",
  }, async (platform) => {
    assert.deepEqual(await gitFacts(platform, `${platform.home}/side`), {
      branch: "side",
      commit: COMMIT,
      originUrl: "git@example.com:acme/web.git",
    });
  });
});

Deno.test("a git directory elsewhere is the project's own when it names the project in return", async () => {
  await withFiles({
    "main/.git/HEAD": "ref: refs/heads/main\n",
    "main/.git/worktrees/side/gitdir": "../../../../side/.git\n",
    "side/.git": "gitdir: ../main/.git/worktrees/side\n",
    "main/.git/modules/part/config": "[core]\n\tworktree = ../../../part\n",
    "main/part/.git": "gitdir: ../.git/modules/part\n",
    "liar/.git": "gitdir: ../main/.git/worktrees/side\n",
    "other/.git": "gitdir: ../main/.git/modules/part\n",
    "stranger/.git": "gitdir: ../main\n",
  }, async (platform) => {
    const of = (name: string) => ownGitDirectory(platform, `${platform.home}/${name}`);
    assert.equal(await of("main"), `${platform.home}/main/.git`);
    assert.equal(await of("side"), `${platform.home}/main/.git/worktrees/side`);
    assert.equal(await of("main/part"), `${platform.home}/main/.git/modules/part`);
    for (const name of ["liar", "other", "stranger", "absent"]) assert.equal(await of(name), null);
  });
});

Deno.test("a git directory behind a link is not the project's own", async () => {
  if (Deno.build.os === "windows") return console.log("    skipped: links need a privilege here");
  await withFiles({ "elsewhere/HEAD": COMMIT, "web/README": "" }, async (platform) => {
    await Deno.symlink(`${platform.home}/elsewhere`, `${platform.home}/web/.git`);
    assert.equal(await ownGitDirectory(platform, `${platform.home}/web`), null);
  });
});

Deno.test("a commit may be checked out without a branch", async () => {
  await withFiles({ ".git/HEAD": `${COMMIT}\n` }, async (platform) => {
    assert.deepEqual(await gitFacts(platform, platform.home), { ...NOTHING, commit: COMMIT });
  });
});

Deno.test("what a repository does not say is null", async () => {
  for (
    const files of [
      { ".git/description": "empty" },
      { ".git": "not a pointer\n" },
      { ".git": "gitdir: nowhere\n" },
      { ".git/HEAD": "ref: refs/heads/../../../etc/passwd\n" },
      { ".git/HEAD": "ref: refs/heads/.invalid\n" },
    ]
  ) {
    await withFiles(files, async (platform) => {
      const { commit, originUrl } = await gitFacts(platform, platform.home);
      assert.deepEqual({ commit, originUrl }, { commit: null, originUrl: null });
    });
  }
});

Deno.test("git facts are null where files may not be read", async () => {
  await withFiles({ ".git/HEAD": COMMIT }, async (platform) => {
    const denied = () => Promise.reject(new Error("Requires read access"));
    const files = { ...platform.files, stat: denied, readText: denied };
    assert.deepEqual(await gitFacts({ files }, platform.home), NOTHING);
    assert.deepEqual(
      await gitFacts({ files: { ...platform.files, readText: denied } }, platform.home),
      NOTHING,
    );
  });
});

for (
  const [url, slug] of [
    ["git@example.com:acme/web.git", "acme/web"],
    ["https://example.com/acme/web.git/", "acme/web"],
    ["ssh://git@example.com:22/group/sub/web", "sub/web"],
    ["/srv/git/web.git", "git/web"],
    ["C:\\git\\web.git", "git/web"],
    ["host:web", "web"],
    ["", null],
  ] as const
) {
  Deno.test(`the repository of ${JSON.stringify(url)} is ${slug}`, () => {
    assert.equal(repositorySlug(url), slug);
  });
}

Deno.test("who asks again sees the newest commit, the repository being looked up once", async () => {
  await withFiles({
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/refs/heads/main": `${COMMIT}\n`,
  }, async (platform) => {
    let looks = 0;
    const stat = (path: string) => {
      if (path.endsWith("/.git")) looks++;
      return platform.files.stat(path);
    };
    const head = gitHead({ ...platform, files: { ...platform.files, stat } }, platform.home);
    assert.deepEqual(await head(), { branch: "main", commit: COMMIT });
    const next = COMMIT.replace("0", "f");
    await platform.files.writeAtomic(`${platform.home}/.git/refs/heads/main`, `${next}\n`);
    assert.deepEqual(await head(), { branch: "main", commit: next });
    assert.equal(looks, 1);
  });
});

Deno.test("a file that stays as it is, is read once; one that has just changed, each time", async () => {
  await withFiles({
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/refs/heads/main": `${COMMIT}\n`,
  }, async (platform) => {
    const branch = `${platform.home}/.git/refs/heads/main`;
    const changedAt = async (path: string, beforeNow: number) => {
      const time = new Date(platform.clock.now() - beforeNow);
      await Deno.utime(path, time, time);
    };
    let read: string[] = [];
    const readBytes: Platform["files"]["readBytes"] = (path, options) => {
      read.push(path.slice(`${platform.home}/.git/`.length));
      return platform.files.readBytes(path, options);
    };
    const head = gitHead({ ...platform, files: { ...platform.files, readBytes } }, platform.home);
    const readNow = async () => {
      read = [];
      const { commit } = await head();
      return [commit, read];
    };
    await changedAt(`${platform.home}/.git/HEAD`, 3600_000);
    await changedAt(branch, 10);
    assert.deepEqual(await readNow(), [COMMIT, ["HEAD", "refs/heads/main"]]);
    assert.deepEqual(await readNow(), [COMMIT, ["refs/heads/main"]]);
    platform.clock.advance(60_000);
    assert.deepEqual(await readNow(), [COMMIT, ["refs/heads/main"]]);
    assert.deepEqual(await readNow(), [COMMIT, []]);
    const next = COMMIT.replace("0", "f");
    await Deno.writeTextFile(branch, `${next}\n`);
    await changedAt(branch, 30_000);
    assert.deepEqual(await readNow(), [next, ["refs/heads/main"]]);
    assert.deepEqual(await readNow(), [next, []]);
    await Deno.remove(branch);
    assert.deepEqual((await readNow())[0], null);
  });
});

Deno.test("a repository that is made or moved while someone asks is found", async () => {
  await withPlatform({}, async (platform) => {
    const head = gitHead(platform, platform.home);
    const none = { branch: null, commit: null };
    assert.deepEqual(await head(), none);
    await platform.files.writeAtomic(`${platform.home}/.git/HEAD`, `${COMMIT}\n`);
    assert.deepEqual(await head(), { branch: null, commit: COMMIT });
    await platform.files.rename(`${platform.home}/.git`, `${platform.home}/elsewhere`);
    assert.deepEqual(await head(), none);
    await platform.files.writeAtomic(`${platform.home}/.git`, "gitdir: elsewhere\n");
    assert.deepEqual(await head(), { branch: null, commit: COMMIT });
  });
});
