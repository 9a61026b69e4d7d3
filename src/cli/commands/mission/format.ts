import { openEmitter } from "../../../events/open.ts";
import type { CommitOutcome, NoCommitReason } from "../../../missions/commit.ts";
import { type MissionEvents, missionEvents } from "../../../missions/mission_events.ts";
import type { Context } from "../../command/context.ts";

/** What is said of a mission that was not committed; `null`: it was the user's wish. */
const NOT_COMMITTED: Readonly<Record<NoCommitReason, string | null>> = {
  not_asked: null,
  no_git: "not committed: git was not found",
  no_repository: "not committed: the project is not a git repository",
  ignored: "not committed: git ignores `kitty-specs/`",
  failed: "not committed",
};

/** A commit in words, with a reason where there is none. */
export function commitWords(commit: CommitOutcome): string {
  if (commit.kind === "committed") return `committed as ${commit.commit.slice(0, 10)}`;
  return NOT_COMMITTED[commit.reason] ?? "not committed, as you asked";
}

/** A commit as the commands' JSON has it. */
export function commitJson(
  commit: CommitOutcome,
): { readonly id: string | null; readonly reason: NoCommitReason | null } {
  return commit.kind === "committed"
    ? { id: commit.commit, reason: null }
    : { id: null, reason: commit.reason };
}

/** Runs work that records events of missions, and closes the queue after it. */
export async function withMissionEvents<T>(
  context: Context,
  root: string,
  work: (events: MissionEvents) => Promise<T>,
): Promise<T> {
  const emitter = openEmitter({
    platform: context.platform,
    root,
    warn: (message) => context.output.warning(`Warning: ${message}`),
  });
  try {
    return await work(missionEvents(emitter));
  } finally {
    await emitter.close();
  }
}
