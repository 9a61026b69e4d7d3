import type { IssueType, Priority, Status } from "../../contract/issue.ts";
import { STATUSES } from "../../contract/issue.ts";
import type { Access } from "../remote.ts";
import type { JiraStatus, JiraType } from "./schemas.ts";

/** The connection's names of statuses at Jira for each status. */
export type StatusWords = Access["statusWords"];

/** Reads a status: as the connection's table says, else by its category, and within that by its name. */
export function statusIn({ name, statusCategory }: JiraStatus, words: StatusWords): Status {
  const folded = name.toLowerCase();
  const said = STATUSES.find((status) =>
    words[status]?.some((word) => word.toLowerCase() === folded)
  );
  if (said !== undefined) return said;
  switch (statusCategory?.key) {
    case "done":
      return CANCELED.test(name) ? "canceled" : "done";
    case "indeterminate":
      return /review/i.test(name) ? "in_review" : BLOCKED.test(name) ? "blocked" : "in_progress";
    default:
      return BLOCKED.test(name) ? "blocked" : "todo";
  }
}

const BLOCKED = /\b(?:blocked|on hold|impeded|waiting)\b/i;

const CANCELED =
  /cancel|won[’']?t|declin|reject|duplicate|obsolete|abandon|invalid|not (?:planned|doing)/i;

/** Reads a type: by its place in the hierarchy, and among the ordinary ones by its name. */
export function typeIn({ name, subtask, hierarchyLevel }: JiraType): IssueType {
  if (subtask || (hierarchyLevel ?? 0) < 0) return "subtask";
  if ((hierarchyLevel ?? 0) > 0 || EPIC.test(name)) return "epic";
  if (/\b(?:bug|defect|incident|problem)\b/i.test(name) || BUG.test(name)) return "bug";
  if (/\b(?:story|feature|improvement|enhancement)\b/i.test(name) || STORY.test(name)) {
    return "story";
  }
  return /\b(?:chore|maintenance|technical|debt)\b/i.test(name) ? "chore" : "task";
}

/** What types are called at sites that were set up in other languages. Older servers tell no level of an epic. */
const EPIC =
  /^(?:epic|epik|epos|épopée|epopeya|epopeia|épico|эпик|эпос|エピック|에픽|史诗(?:故事)?|史詩)$/iu;

const BUG =
  /^(?:fehler|bogue|anomalie|incidencia|error|erro|errore|fout|błąd|chyba|ошибка|баг|дефект|バグ|不具合|버그|缺陷|故障|错误|錯誤)$/iu;

const STORY =
  /^(?:récit(?: utilisateur)?|historia(?: de usuario)?|história|storia|verhaal|opowieść|история|ストーリー|스토리|故事)$/iu;

/** Returns the type of a project that a type is written as; `null` when it has none. One of just this name comes first. */
export function typeFor<T extends JiraType>(wanted: IssueType, types: readonly T[]): T | null {
  const fitting = types.filter((type) => typeIn(type) === wanted);
  const exact = fitting.find(({ name }) => name.toLowerCase().replaceAll(/[^a-z]/g, "") === wanted);
  // Above epics a site may have levels of its own.
  const level = (type: T) => Math.abs(type.hierarchyLevel ?? 0);
  return exact ?? fitting.toSorted((one, other) => level(one) - level(other))[0] ?? null;
}

/** What priorities are called, the usual name of each first. A scheme may have names of its own. */
const PRIORITY_NAMES: Readonly<Record<Priority, readonly string[]>> = {
  0: ["none", "unset", "undefined", "not set", "no priority", "unprioritized"],
  1: ["urgent", "highest", "critical", "blocker", "p0"],
  2: ["high", "major", "p1"],
  3: ["medium", "normal", "p2"],
  4: ["low", "lowest", "minor", "trivial", "p3", "p4"],
};

const NUMBERS = [0, 1, 2, 3, 4] as const;

/** Reads the name of a priority; 0 for one that says that there is none, and `null` for a name that means nothing here. */
export function priorityIn(name: string): Priority | null {
  const folded = name.trim().toLowerCase();
  return NUMBERS.find((priority) => PRIORITY_NAMES[priority].includes(folded)) ?? null;
}

/** Returns the name among these that a priority is written as; `null` when there is none. */
export function priorityFor(wanted: Priority, names: readonly string[]): string | null {
  for (const word of PRIORITY_NAMES[wanted]) {
    const found = names.find((name) => name.trim().toLowerCase() === word);
    if (found !== undefined) return found;
  }
  return null;
}
