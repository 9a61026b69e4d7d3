import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withPlatform } from "../support/platform.ts";
import { denoDirectory } from "../support/world.ts";

const ROOT = new URL("../../", import.meta.url);

/** A line, the most modules of the program that it may load, and those that it has no use for. */
interface Start {
  readonly what: string;
  readonly args: readonly string[];
  /** What the directory is that it runs in. */
  readonly place: "empty" | "unbound project";
  readonly most: number;
  readonly without: RegExp;
}

// Each module costs every start some time: docs/adr/0025. Raise a number only with a reason.
const STARTS: readonly Start[] = [
  {
    what: "the version needs a handful of modules, and no machine",
    args: ["--version"],
    place: "empty",
    most: 13,
    without: /system\.ts|registry\.ts|commands\//,
  },
  {
    what: "the help needs no command's definition",
    args: ["--help"],
    place: "empty",
    most: 22,
    without: /system\.ts|registry\.ts|commands\//,
  },
  {
    what: "the overview needs no command's definition",
    args: [],
    place: "empty",
    most: 22,
    without: /system\.ts|registry\.ts|commands\//,
  },
  {
    what: "status outside of a project needs neither its own code nor a cache, and no session",
    args: ["status"],
    place: "empty",
    most: 75,
    without: /_run\.ts|src\/(store|client\/readiness|user\/credentials|tracker|sync)|help\/program/,
  },
  {
    what: "status in a project without a binding needs neither its own code nor a cache",
    args: ["status"],
    place: "unbound project",
    most: 75,
    without: /_run\.ts|src\/(store|user\/credentials|tracker|sync)|help\/program/,
  },
];

for (const { what, args, place, most, without } of STARTS) {
  Deno.test(what, () =>
    withPlatform({}, async (platform) => {
      if (place !== "empty") await Deno.mkdir(`${platform.home}/.kittify`);
      const loaded = await loadedBy(args, platform.home);
      assert.ok(loaded.includes("main.ts"), loaded.join(" "));
      assert.ok(loaded.length <= most, `${loaded.length} modules: ${loaded.join(" ")}`);
      assert.deepEqual(loaded.filter((path) => without.test(path)), []);
    }));
}

Deno.test("status of a bound project loads no other command, and nothing that merges", () =>
  withPlatform({}, async (platform) => {
    await Deno.mkdir(`${platform.home}/.kittify`);
    await Deno.writeTextFile(
      `${platform.home}/.kittify/config.yaml`,
      "tracker:\n  provider: beads\n  workspace: main\n",
    );
    const loaded = await loadedBy(["status"], platform.home);
    assert.ok(loaded.includes("src/cli/commands/status/status_run.ts"), loaded.join(" "));
    assert.ok(loaded.length <= 185, `${loaded.length} modules: ${loaded.join(" ")}`);
    const others = /src\/(server|dashboard|pages|sync\/merge)|commands\/(?!status\/|registry)/;
    assert.deepEqual(loaded.filter((path) => others.test(path)), []);
  }));

/** The modules of the program that a line loads when it is run from source, as V8 tells them. */
async function loadedBy(args: readonly string[], cwd: string): Promise<readonly string[]> {
  const coverage = await Deno.makeTempDir({ prefix: "tracker-test-" });
  try {
    const main = fileURLToPath(new URL("main.ts", ROOT));
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-prompt",
        "--no-check",
        "--quiet",
        `--coverage=${coverage}`,
        main,
        ...args,
      ],
      cwd,
      env: { HOME: cwd, USERPROFILE: cwd, DENO_DIR: await denoDirectory() },
      stdin: "null",
    }).output();
    const loaded = new Set<string>();
    for await (const { name } of Deno.readDir(coverage)) {
      const { url }: { url: string } = JSON.parse(await Deno.readTextFile(`${coverage}/${name}`));
      if (url.startsWith(ROOT.href)) loaded.add(url.slice(ROOT.href.length));
    }
    assert.ok(loaded.size > 0, new TextDecoder().decode(stderr));
    return [...loaded].toSorted();
  } finally {
    await Deno.remove(coverage, { recursive: true });
  }
}
