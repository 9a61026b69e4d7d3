import { NotCapableError } from "../../platform/not_capable.ts";
import { join, normalize, resolveFrom } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { type Git, openGit } from "../git_command.ts";
import { type HookedText, withBlock, withoutBlock } from "./hook_block.ts";
import { quoted, WORKER_FILE, workerScript } from "./hook_worker.ts";

/** The hooks that a push follows. */
export const PUSH_HOOKS = ["post-commit", "post-merge", "post-checkout"] as const;

/** What became of one hook. */
export interface HookOutcome {
  readonly hook: typeof PUSH_HOOKS[number];
  /** `kept`: as wanted before; `refused`: left alone, see `reason`. */
  readonly outcome: "installed" | "removed" | "kept" | "refused";
  /** Why it was left alone; `null` otherwise. */
  readonly reason: string | null;
}

/** What became of the hooks of a repository. */
export interface HooksReport {
  /** The directory of the hooks. */
  readonly directory: string;
  readonly hooks: readonly HookOutcome[];
  /** Where the last push from a hook says what it did. */
  readonly log: string;
}

/** What installing hooks has come to. */
export interface InstalledHooks extends HooksReport {
  /** What the hooks call: a path, or a name on the `PATH`. */
  readonly program: string;
  /** Whether the shell of git finds it now. */
  readonly isFound: boolean;
  /** Whether the hooks are files of the work tree, and may be under version control. */
  readonly isInWorkTree: boolean;
  /** The program that writes the hooks of this directory again whenever it runs; `null` where none is known. */
  readonly manager: "husky" | null;
}

/** What hooks are installed with. */
export interface HookOptions {
  readonly platform: Pick<Platform, "files" | "processes" | "system">;
  /** The project's root. */
  readonly root: string;
  /** The program, as the shell starts it: its path, or a name on the `PATH`. */
  readonly program: string;
}

/** What the place of the hooks is found with. */
type Machine = Omit<HookOptions, "program">;

/** Reads and writes hooks; nothing else lies in the same directory under these names. */
const MAX_HOOK_BYTES = 1_048_576;

/**
 * Has the repository's hooks push work packages in the background. A hook that is there keeps all that it does: a marked
 * block is added behind its first line.
 *
 * @throws {TrackerError} `no_repository`, `hooks_elsewhere`.
 */
export async function installHooks(options: HookOptions): Promise<InstalledHooks> {
  const { platform: { files }, program } = options;
  const place = await hookPlace(options);
  await files.writeAtomic(place.script, workerScript(program, place.project), {
    mode: 0o755,
    within: place.common,
  });
  const hooks = await each(options, place, withBlock, "installed");
  const { git, directory, log, common } = place;
  // The shell in which git runs aliases is the one in which it runs hooks.
  const found = await git.run(["-c", `alias.found=!command -v ${quoted(program)}`, "found"]);
  return {
    directory,
    hooks,
    log,
    program,
    isFound: found.code === 0,
    isInWorkTree: !isInside(directory, common),
    manager: /\/\.husky\/_$/.test(directory) ? "husky" : null,
  };
}

/**
 * Takes the blocks away again; what else is in the hooks stays, byte for byte.
 *
 * @throws {TrackerError} `no_repository`, `hooks_elsewhere`.
 */
export async function removeHooks(options: Machine): Promise<HooksReport> {
  const { files } = options.platform;
  const place = await hookPlace(options);
  const hooks = await each(options, place, withoutBlock, "removed");
  const { script, wanted, log, common } = place;
  for (const path of [script, wanted, log]) await files.remove(path, { within: common });
  return { directory: place.directory, hooks, log };
}

/**
 * The git directory of a linked worktree lies outside of the project, where a permission for the project does not reach.
 *
 * @throws {NotCapableError} Naming the whole directory: files in it are replaced by others beside them.
 */
function requireWritable({ platform: { system } }: Machine, path: string): void {
  const state = system.permission("write", path);
  if (state === "prompt" || state === "denied") throw new NotCapableError("write", path);
}

interface HookPlace {
  /** Git, in the project. */
  readonly git: Git;
  readonly directory: string;
  /** What the directory of the hooks must not leave. */
  readonly within: string;
  /** The git directory that all worktrees share. */
  readonly common: string;
  readonly script: string;
  /** The work trees that a push is still wanted for. */
  readonly wanted: string;
  readonly log: string;
  /** The project's directory from the top of a work tree; empty at the top. */
  readonly project: string;
}

async function hookPlace(options: Machine): Promise<HookPlace> {
  const { platform, root } = options;
  const git = openGit(platform, root);
  const asked = await git.run([
    "rev-parse",
    "--show-toplevel",
    "--git-common-dir",
    "--git-path",
    "hooks",
    "--show-prefix",
  ]);
  const [top, common, hooks, prefix = ""] = asked.stdout.split("\n");
  if (asked.code !== 0 || !top || !common || !hooks) {
    throw new TrackerError({
      code: "no_repository",
      message: "This project is in no git repository, so that there are no hooks",
      nextAction: "Run `git init` first, or push with `tracker wp push --watch`.",
    });
  }
  const real = async (path: string) => {
    const whole = resolveFrom(root, path);
    return normalize(await platform.files.realPath(whole) ?? whole);
  };
  requireWritable(options, resolveFrom(root, common));
  const [realTop, realCommon, directory] = [await real(top), await real(common), await real(hooks)];
  const within = [realCommon, realTop].find((place) => isInside(directory, place));
  if (within === undefined) {
    throw new TrackerError({
      code: "hooks_elsewhere",
      message: `The hooks of this repository are in ${directory}, outside of the project`,
      nextAction: "Other projects may use them, too: call `tracker wp push` from there yourself.",
    });
  }
  requireWritable(options, directory);
  return {
    git,
    directory,
    within,
    common: realCommon,
    script: join(realCommon, WORKER_FILE),
    wanted: join(realCommon, "tracker-wp-push.wanted"),
    log: join(realCommon, "tracker-wp-push.log"),
    project: prefix.replace(/\/$/, ""),
  };
}

function isInside(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

async function each(
  { platform: { files } }: Machine,
  { directory, within }: HookPlace,
  change: (before: string | null) => HookedText,
  done: "installed" | "removed",
): Promise<HookOutcome[]> {
  const outcomes: HookOutcome[] = [];
  for (const hook of PUSH_HOOKS) {
    const path = join(directory, hook);
    const facts = await files.stat(path);
    const before = facts === null ? null : await textOf(files, path);
    const isIdle = facts?.mode != null && (facts.mode & 0o111) === 0;
    const after: HookedText = before === false
      ? { kind: "refused", reason: "it is no text" }
      : isIdle && done === "installed"
      ? { kind: "refused", reason: "it is not executable, so that git does not run it" }
      : change(before);
    if (after.kind === "changed") {
      if (after.text === null) await files.remove(path, { within });
      else await files.writeAtomic(path, after.text, { mode: 0o755, within });
    }
    outcomes.push({
      hook,
      outcome: after.kind === "changed" ? done : after.kind,
      reason: after.kind === "refused" ? after.reason : null,
    });
  }
  return outcomes;
}

/** The text of a hook; `false` for one that is none. */
async function textOf(
  files: Pick<Platform["files"], "readBytes">,
  path: string,
): Promise<string | false> {
  const bytes = await files.readBytes(path, { maxBytes: MAX_HOOK_BYTES });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes ?? new Uint8Array());
  } catch {
    return false;
  }
}
