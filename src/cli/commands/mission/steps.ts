import type { MissionFromTicket } from "../../../missions/start_mission.ts";
import type { TakenTicket, TakeOutcome } from "../../../missions/take_ticket.ts";

/** One step of a start as the command's JSON has it. */
export interface StepJson {
  readonly step: "branch" | "mission" | "origin" | "commit" | "status" | "assignee";
  readonly outcome: "done" | "already" | "left" | "waiting" | "failed" | "not_asked";
  /** What it came to, or why it did not; `null` where there is nothing to say. */
  readonly detail: string | null;
}

/** The steps of a start, in their order. */
export function stepsJson(
  started: MissionFromTicket,
  taken: TakenTicket | null,
): readonly StepJson[] {
  const { branch, resumed, commit, commitFault, originTicket } = started;
  return [
    branch === null
      ? { step: "branch", outcome: "not_asked", detail: null }
      : { step: "branch", outcome: branch.isNew ? "done" : "already", detail: branch.name },
    { step: "mission", outcome: resumed ? "already" : "done", detail: started.featureSlug },
    { step: "origin", outcome: "done", detail: originTicket.external_issue_key },
    commit.kind === "committed"
      ? { step: "commit", outcome: "done", detail: commit.commit }
      : commit.reason === "not_asked"
      ? { step: "commit", outcome: "not_asked", detail: null }
      : { step: "commit", outcome: "failed", detail: commitFault ?? commit.reason },
    takenJson("status", taken?.status ?? null),
    takenJson("assignee", taken?.assignee ?? null),
  ];
}

function takenJson(step: "status" | "assignee", taken: TakeOutcome | null): StepJson {
  if (taken === null) return { step, outcome: "not_asked", detail: null };
  const detail = taken.kind === "done" || taken.kind === "already" ? taken.value : taken.reason;
  return { step, outcome: taken.kind, detail };
}

/** Whether a step did not do what was asked of it. */
export function hasFailed({ commitFault }: MissionFromTicket, taken: TakenTicket | null): boolean {
  const steps = taken === null ? [] : [taken.status, taken.assignee];
  return commitFault !== null ||
    steps.some(({ kind }) => kind === "failed" || kind === "waiting");
}

/** What became of a ticket, in words. */
export function stepLines(
  key: string,
  taken: TakenTicket | null,
): readonly { readonly line: string; readonly isFault: boolean }[] {
  if (taken === null) return [];
  const lines = [
    { outcome: taken.status, done: () => `${key} is in progress`, what: "move to in progress" },
    {
      outcome: taken.assignee,
      done: (value: string) => `${key} is assigned to ${value}`,
      what: "assign to you",
    },
  ];
  const faults = lines.map(({ outcome, done, what }) => {
    if (outcome.kind === "done") return { line: done(outcome.value), isFault: false };
    if (outcome.kind === "already") {
      return { line: `${done(outcome.value)} already`, isFault: false };
    }
    const { kind, reason } = outcome;
    if (kind === "left") return { line: `did not ${what}: ${reason}`, isFault: false };
    return kind === "waiting"
      ? { line: `${what} waits for \`tracker sync push\`: ${reason}`, isFault: true }
      : { line: `could not ${what}: ${reason}`, isFault: true };
  });
  return faults;
}
