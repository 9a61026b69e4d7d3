import assert from "node:assert/strict";
import {
  readAllPackages,
  readLaneSteps,
  readMissionPackages,
} from "../../../src/missions/packages/read_packages.ts";
import { listMissions } from "../../../src/missions/missions.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { meta, packageFile, readTree, step, withProject } from "./support.ts";

const ID = "01KJ5Y4S8GQ2N3D7V6W9X1Z4AB";
const M = "kitty-specs/001-login";

Deno.test("packages of numbered, identified and migrated missions are read", async () => {
  const missions = await readTree({
    [`${M}/meta.json`]: meta("login", null, { feature_number: "001" }),
    [`${M}/tasks/WP01-form.md`]: packageFile("WP01", "Form"),
    [`kitty-specs/search-${ID.slice(0, 8)}/meta.json`]: meta("search", ID),
    [`kitty-specs/search-${ID.slice(0, 8)}/tasks/WP02.md`]: packageFile("WP02", "Index"),
    "kitty-specs/002-mail/meta.json": meta("mail", ID.replace("AB", "CD"), { mission_number: 2 }),
    "kitty-specs/002-mail/tasks/WP10-x.md": packageFile("WP10", "Late"),
    "kitty-specs/002-mail/tasks/WP9-x.md": packageFile("WP9", "Early"),
  });
  assert.deepEqual(
    missions.map(({ mission, packages, faults }) => [
      mission.featureSlug,
      packages.map(({ wpId, title, path }) => `${wpId} ${title} ${path.split("/").at(-1)}`),
      faults,
    ]),
    [
      ["001-login", ["WP01 Form WP01-form.md"], []],
      ["002-mail", ["WP9 Early WP9-x.md", "WP10 Late WP10-x.md"], []],
      ["search-01KJ5Y4S", ["WP02 Index WP02.md"], []],
    ],
  );
});

Deno.test("the lane is the log's, then status.json's, the front matter's, the directory's", async () => {
  const [found] = await readTree({
    [`${M}/meta.json`]: meta("login", null),
    [`${M}/status.events.jsonl`]: [
      step("WP01", "planned", "claimed", "2026-03-01T10:00:00+00:00"),
      step("WP01", "claimed", "in_progress", "2026-03-01T11:00:00+00:00"),
    ].join("\n"),
    [`${M}/status.json`]: JSON.stringify({
      work_packages: { WP01: { lane: "done" }, WP02: { lane: "approved" } },
    }),
    [`${M}/tasks/WP01-a.md`]: packageFile("WP01", "A", "lane: blocked\n"),
    [`${M}/tasks/WP02-b.md`]: packageFile("WP02", "B", "lane: blocked\n"),
    [`${M}/tasks/doing/WP03-c.md`]: packageFile("WP03", "C", "lane: canceled\n"),
    [`${M}/tasks/for_review/phase-1/WP04-d.md`]: packageFile("WP04", "D"),
    [`${M}/tasks/WP05-e.md`]: packageFile("WP05", "E"),
    [`${M}/tasks/WP06-f.md`]: packageFile("WP06", "F", "lane: on_ice\n"),
  });
  assert.deepEqual(
    found?.packages.map(({ wpId, lane, laneSource, status }) => [wpId, lane, laneSource, status]),
    [
      ["WP01", "in_progress", "log", "in_progress"],
      ["WP02", "approved", "status_file", "in_review"],
      ["WP03", "canceled", "front_matter", "canceled"],
      ["WP04", "for_review", "directory", "in_review"],
      ["WP05", "planned", "default", "todo"],
      ["WP06", "on_ice", "front_matter", null],
    ],
  );
});

for (
  const [what, files, status] of [
    [
      "front matter is no YAML",
      { "tasks/WP01-a.md": "---\n<<<<<<< HEAD\nlane: done\n---\n" },
      null,
    ],
    ["front matter has no end", { "tasks/WP01-a.md": "---\nlane: done\n" }, null],
    ["status.json is no object", { "status.json": "[", "tasks/WP01-a.md": "# A" }, null],
    ["lane log is a directory", { "status.events.jsonl/x": "", "tasks/WP01-a.md": "# A" }, null],
    ["status.json is not asked", {
      "status.json": "[",
      "status.events.jsonl": step("WP01", "planned", "done", "2026-03-01T10:00:00Z"),
      "tasks/WP01-a.md": "# A",
    }, "done"],
  ] as const
) {
  Deno.test(`a package of which the ${what} has the status ${status}`, async () => {
    const tree = Object.entries(files).map(([path, text]) => [`${M}/${path}`, text] as const);
    const [found] = await readTree({
      [`${M}/meta.json`]: meta("login", null),
      ...Object.fromEntries(tree),
    });
    assert.deepEqual(found?.packages.map((one) => [one.wpId, one.status, one.isWhole]), [
      ["WP01", status, status !== null],
    ]);
    assert.equal(found?.faults.length, 1);
  });
}

