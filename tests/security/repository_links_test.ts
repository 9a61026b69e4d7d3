import assert from "node:assert/strict";
import { withWorld, type World } from "../support/world.ts";

const UNIX = Deno.build.os !== "windows";
const VICTIM = "export EDITOR=vi\n";

/** What a clone may bring: links, by their path in the project, to what of the user's (`""`: to the home itself). */
const REPOSITORIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "lock files": {
    ".kittify/.config.lock": ".bashrc",
    ".kittify/.missions.lock": ".bashrc",
  },
  "lock files to be made": {
    ".kittify/.config.lock": "new-lock",
    ".kittify/.missions.lock": "new-lock",
  },
  "a config": { ".kittify/config.yaml": "settings.yaml" },
  "a config to be made": { ".kittify/config.yaml": "new-config.yaml" },
  "the directory of the config": { ".kittify": "" },
  "the directory of missions": { "kitty-specs": "" },
  "a directory of missions to be made": { "kitty-specs": "new-directory" },
};

const LOGIN = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];

/** Commands that a person runs in a project just cloned. */
const COMMANDS: readonly (readonly string[])[] = [
  ["status"],
  ["discover", "-p", "linear"],
  ["bind", "-p", "linear", "--select", "1"],
  ["status"],
  ["sync", "run"],
  ["mission", "create", "first", "--no-commit"],
  ["bind", "-p", "beads", "--workspace", "web"],
  ["config", "set", "tracker.doctrine.strategy", "local_wins"],
  ["unbind"],
  ["doctor"],
];

if (UNIX) {
  for (const [what, links] of Object.entries(REPOSITORIES)) {
    Deno.test(`no command writes through links of a repository: ${what}`, () =>
      withWorld(async (world) => {
        await world.here(LOGIN, { stdin: "demo\n" });
        await Deno.writeTextFile(`${world.home}/.bashrc`, VICTIM);
        await Deno.writeTextFile(`${world.home}/settings.yaml`, "project:\n  slug: web\n");
        await plant(world, links);
        const before = await ownFiles(world.home);
        for (const args of COMMANDS) await world.here(args);
        assert.deepEqual(await ownFiles(world.home), before);
      }));
  }

  Deno.test("a lock file that a repository brings keeps what is in it", () =>
    withWorld(async (world) => {
      const lock = `${world.project}/.kittify/.missions.lock`;
      await Deno.writeTextFile(lock, "ours\n");
      const { code, stderr } = await world.here(["mission", "create", "first", "--no-commit"]);
      assert.equal(code, 0, stderr);
      assert.equal(await Deno.readTextFile(lock), "ours\n");
    }));

  Deno.test("a link out of the project is refused by its name, with what to do", () =>
    withWorld(async (world) => {
      await plant(world, { "kitty-specs": "" });
      const { code, stderr } = await world.here(["mission", "create", "first", "--json"]);
      assert.equal(code, 1);
      const { error } = JSON.parse(stderr);
      assert.equal(error.error_code ?? error.code, "leaves_project");
      assert.match(stderr, /kitty-specs/);
    }));

  Deno.test("the config may be a link that stays in the project", () =>
    withWorld(async (world) => {
      await world.here(LOGIN, { stdin: "demo\n" });
      await Deno.writeTextFile(`${world.project}/shared.yaml`, "project:\n  slug: engineering\n");
      await Deno.symlink("../shared.yaml", `${world.project}/.kittify/config.yaml`);
      const { code, stderr } = await world.here(["bind", "-p", "linear"]);
      assert.equal(code, 0, stderr);
      assert.match(await Deno.readTextFile(`${world.project}/shared.yaml`), /binding_ref/);
    }));
}

async function plant(world: World, links: Readonly<Record<string, string>>): Promise<void> {
  if (".kittify" in links) await Deno.remove(`${world.project}/.kittify`, { recursive: true });
  // A project is still found where `.kittify` is a link.
  for (const [path, target] of Object.entries(links)) {
    await Deno.symlink(`${world.home}/${target}`, `${world.project}/${path}`);
  }
}

/** Every file of the home with its content, but for the directory of tracker's own. */
async function ownFiles(home: string, below = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(`${home}/${below}`)) {
    const path = `${below}${name}`;
    if (path === ".spec-kitty") continue;
    if (isDirectory) {
      found[`${path}/`] = "";
      Object.assign(found, await ownFiles(home, `${path}/`));
    } else {
      found[path] = await Deno.readTextFile(`${home}/${path}`);
    }
  }
  return found;
}
