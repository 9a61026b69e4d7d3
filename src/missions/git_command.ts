import type { Platform } from "../platform/platform.ts";

/** What a git command came to. */
export interface GitResult {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Git in one directory. */
export interface Git {
  /** Runs a git command; its exit code is the caller's to judge. */
  run(args: readonly string[], options?: { readonly stdin?: string }): Promise<GitResult>;
}

/** Commit hooks may run a whole test suite. */
const TIMEOUT_MS = 10 * 60_000;

/**
 * Keeps git from taking a directory for a repository by what it holds: a clone may bring one, and its configuration
 * names programs that git runs. Git before 2.38 does not know the setting.
 */
const ONLY_OWN = ["-c", "safe.bareRepository=explicit"] as const;

/** Git in `directory`: in English, and never asking. */
export function openGit(platform: Pick<Platform, "processes">, directory: string): Git {
  return {
    async run(args, options = {}) {
      const result = await platform.processes.run({
        command: "git",
        args: ["-C", directory, ...ONLY_OWN, ...args],
        env: { LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" },
        timeoutMs: TIMEOUT_MS,
        ...options,
      });
      const decoder = new TextDecoder();
      return {
        code: result.code,
        stdout: decoder.decode(result.stdout),
        stderr: decoder.decode(result.stderr),
      };
    },
  };
}