Deno.test("a lane log goes on in the coordination worktree of spec-kitty 3.2", async () => {
  const planned = step("WP01", "genesis", "planned", "2026-03-01T10:00:00Z");
  const claimed = step("WP01", "planned", "claimed", "2026-03-01T11:00:00Z");
  const coordination = `.worktrees/001-login-coord/${M}`;
  const tree = {
    [`${M}/meta.json`]: meta("login", null),
    [`${M}/tasks/WP01-a.md`]: packageFile("WP01", "A"),
    [`${M}/status.events.jsonl`]: planned,
    [`${coordination}/status.events.jsonl`]: `${planned}\n${claimed}\n`,
  };
  const [found] = await readTree(tree);
  assert.deepEqual(found?.packages.map(({ lane }) => lane), ["claimed"]);
  assert.deepEqual(found?.steps.map(({ to }) => to), ["planned", "claimed"]);
  const { [`${M}/status.events.jsonl`]: _, ...rest } = tree;
  const [moved] = await readTree(rest);
  assert.deepEqual(moved?.packages.map(({ lane }) => lane), ["claimed"]);
});

Deno.test({
  name: "a coordination worktree that leads out of the project is a fault",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withProject({
      [`${M}/meta.json`]: meta("login", null),
      [`${M}/tasks/WP01-a.md`]: packageFile("WP01", "A"),
      ".worktrees/readme": "",
    }, (root) =>
      withProject({
        [`${M}/status.events.jsonl`]: step("WP01", "planned", "done", "2026-03-01T10:00:00Z"),
      }, async (outside) => {
        await Deno.symlink(outside, `${root}/.worktrees/001-login-coord`);
        const [mission] = await listMissions(systemPlatform(), root);
        assert.ok(mission !== undefined);
        const found = await readMissionPackages(systemPlatform(), root, mission);
        assert.deepEqual(found.packages.map(({ lane }) => lane), ["planned"]);
        assert.deepEqual(found.faults.map(({ path }) => path), [
          `.worktrees/001-login-coord/${M}`,
        ]);
      })),
});

Deno.test("what cannot be read is told, and the rest is used", async () => {
  const [found] = await readTree({
    [`${M}/meta.json`]: "{",
    [`${M}/status.json`]: "[]",
    [`${M}/status.events.jsonl`]: `{"wp_id":\n[]\n\n${
      step("WP02", "planned", "done", "2026-03-01T10:00:00Z")
    }\n{"event_type":"MissionCreated"}\n`,
    [`${M}/tasks/WP01-a.md`]: "---\ntitle: [\n---\n# Work Package Prompt: WP01 – Named here\n",
    [`${M}/tasks/WP02-b.md`]: packageFile("WP02", "B"),
    [`${M}/tasks/WP02-copy.md`]: packageFile("WP02", "Again"),
    [`${M}/tasks/README.md`]: "no package",
  });
  assert.deepEqual(found?.packages.map(({ wpId, title, lane }) => [wpId, title, lane]), [
    ["WP01", "Named here", "planned"],
    ["WP02", "B", "done"],
  ]);
  assert.equal(found?.damagedLines, 2);
  assert.deepEqual(found?.faults.map(({ path }) => path), [
    `${M}/status.json`,
    `${M}/tasks/WP01-a.md`,
    `${M}/tasks/WP02-copy.md`,
  ]);
  for (const { reason } of found?.faults.slice(0, 2) ?? []) {
    assert.ok(!reason.includes("WP01-a.md"), reason);
  }
});

Deno.test("why a file cannot be used is told without its path, by the line of the file", async () => {
  const reasonsOf = async (files: Record<string, string>) => {
    const [found] = await readTree({ [`${M}/meta.json`]: meta("login", null), ...files });
    return found?.faults.map(({ reason }) => reason);
  };
  const front = "---\ntitle: a\nlane: &a [*b]\n---\n";
  const [unknown = ""] = await reasonsOf({ [`${M}/tasks/WP01-a.md`]: front }) ?? [];
  assert.match(unknown, /^It cannot be used, line 3: /);
  assert.doesNotMatch(unknown, /WP01/);
  const title = "---\nwork_package_id: WP01\ntitle: Retry: twice\n---\n";
  assert.deepEqual(await reasonsOf({ [`${M}/tasks/WP01-a.md`]: title }), [
    'It cannot be used, line 3: A text with ": " in it has to stand in quotes',
  ]);
  assert.deepEqual(await reasonsOf({ [`${M}/status.json`]: " ".repeat(1_048_577) }), [
    "It is larger than 1024 KiB",
  ]);
  assert.deepEqual(await reasonsOf({ [`${M}/status.json/x`]: "" }), [
    "It is a directory, not a file",
  ]);
});

