import assert from "node:assert/strict";
import { withWorld, type World, type WorldOptions } from "./world.ts";

/** Runs a test in a world where the user is signed in and the project is bound to a Linear team. */
export async function withBoundWorld(
  test: (world: World) => Promise<void>,
  options: WorldOptions = {},
): Promise<void> {
  await withWorld(async (world) => {
    await world.signIn();
    await world.writeConfig("project:\n  slug: engineering\n");
    const { code, stderr } = await world.here(["bind", "-p", "linear"]);
    assert.equal(code, 0, stderr);
    await world.forgetRequests();
    await test(world);
  }, options);
}

/** Runs a command in this process, which must end with the code; answers what it wrote. */
export async function ends(
  world: World,
  code: number,
  args: readonly string[],
  options: Parameters<World["here"]>[1] = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const result = await world.here(args, options);
  assert.equal(result.code, code, `${args.join(" ")}: ${result.stdout}${result.stderr}`);
  return result;
}

/** Like {@link ends} with exit code 0 and `--json`; answers the document, which has a `schema` unless a host wrote it. */
export async function document(
  world: World,
  ...args: string[]
): Promise<ReturnType<typeof JSON.parse>> {
  const printed = JSON.parse((await ends(world, 0, [...args, "--json"])).stdout);
  if (args[0] !== "api") assert.equal(printed.schema, 1, `schema of ${args.join(" ")}`);
  return printed;
}

/** Like {@link ends} with `--json` for a failing command; answers the error. */
export async function failure(
  world: World,
  code: number,
  args: readonly string[],
  options: Parameters<World["here"]>[1] = {},
): Promise<ReturnType<typeof JSON.parse>> {
  const { stdout, stderr } = await ends(world, code, [...args, "--json"], options);
  assert.equal(stdout, "");
  assert.match(stderr, /^\{"error":.*\}\n$/, "one document on standard error, and nothing besides");
  return JSON.parse(stderr).error;
}

/** The bodies of the requests whose path ends so, oldest first. */
export async function bodies(
  world: World,
  path: string,
): Promise<ReturnType<typeof JSON.parse>[]> {
  const { requests } = await world.look("requests");
  return requests.filter((seen: { path: string }) => seen.path.endsWith(path))
    .map((seen: { body: unknown }) => seen.body);
}
