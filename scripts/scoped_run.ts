import { programUnderTest } from "../tests/support/world.ts";
import { argumentsOf, type PermissionRun, type Stage } from "./permission_runs.ts";

/** How a run with certain flags ended. */
export interface ScopedResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The streams with numbers blotted out, so that two runs can be compared. */
  readonly lines: { readonly stdout: string; readonly stderr: string };
}

/** Prepares a run and makes it under just the flags of Deno given. */
export async function runScoped(
  run: PermissionRun,
  stage: Stage,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ScopedResult> {
  await run.before?.(stage);
  const { world } = stage;
  const [program, ...words] = programUnderTest();
  const child = new Deno.Command(program, {
    args: [
      ...words.flatMap((word) => word === "-A" ? flags : [word]),
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
  const stderr = new Response(child.stderr).text();
  const stdout = run.serves ? await firstOutput(child) : await new Response(child.stdout).text();
  const { code } = await child.status;
  return {
    code,
    stdout,
    stderr: await stderr,
    lines: { stdout: blotted(stdout), stderr: blotted(await stderr) },
  };
}

/** What a server first says; it is then asked to stop. */
async function firstOutput(child: Deno.ChildProcess): Promise<string> {
  const patience = setTimeout(() => child.kill("SIGTERM"), 3000);
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (text === "") child.kill("SIGTERM");
    text += chunk;
  }
  clearTimeout(patience);
  return text;
}

function blotted(text: string): string {
  return text.replace(/[0-9a-f]{6,}|\d+/gi, "#");
}
