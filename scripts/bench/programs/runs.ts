/** What one run of a program has come to. */
export interface Ran {
  /** Issues that were stored. */
  readonly issues: number;
  /** The largest resident size of the process so far, in MB. */
  readonly peakMb: number;
}

/** Has each request to an address, which is printed, run `work` once; it returns how many issues it has stored. */
export function serveRuns(work: () => Promise<number>): void {
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
  }, async () => {
    const issues = await work();
    const ran: Ran = { issues, peakMb: await peakMb() };
    return Response.json(ran);
  });
}

/** The largest resident size of this process so far, in MB. */
export async function peakMb(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  const kb = /VmHWM:\s*(\d+) kB/.exec(status)?.[1];
  return kb === undefined ? Deno.memoryUsage().rss / 1e6 : Number(kb) / 1000;
}
