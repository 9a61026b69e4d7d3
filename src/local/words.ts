import type { IssueType, Priority, Status } from "../contract/issue.ts";

/** A tool's words for one field, both ways. */
export interface WordTable<Canonical extends string | number> {
  /** What each word of the tool means. */
  readonly toCanonical: Readonly<Record<string, Canonical>>;
  /** How the tool says it; `null` where it has no word. */
  readonly toForeign: (canonical: Canonical) => string | null;
}

/** All words of a tool that have to be mapped. */
export interface ToolWords {
  readonly status: WordTable<Status>;
  /** `null` for a tool without types. */
  readonly issueType: WordTable<IssueType> | null;
  readonly priority: WordTable<Priority>;
}

/** The words of `bd`. It has no word for a review, for giving up, or for an unset priority. */
export const BEADS_WORDS: ToolWords & { readonly issueType: WordTable<IssueType> } = {
  status: {
    toCanonical: {
      open: "todo",
      in_progress: "in_progress",
      blocked: "blocked",
      deferred: "todo",
      closed: "done",
      pinned: "todo",
      hooked: "in_progress",
    },
    toForeign: (status) =>
      ({
        todo: "open",
        in_progress: "in_progress",
        in_review: null,
        blocked: "blocked",
        done: "closed",
        canceled: null,
      })[status],
  },
  issueType: {
    toCanonical: {
      bug: "bug",
      feature: "story",
      task: "task",
      epic: "epic",
      chore: "chore",
      story: "story",
      decision: "task",
      message: "task",
      molecule: "epic",
      gate: "task",
      spike: "task",
      milestone: "epic",
      agent: "task",
      convoy: "epic",
      event: "task",
    },
    toForeign: (type) =>
      ({
        epic: "epic",
        story: "feature",
        task: "task",
        bug: "bug",
        chore: "chore",
        subtask: null,
      })[type],
  },
  priority: {
    toCanonical: { "0": 1, "1": 2, "2": 3, "3": 4, "4": 4 },
    toForeign: (priority) => ({ 0: null, 1: "0", 2: "1", 3: "2", 4: "3" })[priority],
  },
};

/** The words of `fp`. It has no types, and no word to take a priority away again. */
export const FP_WORDS: ToolWords = {
  issueType: null,
  status: {
    toCanonical: { todo: "todo", "in-progress": "in_progress", done: "done" },
    toForeign: (status) =>
      ({
        todo: "todo",
        in_progress: "in-progress",
        in_review: null,
        blocked: null,
        done: "done",
        canceled: null,
      })[status],
  },
  priority: {
    toCanonical: { none: 0, critical: 1, high: 2, medium: 3, low: 4 },
    toForeign: (priority) =>
      ({ 0: null, 1: "critical", 2: "high", 3: "medium", 4: "low" })[priority],
  },
};

/** The status a word means: the table's, else the one whose usual words it is made of, else `todo`. */
export function statusOf(table: WordTable<Status>, word: string): Status {
  return known(table, word) ?? nearestStatus(word) ?? "todo";
}

/** The status that a tracker's word is most likely to mean; `null` for a word that tells nothing. */
export function nearestStatus(word: string): Status | null {
  return nearest(NEAR_STATUSES, word) ?? null;
}

/** The type a word means: the table's, else the one whose usual words it is made of, else `task`. */
export function issueTypeOf(table: WordTable<IssueType>, word: string): IssueType {
  return known(table, word) ?? nearest(NEAR_TYPES, word) ?? "task";
}

/** The priority a word means: the table's, else unset. */
export function priorityOf(table: WordTable<Priority>, word: string): Priority {
  return known(table, word) ?? 0;
}

function known<C extends string | number>(table: WordTable<C>, word: string): C | undefined {
  return Object.hasOwn(table.toCanonical, word) ? table.toCanonical[word] : undefined;
}

const NEAR_STATUSES: readonly (readonly [RegExp, Status])[] = [
  // Says what has not come about yet, such as `unresolved`; `under review` and `unverified` say where it is.
  [/^(not |in(complet|activ)|un(?!der|veri|test|review|approv))/, "todo"],
  [/cancel|reject|abandon|wont|won't|duplicate|obsolete|invalid/, "canceled"],
  [/review|verif|test|\bqa\b|approv/, "in_review"],
  [/block|wait|hold|stuck|paus/, "blocked"],
  [/done|clos|complet|finish|resolv|ship|merg|fixed|deliver/, "done"],
  [/^(to ?do|open|new|backlog|triage|ready|selected|planned|reopen)/, "todo"],
  [/progress|doing|active|start|\bwip\b|develop|working|claim/, "in_progress"],
];

const NEAR_TYPES: readonly (readonly [RegExp, IssueType])[] = [
  [/sub ?task/, "subtask"],
  [/bug|defect|fault|incident|regression/, "bug"],
  [/epic|initiative|theme|project/, "epic"],
  [/story|feature|enhancement|requirement/, "story"],
  [/chore|maintenance|cleanup|refactor/, "chore"],
];

function nearest<T>(patterns: readonly (readonly [RegExp, T])[], word: string): T | undefined {
  const plain = word.toLowerCase().replaceAll(/[_-]/g, " ");
  return patterns.find(([pattern]) => pattern.test(plain))?.[1];
}
