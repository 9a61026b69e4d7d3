import { blankIssue, type NormalizedIssue } from "../../src/contract/issue.ts";
import { patchedIssue } from "../../src/contract/patch.ts";
import type { IssueChange, Remote } from "../../src/providers/mod.ts";

/** A moment at which a test can step in: a call that is about to have its effect, or has had it. */
export interface Moment {
  readonly method: "get" | "create" | "findCreated" | "update" | "transition";
  readonly phase: "before" | "after";
}

/** A tracker of a test's own, with state. */
export interface FakeProvider extends Remote {
  /** Its issues, by id. */
  readonly issues: Map<string, NormalizedIssue>;
  /** The writes that had an effect, in order. */
  readonly writes: readonly string[];
  /** Steps in at each moment: what it throws, the caller sees. */
  stepIn: (moment: Moment) => void | Promise<void>;
  /** Changes an issue as its people do. */
  edit(id: string, fields: IssueChange): void;
}

/** Makes a tracker that knows these issues. */
export function fakeProvider(known: readonly NormalizedIssue[]): FakeProvider {
  const issues = new Map(known.map((issue) => [issue.ref.id, issue]));
  const created = new Map<string, string>();
  const writes: string[] = [];
  let time = Date.UTC(2026, 2, 2);
  const changed = (issue: NormalizedIssue, fields: IssueChange): NormalizedIssue => {
    time += 1_000;
    const { status = issue.status, ...patch } = fields;
    return { ...patchedIssue(issue, patch), status, updated_at: new Date(time).toISOString() };
  };
  const change = (id: string, fields: IssueChange) => {
    const issue = issues.get(id);
    if (issue === undefined) throw new Error(`No issue "${id}"`);
    issues.set(id, changed(issue, fields));
  };
  const call = async <T>(method: Moment["method"], effect: () => T): Promise<T> => {
    await self.stepIn({ method, phase: "before" });
    const result = effect();
    await self.stepIn({ method, phase: "after" });
    return result;
  };
  const self: FakeProvider = {
    budgetRules: { read: () => [], writeGapMs: 0 },
    issues,
    writes,
    stepIn: () => {},
    edit: change,
    get: (_access, _place, id) => call("get", () => issues.get(id) ?? null),
    findCreated: (_access, _place, { clientId }) =>
      call("findCreated", () => issues.get(created.get(clientId) ?? "") ?? null),
    create: (_access, place, { clientId, fields }) =>
      call("create", () => {
        const id = `remote-${issues.size + 1}`;
        const ref = {
          system: "linear",
          workspace: place.workspace,
          id,
          key: `${place.key}-${issues.size + 1}`,
          url: `${place.url}/${id}`,
        };
        const issue = changed(blankIssue(ref, new Date(time).toISOString()), fields);
        issues.set(id, issue);
        created.set(clientId, id);
        writes.push(`create ${fields.title}`);
        return issue;
      }),
    change: async (_access, _place, { ref: { id } }, { status, ...fields }) => {
      if (Object.keys(fields).length > 0) {
        await call("update", () => {
          writes.push(`update ${id} ${JSON.stringify(fields)}`);
          change(id, fields);
        });
      }
      if (status !== undefined) {
        await call("transition", () => {
          writes.push(`transition ${id} ${status}`);
          change(id, { status });
        });
      }
    },
    listChanged: () =>
      Promise.resolve({ issues: [...issues.values()], removed: [], cursor: null, highWater: null }),
    listAll: () => Promise.resolve({ ids: [...issues.keys()], issues: [], cursor: null }),
    readPlace: () => Promise.resolve(null),
    comments: null,
    webhooks: null,
  };
  return self;
}
