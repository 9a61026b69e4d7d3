import type { NormalizedIssue } from "../../src/contract/issue.ts";
import type { NewConflict, StoredConflict } from "../../src/store/conflicts.ts";
import { latestEdit, refusedEdits, refusedFields, shownIssue } from "../../src/store/edits.ts";
import type { IssueFilter } from "../../src/store/issue_filter.ts";
import { issueNotFound, type StoredIssue } from "../../src/store/issues.ts";
import type { SyncStore } from "../../src/sync/store.ts";

/** Everything that a store holds. */
interface Content {
  issues: Map<string, StoredIssue>;
  aliases: Map<string, string>;
  conflicts: StoredConflict[];
  lastConflict: number;
  mappings: Map<string, string>;
}

/** A store of plain data: what the engine needs and no more. `mapped` says where its mappings lead. */
export interface MemoryStore extends SyncStore {
  /** Maps a work package to an issue. */
  map(workPackage: string, id: string): void;
  /** The issue that a work package is mapped to. */
  mapped(workPackage: string): string | null;
}

/** Makes an empty store. */
export function memoryStore(): MemoryStore {
  let content: Content = {
    issues: new Map(),
    aliases: new Map(),
    conflicts: [],
    lastConflict: 0,
    mappings: new Map(),
  };
  let isInside = false;
  const load = (id: string) => copy(content.issues.get(id) ?? null);
  const byFold = (name: string, of: (stored: StoredIssue) => string | null | undefined) =>
    [...content.issues.values()].find((stored) => of(stored)?.toLowerCase() === name.toLowerCase());
  const find = (name: string) =>
    load(name) ?? copy(byFold(name, ({ issue }) => issue.ref.key) ?? null) ??
      copy(byFold(name, ({ issue }) => issue.ref.id) ?? null) ??
      load(content.aliases.get(name) ?? "");
  const require = (id: string) => {
    const stored = load(id);
    if (stored === null) throw issueNotFound(id);
    return stored;
  };
  const put = (stored: StoredIssue) => {
    content.issues.set(stored.issue.ref.id, copy(normal(stored)));
  };
  const pending = (among?: readonly string[]) =>
    [...content.issues.values()].filter(isPending).map(copy)
      .filter((stored) => among === undefined || among.includes(idOf(stored))).sort((a, b) =>
        (latestEdit(a.edits) ?? -1) - (latestEdit(b.edits) ?? -1) || compare(idOf(a), idOf(b))
      );
  const change = (id: number, to: Partial<StoredConflict>) => {
    content.conflicts = content.conflicts.map((one) => one.id === id ? { ...one, ...to } : one);
  };
  const add = (conflict: NewConflict, now: number) => {
    content.lastConflict++;
    content.conflicts.push(copy({
      times: { ours: null, theirs: null, seen: null },
      ...conflict,
      ...valuesOf(conflict),
      base: conflict.base ?? null,
      id: content.lastConflict,
      detectedAt: now,
      resolvedAt: conflict.taken === null ? null : now,
    }));
  };
  return {
    issues: {
      find,
      load,
      require,
      put,
      remove: (id) => void content.issues.delete(id),
      adopt(localId, stored) {
        content.issues.delete(localId);
        put(stored);
        content.aliases.set(localId, idOf(stored));
      },
      pending,
      pendingNaming: (id) =>
        pending().filter(({ issue }) => JSON.stringify(issue).includes(id))
          .sort((a, b) => compare(idOf(a), idOf(b))),
      refused: () =>
        [...content.issues.values()].sort((a, b) => compare(idOf(a), idOf(b)))
          .flatMap((stored) =>
            refusedFields(stored.edits).length === 0 ? [] : refusedEdits(stored)
          ),
    },
    conflicts: {
      record(conflict, now) {
        const open = content.conflicts.find((one) =>
          one.taken === null && one.issueId === conflict.issueId && one.field === conflict.field
        );
        if (open === undefined) return add(conflict, now);
        const { taken, times = { ours: null, theirs: null, seen: null } } = conflict;
        const resolvedAt = taken === null ? null : now;
        change(open.id, copy({ ...valuesOf(conflict), times, taken, resolvedAt }));
      },
      keep: add,
      load: (id) => copy(content.conflicts.find((one) => one.id === id) ?? null),
      open: (issueId) =>
        content.conflicts.filter((one) =>
          one.taken === null && (issueId === undefined || one.issueId === issueId)
        ).map(copy),
      list: () =>
        content.conflicts.map(copy).sort((a, b) =>
          Number(a.taken !== null) - Number(b.taken !== null) || b.id - a.id
        ),
      close: (id, taken, now) => change(id, { taken, resolvedAt: now }),
      rename(localId, id) {
        content.conflicts = content.conflicts.map((one) =>
          one.issueId === localId ? { ...one, issueId: id } : one
        );
      },
    },
    mappings: {
      rename(localId, id) {
        for (const [name, to] of content.mappings) {
          if (to === localId) content.mappings.set(name, id);
        }
      },
    },
    map: (workPackage, id) => void content.mappings.set(workPackage, id),
    mapped: (workPackage) => content.mappings.get(workPackage) ?? null,
    transaction(work) {
      if (isInside) return work();
      const before = structuredClone(content);
      isInside = true;
      try {
        return work();
      } catch (error) {
        content = before;
        throw error;
      } finally {
        isInside = false;
      }
    },
    get(name) {
      const stored = find(name);
      return stored === null ? null : shownIssue(stored);
    },
    list: (filter = {}) => listed([...content.issues.values()].map(shownIssue).map(copy), filter),
  };
}

/** What is kept of an issue: edits only while some wait. */
function normal(stored: StoredIssue): StoredIssue {
  return isPending(stored) ? stored : { ...stored, base: stored.issue, edits: {} };
}

function isPending({ issue, base, edits }: StoredIssue): boolean {
  return JSON.stringify(base) !== JSON.stringify(issue) ||
    Object.values(edits).some(({ sent }) => sent !== undefined);
}

function valuesOf({ ours, theirs }: NewConflict): { ours: unknown; theirs: unknown } {
  return { ours: ours ?? null, theirs: theirs ?? null };
}

function listed(issues: readonly NormalizedIssue[], filter: IssueFilter): NormalizedIssue[] {
  const text = filter.text?.trim().toLowerCase() ?? "";
  const isOneOf = <T>(names: readonly T[] | undefined, name: T) =>
    names === undefined || names.length === 0 || names.includes(name);
  return issues.filter(({ ref, title, body, status, issue_type }) =>
    isOneOf(filter.status, status) && isOneOf(filter.issueType, issue_type) &&
    [title, ref.id, ref.key, body].some((words) => (words ?? "").toLowerCase().includes(text))
  ).sort((a, b) =>
    Date.parse(b.updated_at) - Date.parse(a.updated_at) || compare(a.ref.id, b.ref.id)
  ).slice(0, filter.limit);
}

function idOf({ issue }: StoredIssue): string {
  return issue.ref.id;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** As a file would give it back: nothing that is changed later changes what is kept. */
function copy<T>(value: T): T {
  return structuredClone(value);
}
