/**
 * A host on what a directory or a PostgreSQL database holds. Prints its URL, and another that tells of its process:
 * `Usage`.
 */
import process from "node:process";
import { startHost } from "../../../src/server/serve.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { peakMb } from "./runs.ts";

/** What the process has needed. */
export interface Usage {
  /** The longest time since the last question in which it did nothing else, in ms; only what it computed counts. */
  readonly stallMs: number;
  /** Its largest resident size so far, in MB. */
  readonly peakMb: number;
}

const LOOK_EVERY_MS = 5;

if (import.meta.main) {
  const [place = ""] = Deno.args;
  const location = place.startsWith("postgres:") ? { databaseUrl: place } : { dataDir: place };
  const platform = systemPlatform();
  const rateLimit = { burst: 1e9, perSecond: 1e9 };
  const { url } = await startHost({ platform, ...location, rateLimit });
  const takeStall = watchStalls();
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) =>
      console.log(JSON.stringify({ url, usageUrl: `http://127.0.0.1:${port}` })),
  }, async () => Response.json({ stallMs: takeStall(), peakMb: await peakMb() }));
}

/** Looks how late a timer is. A process that waits for the processor is late, too: its own time is the most that counts. */
function watchStalls(): () => number {
  let longest = 0;
  let last = performance.now();
  let used = process.cpuUsage();
  setInterval(() => {
    const { user, system } = process.cpuUsage(used);
    const late = performance.now() - last - LOOK_EVERY_MS;
    longest = Math.max(longest, Math.min(late, (user + system) / 1000));
    used = process.cpuUsage();
    last = performance.now();
  }, LOOK_EVERY_MS);
  return () => {
    const taken = longest;
    longest = 0;
    return taken;
  };
}
