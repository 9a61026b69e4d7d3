import { programUnderTest, READS_ITS_MODULES } from "../tests/support/world.ts";
import { argumentsOf, type PermissionRun } from "./permission_runs.ts";
import type { Stage } from "./permission_stage.ts";

/** How a run with certain flags ended. */
export interface ScopedResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The streams with numbers blotted out, so that two runs can be compared. */
  readonly lines: { readonly stdout: string; readonly stderr: string };
}

/** Prepares a run and makes it under just the flags of Deno given, and with leave to read the program itself. */
export async function runScoped(
  run: PermissionRun,
  stage: Stage,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ScopedResult> {
  await run.before?.(stage);
  const { world } = stage;
  const [program, ...words] = programUnderTest();
  // A set or all of them have it.
  const isWhole = flags.some((flag) => flag === "-A" || flag.startsWith("-P"));
  const granted = isWhole ? flags : [READS_ITS_MODULES, ...flags];
  const child = new Deno.Command(program, {
    args: [
      ...words.flatMap((word) => word === "-A" ? granted : [word]),
      ...await argumentsOf(run, stage),
    ],
    cwd: world.project,
    clearEnv: true,
    env: { ...world.env, ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(run.stdin ?? "")).catch(() => {});
  await writer.close().catch(() => {});
  const { serves } = run;
  const { stdout, stderr } = serves === undefined
    ? await toTheEnd(child)
    : await served(child, (written) => serves(stage, written));
  const { code } = await child.status;
  return {
    code,
    stdout,
    stderr,
    lines: { stdout: blotted(stdout), stderr: blotted(stderr) },
  };
}

interface Streams {
  readonly stdout: string;
  readonly stderr: string;
}

async function toTheEnd(child: Deno.ChildProcess): Promise<Streams> {
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { stdout, stderr };
}

/** What a server says. When it has said something it is used, and then asked to stop. */
async function served(
  child: Deno.ChildProcess,
  use: (written: string) => Promise<void>,
): Promise<Streams> {
  const patience = setTimeout(() => child.kill("SIGTERM"), PATIENCE_MS);
  let using: Promise<void> | null = null;
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    let text = "";
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      // One that lacks a permission says so and ends by itself.
      if (!text.startsWith("✗")) using ??= use(text).finally(() => stopped(child));
    }
    return text;
  };
  try {
    const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)]);
    await using;
    return { stdout, stderr };
  } finally {
    clearTimeout(patience);
  }
}

/** It may have ended by itself, for want of a permission. */
function stopped(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Milliseconds after which a server that has said nothing is asked to stop. */
const PATIENCE_MS = 120_000;

function blotted(text: string): string {
  return text.replace(/[0-9a-f]{6,}|\d+/gi, "#");
}
