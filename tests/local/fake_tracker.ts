import type { NormalizedIssue } from "../../src/contract/issue.ts";
import { isoTime } from "../../src/platform/clock.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { type Connector, type ListPage, localIdOf } from "../../src/local/connector.ts";
import type { WriteFailure } from "../../src/sync/side.ts";
import {
  fieldsOf,
  patchedFields,
  pickFields,
  sameValue,
  type SyncField,
  withFields,
} from "../../src/sync/fields.ts";
import { VERSION_CONFLICT } from "../../src/local/tool.ts";
import { BEADS_WORDS } from "../../src/local/words.ts";
import { anIssue } from "../support/issues.ts";

/** A tracker in memory that behaves like the tools do, awkward parts included. */
export interface FakeTracker {
  readonly connector: Connector;
  /** What the tracker holds. */
  readonly issues: Map<string, NormalizedIssue>;
  /** Calls so far, such as `list` or `update x-1 title`. */
  readonly calls: string[];
  /** A person edits at the tracker; labels do not move `updated_at`. */
  edit(id: string, patch: Parameters<typeof withFields>[1]): void;
  /** A person gives an issue another id. */
  rename(id: string, to: string): void;
  /** A person makes an issue at the tracker. */
  add(id: string, changes?: Partial<NormalizedIssue>): NormalizedIssue;
}

/** How a fake tracker behaves. */
export interface FakeOptions {
  /** The tracker's own clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Called before and after each thing the tracker does; may throw. */
  readonly instant?: (what: string) => void;
  /** Whether a write fails, with the tool's message. */
  readonly failWrite?: (id: string, field: string) => string | null;
  readonly pageSize?: number;
  /** How many issues are read by one call. */
  readonly batch?: number;
  /** Whether the answer to a write that was made is lost. */
  readonly loseAnswer?: () => boolean;
  /** Whether a listing is cut off. */
  readonly cutOff?: () => boolean;
  /** Whether a write is answered with what it wrote. */
  readonly answers?: () => boolean;
  /** Fields that it compares with what they were when they were read, before it writes them. */
  readonly compares?: readonly SyncField[];
  /** Lists the oldest change first, and says how far it has come. */
  readonly inOrder?: boolean;
}

const never = () => false;

function isStale(field: SyncField, read: NormalizedIssue, now: NormalizedIssue): boolean {
  return !sameValue(field, fieldsOf(read)[field], fieldsOf(now)[field]);
}

/** The message of a write that failed without an answer. */
export const DIED = "ended by a signal";

