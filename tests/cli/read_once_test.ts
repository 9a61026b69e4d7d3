import assert from "node:assert/strict";
import type { Files } from "../../src/platform/files.ts";
import { withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";

/** Files of configuration and credentials. */
const SETTINGS = ["config.yaml", "config.toml", "credentials"] as const;

const LONG_AGO = new Date(Date.UTC(2020, 0, 1));

/** Counts how often each of the files is opened for reading. */
function counting(opened: Record<string, number>): (real: Files) => Files {
  const count = (path: string) => {
    const name = path.replace(/^.*[/\\]/, "");
    if (SETTINGS.some((one) => one === name)) opened[name] = (opened[name] ?? 0) + 1;
  };
  return (real) => ({
    ...real,
    readText(path, options) {
      count(path);
      return real.readText(path, options);
    },
    readBytes(path, options) {
      count(path);
      return real.readBytes(path, options);
    },
    readHead(path, maxBytes, options) {
      count(path);
      return real.readHead(path, maxBytes, options);
    },
  });
}

/** As on a machine where nobody has just changed a setting. */
async function age({ home, project }: World): Promise<void> {
  for (
    const path of [
      `${project}/.kittify/config.yaml`,
      `${home}/.spec-kitty/config.toml`,
      `${home}/.spec-kitty/credentials`,
    ]
  ) await Deno.utime(path, LONG_AGO, LONG_AGO);
}

Deno.test("a command opens each file of configuration and credentials once", () =>
  withBoundWorld(async (world) => {
    for (
      const args of [
        ["sync", "pull"],
        ["status"],
        ["status", "--json"],
        ["issue", "list"],
        ["issue", "search", "login"],
        ["sync", "status"],
        ["sync", "push"],
        ["sync", "run"],
      ]
    ) {
      await age(world);
      const opened: Record<string, number> = {};
      const { code, stderr } = await world.here(args, { files: counting(opened) });
      assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
      assert.deepEqual(
        opened,
        { "config.yaml": 1, "config.toml": 1, "credentials": 1 },
        args.join(" "),
      );
    }
  }));
