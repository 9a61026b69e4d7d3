import assert from "node:assert/strict";
import { ends } from "../support/bound.ts";
import { processIn, programUnderTest, type World } from "../support/world.ts";
import { anIssue } from "../support/issues.ts";

/** A host as a process of its own, on the data of a directory. */
export interface HostProcess {
  readonly url: string;
  readonly child: Deno.ChildProcess;
  /** All that it wrote to standard error until its end. */
  readonly stderr: Promise<string>;
}

/** Starts `host serve` and waits until it serves. */
export async function serve(
  world: World,
  args: readonly string[],
  port = "0",
): Promise<HostProcess> {
  const child = start(world, args, port);
  const stderr = new Response(child.stderr).text();
  const url = await servedUrl(child, () => stderr);
  return { url, child, stderr };
}

function start(world: World, args: readonly string[], port: string): Deno.ChildProcess {
  const line = ["host", "serve", "--listen", `127.0.0.1:${port}`, "--json", ...args];
  return processIn(world, [...programUnderTest(), ...line]).spawn();
}

/** Starts `host serve` with a standard error that nobody reads any more. */
export async function serveUnread(
  world: World,
  args: readonly string[],
): Promise<Omit<HostProcess, "stderr">> {
  const child = start(world, args, "0");
  await child.stderr.cancel();
  return { url: await servedUrl(child, () => Promise.resolve("")), child };
}

async function servedUrl(child: Deno.ChildProcess, why: () => Promise<string>): Promise<string> {
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The host did not start: ${await why()}`);
    line += value;
  }
  await reader.cancel();
  return JSON.parse(line).url;
}

/** Ends a host at once. */
export async function kill({ child, stderr }: HostProcess): Promise<void> {
  child.kill("SIGKILL");
  await child.status;
  await stderr;
}

/** Ends a host as an administrator does; it must end well. */
export async function terminate({ child, stderr }: HostProcess): Promise<string> {
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
  return await stderr;
}

/** Adds the user and signs in at the host. */
export async function signIn(world: World, url: string): Promise<void> {
  world.env["SPEC_KITTY_SAAS_URL"] = url;
  const args = ["auth", "login", "--username", "ada@example.com", "--password-stdin"];
  await ends(world, 0, args, { stdin: "correct horse battery\n" });
}

/** A directory with a user in team `red`. */
export async function dataWithUser(world: World): Promise<string> {
  const data = `${world.home}/data`;
  const args = ["host", "user", "add", "ada@example.com", "--data", data, "--team", "red"];
  const { stdout } = await ends(world, 0, args, { stdin: "correct horse battery\n" });
  assert.equal(stdout, "✓ Added ada@example.com to team red as admin.\n");
  return data;
}

/** An issue of Jira as an import takes it. */
export function issue(id: string, over: Record<string, unknown> = {}): Record<string, unknown> {
  const ref = { system: "jira", workspace: "site", id, key: `WEB-${id}` };
  return { ...anIssue(id), ref, ...over };
}

/** Writes a file into the home directory; answers its path. */
export async function write(world: World, name: string, text: string): Promise<string> {
  const file = `${world.home}/${name}`;
  await Deno.writeTextFile(file, text);
  return file;
}
