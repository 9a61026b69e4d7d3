import assert from "node:assert/strict";
import { withWorld, type World } from "../support/world.ts";

/** A config as people have it: comments, keys of other programs, quotes of their own. */
export function config(slug: string, tracker = ""): string {
  return [
    "# Who we are.",
    "project:",
    "  uuid: 550e8400-e29b-41d4-a716-446655440000",
    `  slug: ${slug}   # as in the address`,
    "  node_id: a1b2c3d4e5f6",
    "  build_id: 6fa459ea-ee8a-4ca4-894e-db77e160355e",
    "  colour: 'green'",
    "",
    'vcs: {type: "git", hooks: [ a,b ]}   # not ours',
    ...tracker === "" ? [] : [tracker.trimEnd()],
    "# the end",
    "",
  ].join("\n");
}

/** The section a binding to Engineering makes. */
export function engineering(ref: string): string {
  return [
    "tracker:",
    "  provider: linear",
    `  binding_ref: ${ref}`,
    '  display_label: "Engineering (ENG)"',
    "  provider_context: {team_name: Engineering, team_key: ENG, workspace_name: Acme Corp, workspace: acme}",
    "",
  ].join("\n");
}

/** The only mapping the host has issued. */
export async function issuedRef(world: World): Promise<string> {
  const { mappings } = await world.look("mappings");
  assert.equal(mappings.length, 1);
  return mappings[0].binding_ref;
}

/** Runs the command and requires that it fails, without a word on standard output. */
export async function refused(world: World, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await world.run(args);
  assert.equal(code, 1, stderr);
  assert.equal(stdout, "");
  return stderr;
}

/** The path of each request to the tracker, without the common start. */
export async function trackerCalls(world: World): Promise<string[]> {
  return (await world.requests()).filter((line) => line.includes("/tracker/"))
    .map((line) => line.replace("/api/v1/tracker/", ""));
}

/** The query of the last request to the tracker. */
export async function lastQuery(world: World): Promise<unknown> {
  const { requests } = await world.look("requests");
  return requests.findLast(({ path }: { path: string }) => path.includes("/tracker/")).query;
}

export function scenario(name: string, test: (world: World) => Promise<void>): void {
  Deno.test(name, () =>
    withWorld(async (world) => {
      await world.signIn();
      await world.forgetRequests();
      await test(world);
    }));
}

/** A config of before there were binding references. */
export const LEGACY = "tracker:\n  provider: linear\n  project_slug: my-project # old way\n";
