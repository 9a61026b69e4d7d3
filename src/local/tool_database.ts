import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import type { LocalProvider } from "../contract/providers.ts";
import { basename, dirname, isAbsolute, join, resolveFrom } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { sha256Hex } from "../platform/random.ts";
import type { Tool, ToolOutcome } from "./tool.ts";
import { answerElements } from "./tool_json.ts";

/** Where to look for the database of a tool. */
export interface DatabaseSearch {
  readonly platform: Pick<Platform, "files" | "env" | "system">;
  readonly provider: LocalProvider;
  readonly tool: Tool;
  /** The executable, which decides, too. */
  readonly command: string;
  /** The directory the tool runs in. */
  readonly cwd: string;
  /** The real git directory of the repository: `bd` finds the database of the main work tree by it. */
  readonly repository: string;
}

/**
 * Returns the tool's own database, as an absolute path: of `fp` the nearest directory with `.fp`, of `bd` what it says
 * itself. Two directories have the same database when this is the same.
 *
 * @throws {TrackerError} what a call of the tool throws, such as `tool_missing`; `tool_answer_unreadable`.
 */
export async function toolDatabase(search: DatabaseSearch): Promise<string> {
  const { platform: { files }, provider, cwd, tool } = search;
  const real = await files.realPath(cwd) ?? cwd;
  if (provider === "fp") return await nearestWith(files, real, ".fp") ?? real;
  for (const verb of ["where", "context"]) {
    const outcome = await tool.call({ verb, args: [verb, "--json"] });
    const path = namedDatabase(outcome);
    if (path === null) continue;
    const absolute = resolveFrom(cwd, path);
    return await namedInside(files, await files.realPath(absolute) ?? absolute);
  }
  // A version that knows neither of the two takes the nearest.
  return await namedInside(files, await nearestWith(files, real, ".beads") ?? real);
}

/**
 * Returns a digest of everything on this machine that the tool's answer follows from: while it stays the same, so does
 * the answer, and the tool need not be asked. Returns `null` where that cannot be seen.
 */
export async function databaseEvidence(
  search: Omit<DatabaseSearch, "tool">,
): Promise<string | null> {
  const { platform: { files, env, system }, provider, command, cwd, repository } = search;
  // A variable that may not be read could name another database.
  if (provider !== "beads" || system.permission("env") !== "granted") return null;
  try {
    const real = await files.realPath(cwd) ?? cwd;
    const home = env.get("HOME") ?? env.get("USERPROFILE") ?? "";
    const directories = new Set([...ancestors(real), dirname(repository), home]);
    const found: unknown[] = [command, cwd, real, VARIABLES.map((name) => env.get(name) ?? null)];
    for (const directory of directories) {
      const beads = join(directory, ".beads");
      const place = await files.realPath(beads);
      if (place !== null) found.push([place, await textsIn(files, beads)]);
    }
    found.push(await textsIn(files, join(home, ".config", "bd")));
    return await sha256Hex(JSON.stringify(found));
  } catch {
    // What cannot be read is no reason to fail: the tool is asked.
    return null;
  }
}

/** Variables that steer which database `bd` takes. */
const VARIABLES = [
  "BEADS_DIR",
  "BEADS_DB",
  "BD_DB",
  "GT_ROOT",
  "XDG_CONFIG_HOME",
  "BEADS_DOLT_DATA_DIR",
  "BEADS_DOLT_SERVER_DATABASE",
  "BEADS_DOLT_SERVER_HOST",
  "BEADS_DOLT_SERVER_MODE",
  "BEADS_DOLT_SERVER_PORT",
  "BEADS_DOLT_SERVER_SOCKET",
  "BEADS_DOLT_SHARED_SERVER",
  "BEADS_SHARED_SERVER_DIR",
  "BEADS_CENTRAL_CONFIG",
] as const;

/** Files that steer it. */
const STEERING = ["redirect", "metadata.json", "config.yaml", "config.local.yaml"] as const;

const MAX_STEERING_BYTES = 65_536;

async function textsIn(files: Platform["files"], directory: string): Promise<unknown> {
  return await Promise.all(
    STEERING.map((name) => files.readText(join(directory, name), { maxBytes: MAX_STEERING_BYTES })),
  );
}

const AnswerSchema = v.looseObject({
  path: v.optional(v.string()),
  database_path: v.optional(v.string()),
  beads_dir: v.optional(v.string()),
});

/** The directory that `bd` names; `null` where it says of no directory, such as a version without the call. */
function namedDatabase(outcome: ToolOutcome): string | null {
  if (outcome.kind === "failed") {
    if (/unknown command/i.test(outcome.message)) return null;
    throw outcome.error;
  }
  for (const element of answerElements(outcome.stdout)) {
    const parsed = element.kind === "value" ? parseWith(AnswerSchema, element.value) : null;
    if (parsed?.ok !== true) continue;
    const { path, beads_dir, database_path } = parsed.value;
    const directory = path ?? beads_dir ?? database_path ?? "";
    if (directory !== "") return directory;
  }
  return null;
}

const MetadataSchema = v.looseObject({ dolt_database: v.optional(v.string()) });

/** A directory of `bd` may lead to one of many databases; which one, it says in a file. */
async function namedInside(files: Platform["files"], directory: string): Promise<string> {
  const text = await files.readText(join(directory, "metadata.json"), {
    maxBytes: MAX_STEERING_BYTES,
  });
  if (text === null) return directory;
  const parsed = parseWith(MetadataSchema, jsonOrNull(text));
  const name = parsed.ok ? parsed.value.dolt_database ?? "" : "";
  return name === "" ? directory : `${directory}#${name}`;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function nearestWith(
  files: Platform["files"],
  start: string,
  name: string,
): Promise<string | null> {
  for (const directory of ancestors(start)) {
    const place = join(directory, name);
    if ((await files.stat(place))?.kind === "directory") {
      return await files.realPath(place) ?? place;
    }
  }
  return null;
}

function ancestors(start: string): string[] {
  const found = [start];
  for (let at = start; dirname(at) !== at && isAbsolute(at) && basename(at) !== "";) {
    at = dirname(at);
    found.push(at);
  }
  return found;
}
