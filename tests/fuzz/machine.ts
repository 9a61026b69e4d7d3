import type { Fetch } from "../../src/platform/platform.ts";
import type { Processes } from "../../src/platform/processes.ts";
import { type TestPlatform, testPlatform, type TestPlatformOptions } from "../support/platform.ts";

/** A machine that the inputs of a target share, one after the other. */
export interface FuzzMachine extends TestPlatform {
  /** Removes its files. */
  remove(): Promise<void>;
}

/** Makes a machine with a home directory of its own. */
export async function fuzzMachine(
  options: TestPlatformOptions & { readonly answer?: Fetch; readonly process?: Processes["run"] } =
    {},
): Promise<FuzzMachine> {
  const home = await Deno.makeTempDir({ prefix: "tracker-fuzz-" });
  const platform = testPlatform(home, options);
  const { answer, process } = options;
  return {
    ...platform,
    ...(answer === undefined ? {} : { fetch: answer }),
    ...(process === undefined ? {} : { processes: { ...platform.processes, run: process } }),
    remove: () => Deno.remove(home, { recursive: true }),
  };
}

/** The bytes of a file, or `null`. */
export async function bytesOf(path: string): Promise<Uint8Array | null> {
  return await Deno.readFile(path).catch(() => null);
}
