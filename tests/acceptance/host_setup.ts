import assert from "node:assert/strict";
import { ends } from "../support/bound.ts";
import { hasReplicas, replicaCount } from "../support/replica_count.ts";
import { type RoundRobin, startRoundRobin } from "../support/round_robin.ts";
import type { Line } from "../support/several_hosts.ts";
import { type Place, placed, processIn, programUnderTest, type World } from "../support/world.ts";
import { anIssue } from "../support/issues.ts";

/** A host as a process of its own, on the data of a directory; or several on one database. */
export interface HostProcess {
  readonly url: string;
  /** The process; the first of several. */
  readonly child: Deno.ChildProcess;
  /** All that it wrote to standard error until its end. */
  readonly stderr: Promise<string>;
  /** What stands for it in a run with several hosts; `null` in all others. */
  readonly replicas: { readonly hosts: readonly HostProcess[]; readonly front: RoundRobin } | null;
}

/** Starts `host serve` and waits until it serves. In a run with several hosts all of them start, unless they keep nothing. */
export async function serve(
  world: World,
  args: readonly string[],
  port = "0",
): Promise<HostProcess> {
  return hasReplicas() && !args.includes("--dev")
    ? await serveReplicas(world, await placed(args), Number(port))
    : await serveOne(world, args, port);
}

/** Starts a single host, in every run. */
export async function serveOne(
  world: Place,
  args: readonly string[],
  port = "0",
): Promise<HostProcess> {
  const child = start(world, args, port);
  const stderr = new Response(child.stderr).text();
  const url = await servedUrl(child, () => stderr);
  return { url, child, stderr, replicas: null };
}

async function serveReplicas(
  { project, env }: World,
  { args, env: more }: Line,
  port: number,
): Promise<HostProcess> {
  const place = { project, env: { ...env, ...more } };
  const first = await serveOne(place, args);
  // What is imported at the start is imported once.
  const importing = args.indexOf("--import");
  const others = importing < 0 ? args : args.toSpliced(importing, 2);
  const started = Array.from({ length: replicaCount() - 1 }, () => serveOne(place, others));
  const hosts = [first, ...await Promise.all(started)];
  const front = startRoundRobin(() => hosts.map(({ url }) => url), port);
  const stderr = Promise.all(hosts.map(({ stderr }) => stderr)).then((texts) => texts.join(""));
  return { url: front.url, child: first.child, stderr, replicas: { hosts, front } };
}

function start(world: Place, args: readonly string[], port: string): Deno.ChildProcess {
  const line = ["host", "serve", "--listen", `127.0.0.1:${port}`, "--json", ...args];
  return processIn(world, [...programUnderTest(), ...line]).spawn();
}

/** Starts `host serve` with a standard error that nobody reads any more. */
export async function serveUnread(
  world: World,
  args: readonly string[],
): Promise<Pick<HostProcess, "url" | "child">> {
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
export async function kill({ child, stderr, replicas }: HostProcess): Promise<void> {
  if (replicas !== null) {
    await Promise.all(replicas.hosts.map(kill));
    return await replicas.front.stop();
  }
  child.kill("SIGKILL");
  await child.status;
  await stderr;
}

/** Ends a host as an administrator does; it must end well. */
export async function terminate({ child, stderr, replicas }: HostProcess): Promise<string> {
  if (replicas !== null) {
    const said = await Promise.all(replicas.hosts.map(terminate));
    await replicas.front.stop();
    return said.join("");
  }
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

/** Serves `data`, signs in, and binds the project to the first resource of a provider; returns the host. */
export async function serveBound(
  world: World,
  data: string,
  provider: string,
): Promise<HostProcess> {
  const host = await serve(world, ["--data", data]);
  await signIn(world, host.url);
  await ends(world, 0, ["bind", "-p", provider, "--select", "1"]);
  return host;
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