Deno.test({
  name: "a link that leads out of the project is not followed, one within it is",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withProject({
      [`${M}/meta.json`]: meta("login", null),
      [`${M}/tasks/WP01-a.md`]: packageFile("WP01", "A"),
      "notes/WP03.md": packageFile("WP03", "Shared"),
    }, (root) =>
      withProject({
        "WP02-b.md": packageFile("WP02", "Secret"),
        "log.jsonl": step("WP01", "planned", "done", "2026-03-01T10:00:00Z"),
      }, async (outside) => {
        await Deno.symlink(`${outside}/WP02-b.md`, `${root}/${M}/tasks/WP02-b.md`);
        await Deno.symlink(`${outside}/log.jsonl`, `${root}/${M}/status.events.jsonl`);
        await Deno.symlink("../../../notes/WP03.md", `${root}/${M}/tasks/WP03-c.md`);
        await Deno.symlink(outside, `${root}/${M}/tasks/doing`);
        const [mission] = await listMissions(systemPlatform(), root);
        assert.ok(mission !== undefined);
        const found = await readMissionPackages(systemPlatform(), root, mission);
        assert.deepEqual(found.packages.map(({ title, lane }) => [title, lane]), [
          ["A", "planned"],
          ["Shared", "planned"],
        ]);
        assert.deepEqual(found.faults.map(({ path }) => path.slice(M.length + 1)).sort(), [
          "status.events.jsonl",
          "tasks/WP02-b.md",
          "tasks/doing",
        ]);
        assert.deepEqual(await readLaneSteps(systemPlatform(), root, mission), []);
      })),
});

for (const cut of [4093, 4094, 4095, 4096, 4097, 70_000]) {
  Deno.test(`a front matter is read whole with a line "---" of more at byte ${cut}`, async () => {
    const start = "---\nwork_package_id: WP01\ntitle: Form\nnotes: |\n";
    const filled = `${start}  ${"x".repeat(cut - start.length - 3)}\n`;
    assert.equal(filled.length, cut);
    const [found] = await readTree({
      [`${M}/meta.json`]: meta("login", null),
      [`${M}/tasks/WP01-a.md`]: `${filled}---: not the end\ndependencies: [WP02]\n---\n\n# Other\n`,
    });
    const [workPackage] = found?.packages ?? [];
    const isRead = cut < 65_536;
    assert.deepEqual(workPackage?.dependencies, isRead ? ["WP02"] : []);
    assert.equal(workPackage?.isWhole, isRead);
  });
}

Deno.test("a title that only the heading tells is found behind a long front matter", async () => {
  const [found] = await readTree({
    [`${M}/meta.json`]: meta("login", null),
    [`${M}/tasks/WP01-a.md`]: `---\n# ${"x".repeat(5000)}\nlane: doing\n---\n\n# WP01: Far below\n`,
    [`${M}/tasks/WP02-b.md`]: `---\nlane: doing\n---\n${"\n".repeat(5000)}# WP02: Farther below\n`,
  });
  assert.deepEqual(found?.packages.map(({ title }) => title), ["Far below", "Farther below"]);
});

Deno.test("reading opens each file once, looks at none before, and resolves no path of a mission", async () => {
  await withProject({
    [`${M}/meta.json`]: meta("login", null),
    [`${M}/status.events.jsonl`]: step("WP01", "planned", "doing", "2026-03-01T10:00:00+00:00"),
    [`${M}/tasks/WP01-a.md`]: packageFile("WP01", "A"),
    [`${M}/tasks/WP02-b.md`]: packageFile("WP02", "B"),
  }, async (root) => {
    const { files } = systemPlatform();
    const calls: string[] = [];
    const note = (what: string, path: string) => calls.push(`${what} ${path.slice(root.length)}`);
    await readAllPackages({
      files: {
        ...files,
        stat: (path) => (note("stat", path), files.stat(path)),
        list: (path) => (note("list", path), files.list(path)),
        realPath: (path) => (note("resolve", path), files.realPath(path)),
        readText: (path, options) => (note("text", path), files.readText(path, options)),
        readBytes: (path, options) => (note("bytes", path), files.readBytes(path, options)),
        readHead: (
          path,
          most,
          options,
        ) => (note("head", path), files.readHead(path, most, options)),
      },
    }, root);
    assert.deepEqual(calls.filter((call) => call.includes(M)).sort(), [
      `bytes /${M}/meta.json`,
      `head /${M}/tasks/WP01-a.md`,
      `head /${M}/tasks/WP02-b.md`,
      `list /${M}`,
      `list /${M}/tasks`,
      `text /${M}/status.events.jsonl`,
    ]);
  });
});

Deno.test({
  name: "missions whose directory is a link out of the project are not read",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withProject({ [`${M}/tasks/WP01-a.md`]: packageFile("WP01", "A") }, async (outside) => {
      await withProject({}, async (root) => {
        await Deno.symlink(`${outside}/kitty-specs`, `${root}/kitty-specs`);
        const [found] = await readAllPackages(systemPlatform(), root);
        assert.deepEqual(found?.packages, []);
        assert.deepEqual(found?.faults.map(({ reason }) => reason), [
          "It is a link that leads out of the project",
        ]);
      });
    });
  },
});
