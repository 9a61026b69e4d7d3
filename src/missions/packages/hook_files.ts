import { join, resolveFrom } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { openGit } from "../git_command.ts";
import { type HookedText, withBlock, withoutBlock } from "./hook_block.ts";
import { workerScript } from "./hook_worker.ts";

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

/** What hooks are installed with. */
export interface HookOptions {
  readonly platform: Pick<Platform, "files" | "processes">;
  /** The project's root. */
  readonly root: string;
  /** The program, as the shell starts it: its path, or a name on the `PATH`. */
  readonly program: string;
}

/** Reads and writes hooks; nothing else lies in the same directory under these names. */
const MAX_HOOK_BYTES = 1_048_576;

/**
 * Has the repository's hooks push work packages in the background. A hook that is there keeps all that it does: a marked
 * block is added behind its first line.
 *
 * @throws {TrackerError} `no_repository`, `hooks_elsewhere`.
 */
export async function installHooks(options: HookOptions): Promise<HooksReport> {
  const { platform: { files }, program } = options;
  const place = await hookPlace(options);
  await files.writeAtomic(place.script, workerScript(program, place.project), {
    mode: 0o755,
    within: place.common,
  });
  const hooks = await each(
    options,
    place,
    (before) => withBlock(before, place.script),
    "installed",
  );
  return { directory: place.directory, hooks, log: place.log };
}

/**
 * Takes the blocks away again; what else is in the hooks stays, byte for byte.
 *
 * @throws {TrackerError} `no_repository`, `hooks_elsewhere`.
 */
export async function removeHooks(options: HookOptions): Promise<HooksReport> {
  const { files } = options.platform;
  const place = await hookPlace(options);
  const hooks = await each(options, place, withoutBlock, "removed");
  for (const path of [place.script, place.log]) await files.remove(path, { within: place.common });
  return { directory: place.directory, hooks, log: place.log };
}

interface HookPlace {
  readonly directory: string;
  /** What the directory of the hooks must not leave. */
  readonly within: string;
  /** The git directory that all worktrees share. */
  readonly common: string;
  readonly script: string;
  readonly log: string;
  /** The project's directory from the top of a work tree; empty at the top. */
  readonly project: string;
}

async function hookPlace({ platform, root }: HookOptions): Promise<HookPlace> {
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
  const { files } = platform;
  const [realTop, realCommon] = [
    await files.realPath(top) ?? top,
    await files.realPath(resolveFrom(root, common)) ?? resolveFrom(root, common),
  ];
  const named = resolveFrom(root, hooks);
  const directory = await files.realPath(named) ?? named;
  const within = [realCommon, realTop].find((place) => isInside(directory, place));
  if (within === undefined) {
    throw new TrackerError({
      code: "hooks_elsewhere",
      message: `The hooks of this repository are in ${directory}, outside of the project`,
      nextAction: "Other projects may use them, too: call `tracker wp push` from there yourself.",
    });
  }
  return {
    directory,
    within,
    common: realCommon,
    script: join(realCommon, "tracker-wp-push.sh"),
    log: join(realCommon, "tracker-wp-push.log"),
    project: prefix.replace(/\/$/, ""),
  };
}

function isInside(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

async function each(
  { platform: { files } }: HookOptions,
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
