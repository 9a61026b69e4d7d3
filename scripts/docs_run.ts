import { difference, type Page, type Step, stepsOf } from "./docs_steps.ts";
import { follow, type Outcome, type Server } from "./docs_world.ts";
import { gitHubOfPages } from "../tests/standins/github/of_pages.ts";
import { gitLabOfPages } from "../tests/standins/gitlab/of_pages.ts";
import { jiraOfPages } from "../tests/standins/jira/of_pages.ts";
import { linearOfPages } from "../tests/standins/linear/of_pages.ts";
import { startPostgres } from "../tests/support/postgres.ts";

/** Pages that are followed at the same time; their programs wait at times. */
const AT_ONCE = Math.max(3, navigator.hardwareConcurrency);

/**
 * Runs the commands of the pages and returns where the pages are not true, one line for each fault. With `write`,
 * the pages get what their commands print, and what is left are commands that fail.
 */
export async function runFaults(
  paths: readonly string[],
  root: URL,
  write: boolean,
): Promise<
  {
    readonly faults: readonly string[];
    readonly commands: number;
    readonly written: readonly string[];
  }
> {
  const written: string[] = [];
  const faults: string[] = [];
  let commands = 0;
  const waiting = [...paths];
  const worker = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const text = await Deno.readTextFile(new URL(path, root));
      const page = stepsOf(text);
      faults.push(...page.faults.map((fault) => `${path}:${fault}`));
      // The pages speak to a POSIX shell.
      if (page.steps.length === 0 || Deno.build.os === "windows") continue;
      const server = page.needs.has("postgresql")
        ? await startPostgres({ access: PASSWORDS })
        : null;
      if (page.needs.has("postgresql") && server === null) {
        console.log(`${path}: not run: PostgreSQL is not installed`);
        continue;
      }
      const outcomes = await followWith(page, server);
      commands += page.steps.length;
      const faultOf = write
        ? endingFault
        : (step: Step, outcome: Outcome) => wordsFault(step, outcome) ?? endingFault(step, outcome);
      faults.push(...faultsOf(page, outcomes, faultOf).map((fault) => `${path}:${fault}`));
      if (!write) continue;
      const changed = rewritten(text, page.steps, outcomes);
      if (changed === text) continue;
      await Deno.writeTextFile(new URL(path, root), changed);
      written.push(path);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { faults, commands, written };
}

/** Users of a page sign in with passwords, by which it can show how they are given. */
const PASSWORDS = ["host all tracker 127.0.0.1/32 scram-sha-256"];

/** A server to follow a page with, and to stop after it. */
interface OwnServer extends Server {
  stop(): Promise<void>;
}

/** A tracker to follow a page with, and to stop after it. */
interface OwnTracker {
  readonly port: number;
  stop(): Promise<void>;
}

/** What stands in for a tracker, and the port at which pages speak of it. */
const TRACKERS: Readonly<
  Record<string, { readonly port: string; start(): OwnTracker | Promise<OwnTracker> }>
> = {
  github: { port: "8788", start: gitHubOfPages },
  linear: { port: "8789", start: linearOfPages },
  gitlab: { port: "8790", start: gitLabOfPages },
  jira: { port: "8791", start: jiraOfPages },
};

async function followWith(page: Page, server: OwnServer | null): Promise<readonly Outcome[]> {
  const started: OwnTracker[] = [];
  const ports: Record<string, number> = {};
  try {
    for (const [name, { port, start }] of Object.entries(TRACKERS)) {
      if (!page.needs.has(name)) continue;
      const tracker = await start();
      started.push(tracker);
      ports[port] = tracker.port;
    }
    return await follow(page.steps, server, ports);
  } finally {
    for (const tracker of started) await tracker.stop();
    await server?.stop();
  }
}

function faultsOf(
  page: Page,
  outcomes: readonly Outcome[],
  faultOf: (step: Step, outcome: Outcome) => string | null,
): string[] {
  return page.steps.flatMap((step, index) => {
    const outcome = outcomes[index];
    const fault = outcome === undefined ? null : faultOf(step, outcome);
    return fault === null ? [] : [`${step.line}: \`${step.command.split("\n")[0]}\`: ${fault}`];
  });
}

/** Returns where a step printed something else than its page says. */
function wordsFault(step: Step, { lines }: Outcome): string | null {
  return step.expected === null ? null : difference(step.expected, lines);
}

/** Returns how a step ended otherwise than its page says. */
function endingFault(step: Step, { lines, exitCode }: Outcome): string | null {
  if (exitCode === null) return "it did not end";
  if (step.exitCode === null || step.exitCode === exitCode) return null;
  const printed = step.expected === null ? `: ${lines.join("\n").trim()}` : "";
  return `it ended with exit code ${exitCode}, not ${step.exitCode}${printed}`;
}

/** The page with what its commands printed, where that differs. */
function rewritten(text: string, steps: readonly Step[], outcomes: readonly Outcome[]): string {
  const lines = text.split("\n");
  // From the end, so that the line numbers before stay true.
  for (let index = steps.length - 1; index >= 0; index--) {
    const [step, outcome] = [steps[index], outcomes[index]];
    if (step === undefined || outcome === undefined || step.expected === null) continue;
    if (wordsFault(step, outcome) === null) continue;
    const first = step.line - 1 + step.command.split("\n").length;
    lines.splice(first, step.expected.length, ...printed(outcome.lines));
  }
  return lines.join("\n");
}

/** What varies from run to run, as a page shows it. */
const VARIES: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "…"],
  [/\b((?:srm|op)_)[0-9A-Z]{26}\b/g, "$1…"],
  [/\b\d+ (?:seconds?|minutes?|hours?|days?) ago\b/g, "… ago"],
  [/\bgood for \d+ \w+/g, "good for …"],
  [/\brenewable for \d+ \w+/g, "renewable for …"],
  [/\bpid \d+/g, "pid …"],
  [/\blocal-[0-9a-f]{16}\b/g, "local-…"],
  [/\bin \d+ ms\b/g, "in … ms"],
  [/\bnode_id: "?[0-9a-f]{12}"?/g, "node_id: …"],
  [/\bcommitted as [0-9a-f]{10}\b/g, "committed as …"],
  [/\b01[0-9A-HJKMNP-TV-Z]{24}\b/g, "…"],
];

function printed(lines: readonly string[]): string[] {
  return lines.join("\n").replace(/^\n+|\s+$/g, "").split("\n").map((line) =>
    VARIES.reduce((text, [pattern, shown]) => text.replaceAll(pattern, shown), line.trimEnd())
  );
}
