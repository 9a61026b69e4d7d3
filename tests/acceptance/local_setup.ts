import assert from "node:assert/strict";
import { installStandIn, type StandIn } from "../standins/stand_in.ts";
import { withWorld, type World } from "../support/world.ts";

/** A signed-in user's project and a tool that is not bound yet. */
export interface LocalWorld {
  readonly world: World;
  readonly tool: StandIn;
  /** Binds, every field shared unless said otherwise; answers standard output. */
  bind(...more: string[]): Promise<string>;
}

/**
 * Runs a test with real processes in a project with a stand-in. A host runs, is configured and has a session,
 * so that a request to it would succeed; at the end it must not have seen one.
 */
export function inProject(
  tool: "bd" | "fp",
  test: (project: LocalWorld) => Promise<void>,
): Promise<void> {
  return withWorld(async (world) => {
    await world.signIn();
    await world.forgetRequests();
    const standIn = installStandIn(world.home, tool);
    await test({
      world,
      tool: standIn,
      bind: (...more) =>
        world.ok(
          ...["bind", "-p", tool === "bd" ? "beads" : "fp", "--workspace", "main"],
          ...["--credential", `command=${standIn.command}`],
          ...["--credential", `cwd=${standIn.cwd}`],
          ...(more.length === 0 ? ["--doctrine-mode", "split_ownership"] : more),
        ),
    });
    assert.deepEqual(await world.requests(), []);
    for (const name of ["daemon.json", "daemon.lock", "queues", "queue.db"]) {
      await assert.rejects(
        Deno.stat(`${world.home}/.spec-kitty/tracker/${name}`),
        Deno.errors.NotFound,
      );
    }
  }, { backgroundDaemon: "auto" });
}

/** Runs a command that must end with exit code 1 or 2; answers what it says. */
export async function refused(world: World, code: number, ...args: string[]): Promise<string> {
  const result = await world.run(args);
  assert.deepEqual([result.code, result.stdout], [code, ""], `${args.join(" ")}: ${result.stderr}`);
  return result.stderr;
}

/** Every file below the directory with its content, but for locks. */
export async function filesBelow(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) {
      for (const [name, text] of await filesBelow(path)) found.set(name, text);
    } else if (!path.endsWith(".lock")) found.set(path, await digest(path));
  }
  return found;
}

/** Titles of the tool's issues, sorted. */
export function titles(tool: StandIn): unknown[] {
  return tool.issues().map((issue) => issue["title"]).sort();
}

/** Short, so that a difference can be read. */
async function digest(path: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(hash).toHex().slice(0, 12);
}

const PAGE = await Deno.readTextFile(new URL("../../docs/local-json.md", import.meta.url));

/** The example of a name on the page of JSON documents. */
export function example(name: string): ReturnType<typeof JSON.parse> {
  const body = new RegExp("```json " + name + "\\n([\\s\\S]*?)\\n```").exec(PAGE)?.[1];
  assert.ok(body !== undefined, `the page has no example "${name}"`);
  return JSON.parse(body);
}

/** The names and kinds of a document; lists by their first element, free maps and values left out. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (value === null || typeof value !== "object") return null;
  const free = ["provider_metadata", "from", "to", "base", "ours", "theirs", "field_owners", "ref"];
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, free.includes(key) ? null : shapeOf(one)])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
}
