import { plain } from "./run.ts";

/** Milliseconds in which some test ends, also on a slow machine: the longest takes a fourth of it at most. */
const QUIET_MS = 480_000;

/**
 * Returns what gets all that a run of tests prints, part by part, and says whether the run is stuck: no test has ended
 * for eight minutes. How long one test takes depends on what else the machine does; as long as others end, all is well.
 */
export function watchForStuck(now = () => performance.now()): (part: string) => boolean {
  let since = now();
  let last = "";
  return (part) => {
    const text = plain(last + part);
    const isProgress = / \.\.\. (?:ok|FAILED|ignored) \(/.test(text);
    if (isProgress) since = now();
    last = isProgress ? "" : text.slice(text.lastIndexOf("\n") + 1);
    return now() - since > QUIET_MS;
  };
}

/** The tests of which Deno says that they run for long, and not that they have ended. */
export function stuckTests(output: string): string[] {
  const open = new Set<string>();
  for (const line of plain(output).split("\n")) {
    const [, long] = /'(.+)' has been running for over \(/.exec(line) ?? [];
    if (long !== undefined) open.add(long);
    const [, ended] = /^\S+ => (.+) \.\.\. (?:ok|FAILED)/.exec(line) ?? [];
    if (ended !== undefined) open.delete(ended);
  }
  return [...open];
}
