import assert from "node:assert/strict";
import { programUnderTest, runIn, withWorld, type World } from "../support/world.ts";
import { filesUnder } from "../support/leaks.ts";

const UNIX = Deno.build.os !== "windows";
const LOGIN = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];

/** Runs a command under a umask that closes nothing. */
function open(world: World, args: readonly string[], stdin = ""): Promise<number> {
  return underUmask(world, "000", args, stdin);
}

async function underUmask(
  world: World,
  umask: string,
  args: readonly string[],
  stdin = "",
): Promise<number> {
  const words = ["sh", "-c", `umask ${umask}; exec "$0" "$@"`, ...programUnderTest(), ...args];
  return (await runIn(world, words, stdin)).code;
}

/** What is open to others below a directory, with its mode. */
async function openTo(directory: string): Promise<string[]> {
  const found: string[] = [];
  const look = async (path: string) => {
    const { mode } = await Deno.stat(path);
    if (((mode ?? 0) & 0o077) !== 0) found.push(`${path} ${((mode ?? 0) & 0o777).toString(8)}`);
  };
  await look(directory);
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) found.push(...await openTo(`${directory}/${name}`));
    else await look(`${directory}/${name}`);
  }
  return found;
}

if (UNIX) {
  Deno.test("nothing of the user's is open to others, under a umask that closes nothing", () =>
    withWorld(async (world) => {
      await Deno.remove(`${world.home}/.spec-kitty`, { recursive: true });
      await world.writeConfig("project:\n  slug: engineering\n");
      const commands: readonly (readonly [readonly string[], string?])[] = [
        [["config", "set", "sync.max_queue_size", "5"]],
        [["mission", "create", "early", "--no-commit"]],
        [LOGIN, "demo\n"],
        [["bind", "-p", "linear", "--select", "1"]],
        [["sync", "pull"]],
        [["mission", "create", "modes", "--no-commit"]],
        [["daemon", "start"]],
        [["events", "flush"]],
        [["daemon", "stop"]],
      ];
      for (const [args, stdin] of commands) {
        assert.equal(await open(world, args, stdin), 0, args.join(" "));
      }
      const files = await filesUnder(`${world.home}/.spec-kitty`);
      for (const name of ["credentials", "config.toml", "daemon.log", ".db"]) {
        assert.ok(files.some((path) => path.endsWith(name)), `there is a ${name}`);
      }
      assert.deepEqual(await openTo(`${world.home}/.spec-kitty`), []);
    }));

  Deno.test("the first command of all leaves nothing open, whichever it is", () =>
    withWorld(async (world) => {
      const firsts: readonly (readonly [readonly string[], string?])[] = [
        [["mission", "create", "first", "--no-commit"]],
        [LOGIN, "demo\n"],
        [["daemon", "start"]],
        [["bind", "-p", "beads", "--workspace", "w", "--credential", "command=true"]],
        [["doctor"]],
        [["events", "list"]],
      ];
      for (const [args, stdin] of firsts) {
        await Deno.remove(`${world.home}/.spec-kitty`, { recursive: true }).catch(() => {});
        await open(world, args, stdin);
        if (args[0] === "daemon") await open(world, ["daemon", "stop"]);
        const made = await Deno.stat(`${world.home}/.spec-kitty`).catch(() => null);
        if (made === null) continue;
        assert.deepEqual(await openTo(`${world.home}/.spec-kitty`), [], args.join(" "));
      }
    }));

  for (const [umask, file, directory] of [["007", "660", "770"], ["077", "600", "700"]] as const) {
    Deno.test(`what is made in a project follows the umask ${umask}`, () =>
      withWorld(async (world) => {
        await Deno.remove(`${world.project}/.kittify`, { recursive: true });
        await Deno.mkdir(`${world.project}/.kittify`, { mode: 0o755 });
        const create = ["mission", "create", "first", "--no-commit"];
        assert.equal(await underUmask(world, umask, create), 0);
        const mode = async (path: string) =>
          (((await Deno.stat(`${world.project}/${path}`)).mode ?? 0) & 0o777).toString(8);
        for (const path of [".kittify/config.yaml", ".kittify/.missions.lock"]) {
          assert.equal(await mode(path), file, path);
        }
        const mission = "kitty-specs/001-first";
        assert.equal(await mode(`${mission}/meta.json`), file);
        assert.equal(await mode(`${mission}/spec.md`), file);
        assert.equal(await mode(mission), directory);
      }));
  }

  Deno.test("a host's data is open to no other user", () =>
    withWorld(async (world) => {
      const data = `${world.home}/data`;
      const add = ["host", "user", "add", "ada", "--data", data];
      assert.equal(await open(world, add, "correct horse battery\n"), 0);
      assert.deepEqual(await openTo(data), []);
    }));

  Deno.test("credentials behind a link are written where they are, and stay closed", () =>
    withWorld(async (world) => {
      const target = `${world.home}/vault/credentials`;
      const link = `${world.home}/.spec-kitty/credentials`;
      await Deno.mkdir(`${world.home}/vault`);
      await Deno.writeTextFile(target, "# mine\n", { mode: 0o644 });
      await Deno.symlink(target, link);
      assert.equal(await open(world, LOGIN, "demo\n"), 0);
      assert.equal((await Deno.lstat(link)).isSymlink, true);
      assert.match(await Deno.readTextFile(target), /^# mine\n[^]*access = "tka_/);
      assert.equal(((await Deno.stat(target)).mode ?? 0) & 0o777, 0o600);
    }));
}
