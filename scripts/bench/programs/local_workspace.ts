import { systemPlatform } from "../../../src/platform/system.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import type { ProcessResult } from "../../../src/platform/processes.ts";
import { LocalTrackerService } from "../../../src/local/service.ts";
import { printPeak } from "./child.ts";
import { installStandIn, type StandIn } from "../../../tests/standins/stand_in.ts";

/** A user's home with a stand-in for `bd` that holds many issues. */
export interface Workspace {
  readonly home: string;
  readonly tool: StandIn;
  /** What `bd list --all` answers. */
  readonly listing: Uint8Array<ArrayBuffer>;
  /** A fresh project of that workspace with a cache of its own; see {@link project}. */
  project(listing?: Uint8Array<ArrayBuffer>): Promise<LocalTrackerService>;
}

/** Makes a workspace of `count` issues below `home`. */
export async function workspace(home: string, count: number): Promise<Workspace> {
  const tool = installStandIn(home, "bd");
  tool.setIssues(Array.from({ length: count }, (_, i) => issue(i)));
  const output = await new Deno.Command(tool.command, {
    args: ["list", "--all", "--limit", "0", "--json"],
    cwd: tool.cwd,
  }).output();
  let projects = 0;
  return {
    home,
    tool,
    listing: output.stdout,
    project: (listing) => project(`${home}/${projects++}`, tool, listing),
  };
}

/**
 * A bound project with a user directory of its own. With `listing` the tool is not started: every call
 * answers these bytes, so that what is measured is all but the tool.
 */
export async function project(
  home: string,
  tool: Pick<StandIn, "command" | "cwd">,
  listing?: Uint8Array<ArrayBuffer>,
): Promise<LocalTrackerService> {
  const real = systemPlatform();
  const answered: ProcessResult | null = listing === undefined
    ? null
    : { code: 0, stdout: listing, stderr: new Uint8Array() };
  const platform: Platform = {
    ...real,
    env: { get: (name) => name === "SPEC_KITTY_HOME" ? `${home}/user` : undefined },
    processes: answered === null
      ? real.processes
      : { ...real.processes, run: () => Promise.resolve(answered) },
  };
  const root = `${home}/project`;
  await Deno.mkdir(`${root}/.kittify`, { recursive: true });
  const service = new LocalTrackerService({ platform, root });
  await service.bind({
    provider: "beads",
    workspace: "bench",
    doctrineMode: "split_ownership",
    credentials: { command: tool.command, cwd: tool.cwd },
  });
  return service;
}

function issue(index: number): Record<string, unknown> {
  const at = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString().slice(0, 19);
  return {
    id: `bd-${(index * 7919 % 1_000_003).toString(36)}`,
    title: `Issue number ${index} of many`,
    description: "What is to be done, in some sentences.\nAnd why.\n".repeat(20),
    status: ["open", "in_progress", "closed", "hooked"][index % 4],
    priority: index % 5,
    issue_type: ["task", "bug", "feature", "convoy"][index % 4],
    owner: "ann@example.com",
    created_at: `${at}Z`,
    created_by: "Ann",
    updated_at: `${at}Z`,
    labels: ["core", `area-${index % 20}`],
  };
}

/** As a program: pulls all of the workspace at `<command> <cwd>` into `<home>`, prints the peak in kB. */
if (import.meta.main) {
  const [home = "", command = "", cwd = ""] = Deno.args;
  const service = await project(home, { command, cwd });
  const { created } = await service.pull();
  if (created === 0) throw new Error("Nothing was pulled");
  await printPeak();
}