/** Makes an empty tracker. */
export function fakeTracker(options: FakeOptions): FakeTracker {
  const { now, instant = () => {}, failWrite = () => null, loseAnswer = never } = options;
  const { cutOff = never, answers = never, compares = [] } = options;
  const { pageSize = 3, inOrder = false, batch = 1 } = options;
  const issues = new Map<string, NormalizedIssue>();
  const calls: string[] = [];
  let next = 1;
  // To the second, as the tools keep their times.
  const time = () => isoTime(Math.floor(now() / 1000) * 1000);
  const refTo = (id: string) => ({ system: "beads", workspace: "w", id });
  const store = (issue: NormalizedIssue) => {
    issues.set(issue.ref.id, { ...issue, labels: [...issue.labels].sort() });
  };
  const write = (id: string, patch: Parameters<typeof withFields>[1]) => {
    const before = issues.get(id);
    if (before === undefined) throw new TrackerError({ code: "tool_failed", message: "gone" });
    const moves = patchedFields(patch).some((field) => field !== "labels");
    store({ ...withFields(before, patch), updated_at: moves ? time() : before.updated_at });
  };
  const connector: Connector = {
    provider: "beads",
    workspace: "w",
    words: BEADS_WORDS,
    capabilities: {
      title: { write: "always" },
      body: { write: "always" },
      status: { write: "always" },
      issue_type: { write: "always" },
      priority: { write: "always" },
      assignees: { write: "always" },
      labels: { write: "always" },
      parent: { write: "always" },
      links: { write: "always" },
      custom_fields: { write: "never", reason: "no custom fields" },
    },
    traits: { silent: ["labels"], single: [] },
    async *list({ updatedSince }): AsyncGenerator<ListPage> {
      instant("list");
      calls.push(updatedSince === null ? "list" : `list ${updatedSince}`);
      const since = updatedSince === null ? -Infinity : Date.parse(updatedSince);
      const found = [...issues.values()].filter((issue) => Date.parse(issue.updated_at) > since);
      if (inOrder) found.sort((a, b) => a.updated_at < b.updated_at ? -1 : 1);
      if (cutOff()) {
        const part = found.slice(0, found.length >> 1);
        yield { issues: part, unreadable: [], through: null, cutOff: "it says so" };
        return;
      }
      for (let at = 0; at < found.length; at += pageSize) {
        yield await Promise.resolve({
          issues: found.slice(at, at + pageSize),
          unreadable: [],
          through: inOrder
            ? found[Math.min(at + pageSize, found.length) - 1]?.updated_at ?? null
            : null,
        });
        instant("page");
      }
    },
    get(id) {
      instant("get");
      calls.push(`get ${id}`);
      return Promise.resolve(issues.get(id) ?? null);
    },
    batch,
    getAll(ids) {
      instant("get all");
      calls.push(`get ${ids.join(" ")}`);
      const found = ids.flatMap((id) => issues.get(id) ?? []);
      return Promise.resolve(new Map(found.map((issue) => [issue.ref.id, issue])));
    },
    comments: () => Promise.resolve({ comments: [], total: 0 }),
    addComment: (_, text) => Promise.resolve({ author: null, createdAt: null, text }),
    create(values, localId) {
      instant("create");
      const failure = failWrite(localId, "create");
      if (failure !== null) {
        throw new TrackerError({
          code: "tool_failed",
          message: failure,
          details: { exit_code: 1 },
        });
      }
      const id = `x-${next++}`;
      calls.push(`create ${id}`);
      store(anIssue(id, {
        ref: refTo(id),
        title: values.title,
        body: values.body,
        issue_type: values.issue_type,
        priority: values.priority,
        labels: values.labels,
        parent_ref: values.parent,
        created_at: time(),
        updated_at: time(),
        provider_metadata: { external_ref: `tracker:${localId}` },
      }));
      instant("created");
      if (loseAnswer()) throw new TrackerError({ code: "tool_failed", message: DIED });
      return Promise.resolve(id);
    },
    asCreated: (values) => ({
      ...values,
      status: "todo",
      assignees: [],
      links: [],
      custom_fields: {},
    }),
    update(current, patch) {
      const failures: WriteFailure[] = [];
      const written: SyncField[] = [];
      const { id } = current.ref;
      for (const field of patchedFields(patch)) {
        instant(`update ${field}`);
        calls.push(`update ${id} ${field}`);
        const message = failWrite(id, field);
        const now = issues.get(id);
        if (compares.includes(field) && now !== undefined && isStale(field, current, now)) {
          const failure = { fields: [field], code: VERSION_CONFLICT, isRefusal: false };
          failures.push({ ...failure, message: `${field} has changed` });
        } else if (message !== null) {
          const isRefusal = message !== DIED;
          failures.push({ fields: [field], code: "tool_failed", message, isRefusal });
        } else {
          write(id, pickFields({ ...fieldsOf(current), ...patch }, [field]));
          if (loseAnswer()) {
            const failure = { fields: [field], code: "tool_failed", isRefusal: false };
            failures.push({ ...failure, message: DIED });
          } else written.push(field);
        }
        instant(`updated ${field}`);
      }
      const after = issues.get(id);
      const shown = after === undefined || !answers() ? [] : written;
      const answered = after === undefined ? {} : pickFields(fieldsOf(after), shown);
      return Promise.resolve({ failures, answered });
    },
    refusal: (field, wanted) =>
      field === "custom_fields"
        ? "no custom fields"
        : field === "status" && wanted.status === "canceled"
        ? "no such status"
        : null,
  };
  return {
    connector,
    issues,
    calls,
    edit: write,
    rename(id, to) {
      const issue = issues.get(id);
      if (issue === undefined) throw new Error(`There is no issue ${id}`);
      issues.delete(id);
      store({ ...issue, ref: refTo(to) });
    },
    add(id, changes = {}) {
      store(anIssue(id, {
        ref: refTo(id),
        priority: 3,
        created_at: time(),
        updated_at: time(),
        ...changes,
      }));
      const issue = issues.get(id);
      if (issue === undefined || localIdOf(issue) !== null) throw new Error("not a plain issue");
      return issue;
    },
  };
}
