import { V8_FLAGS } from "../../compile.ts";

/** Prints the largest resident size this process had, in kB: the last thing a measured program does. */
export async function printPeak(): Promise<void> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  const peak = /VmHWM:\s*(\d+) kB/.exec(status)?.[1];
  console.log(peak ?? String(Math.round(Deno.memoryUsage().rss / 1024)));
}

/** The largest resident size, in MB, of a program beside this file that ends with {@link printPeak}. */
export async function peakOf(program: string, args: readonly string[]): Promise<number> {
  return await runFor(program, args) / 1000;
}

/** The number that a program beside this file prints. */
export async function runFor(program: string, args: readonly string[]): Promise<number> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", programUrl(program), ...args],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`The program ${program} failed`);
  return Number(new TextDecoder().decode(stdout));
}

/** A program that serves. */
export interface Server {
  /** The first line it has printed: where it listens. */
  readonly line: string;
  stop(): Promise<void>;
}

/** Starts a program and waits for its first line. */
export async function startProgram(
  program: URL | string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const url = typeof program === "string" ? programUrl(program) : program.href;
  const child = new Deno.Command(Deno.execPath(), {
    // With the memory of an executable.
    args: ["run", "-A", "--quiet", "--no-check", V8_FLAGS, url, ...args],
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    // A host says on it that it stops.
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`"${url}" ended before it served: ${line}`);
    line += value;
  }
  return {
    line: line.trim(),
    async stop() {
      child.kill("SIGTERM");
      await reader.cancel();
      await child.status;
    },
  };
}

/** Where a program beside this file is. */
export function programUrl(program: string): string {
  return new URL(`./${program}`, import.meta.url).href;
}
