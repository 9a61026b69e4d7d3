import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import { isAbsolute, join, resolveFrom } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import type { Tool } from "./tool.ts";

/** Whether the installed `bd` writes under preconditions: `--if-status` and `--if-assignee` of `bd update`. */
export interface Preconditions {
  /** Returns whether it knows them. The help is read once for each version of the file. */
  areKnown(): Promise<boolean>;
  /** Forgets the answer: the tool has turned such a call away after all. */
  forget(): Promise<void>;
}

/** What is needed to find out. */
export interface PreconditionsOptions {
  readonly platform: Pick<Platform, "files" | "env" | "system">;
  readonly tool: Tool;
  /** The executable: a name looked up on the path, or a path. */
  readonly command: string;
  /** The directory it runs in. */
  readonly cwd: string;
  /** Where the answer is kept. */
  readonly path: string;
}

const KnownSchema = v.object({ file: v.string(), preconditions: v.boolean() });
const MAX_BYTES = 16 * 1024;

/** Finds out what `bd` knows of preconditions, and keeps the answer with path, size and time of the file. */
export function preconditionsOf(options: PreconditionsOptions): Preconditions {
  const { platform: { files }, tool, path } = options;
  let known: boolean | null = null;
  return {
    async areKnown() {
      if (known !== null) return known;
      const file = await identityOf(options);
      const kept = file === null ? null : await keptAnswer(options);
      if (kept !== null && kept.file === file) return known = kept.preconditions;
      const outcome = await tool.call({ verb: "update --help", args: ["update", "--help"] });
      // A help that cannot be had promises nothing.
      const help = outcome.kind === "ok" ? new TextDecoder().decode(outcome.stdout) : "";
      known = /--if-status\b/.test(help) && /--if-assignee\b/.test(help);
      if (file !== null) {
        const text = `${JSON.stringify({ file, preconditions: known })}\n`;
        await files.writeAtomic(path, text, { mode: 0o600 });
      }
      return known;
    },
    async forget() {
      known = false;
      await files.remove(path);
    },
  };
}

async function keptAnswer({ platform: { files }, path }: PreconditionsOptions) {
  const text = await files.readText(path, { maxBytes: MAX_BYTES });
  try {
    const parsed = parseWith(KnownSchema, JSON.parse(text ?? "null"));
    return parsed.ok ? parsed.value : null;
  } catch {
    // What is no JSON is replaced.
    return null;
  }
}

/** Path, size and time of the executable as one text; `null` when it is not found, or may not be looked at. */
async function identityOf(
  { platform, command, cwd }: PreconditionsOptions,
): Promise<string | null> {
  const { env, files, system } = platform;
  const isWindows = system.os === "windows";
  const places = /[/\\]/.test(command)
    ? [resolveFrom(cwd, command)]
    : (env.get("PATH") ?? "").split(isWindows ? ";" : ":").filter(isAbsolute).flatMap((place) =>
      (isWindows ? ["", ".exe", ".cmd", ".bat"] : [""]).map((end) => join(place, command + end))
    );
  for (const place of places) {
    try {
      const facts = await files.stat(place);
      if (facts?.kind === "file") return JSON.stringify([place, facts.size, facts.modifiedAt]);
    } catch {
      // Without the permission to look, the help is read again by each sync.
      return null;
    }
  }
  return null;
}
