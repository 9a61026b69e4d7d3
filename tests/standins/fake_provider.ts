import { blankIssue, type NormalizedIssue } from "../../src/contract/issue.ts";
import { patchedIssue } from "../../src/contract/patch.ts";
import { sha256Hex } from "../../src/platform/random.ts";
import type {
  Access,
  IssueChange,
  NewPlace,
  Remote,
  RemoteComment,
  RemoteWebhooks,
} from "../../src/providers/mod.ts";

/** A moment at which a test can step in: a call that is about to have its effect, or has had it. */
export interface Moment {
  readonly method:
    | "get"
    | "create"
    | "findCreated"
    | "update"
    | "transition"
    | "listChanged"
    | "listAll"
    | "readPlace"
    | "listComments"
    | "addComment";
  readonly phase: "before" | "after";
}

/** A tracker of a test's own, with state. */
export interface FakeProvider extends Remote {
  /** Its issues, by id. */
  readonly issues: Map<string, NormalizedIssue>;
  /** The writes that had an effect, in order. */
  readonly writes: readonly string[];
  /** Counts the calls by method. */
  readonly calls: Map<Moment["method"], number>;
  /** Steps in at each moment: what it throws, the caller sees. */
  stepIn: (moment: Moment) => void | Promise<void>;
  /** The comments of issues, by the issue's id. */
  readonly commentsOf: Map<string, RemoteComment[]>;
  /** Issues on a page of a list. */
  pageSize: number;
  /** Whether the list of all issues shows them whole. */
  listsWhole: boolean;
  /** Milliseconds between two changes; `updated_at` has whole seconds only. */
  stepMs: number;
  /** What it sends by itself; a test may replace how that is registered. */
  readonly webhooks: {
    -readonly [K in keyof RemoteWebhooks]: RemoteWebhooks[K];
  };
  /** What the place is called now; as the host knows it unless set, gone with `null`. */
  place: NewPlace | null | undefined;
  /** People whom it assigns nothing to. */
  readonly unassignable: Set<string>;
  /** Changes an issue as its people do. */
  edit(id: string, fields: IssueChange): void;
  /** Changes an issue in a way that does not count as an update of it, such as by renaming a label. */
  editQuietly(id: string, fields: IssueChange): void;
  /** Adds an issue as its people do; returns its id. */
  add(title: string): string;
  /** Deletes an issue as its people do. */
  remove(id: string): void;
  /** Makes what the provider sends by itself about issues. */
  webhook(deliveryId: string, issueIds: readonly string[], secret: string): Promise<FakeWebhook>;
}

/** What the provider sends by itself. */
export interface FakeWebhook {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The demo data of the host has this many issues. */
const FIRST_NUMBER = 36;

/** Milliseconds that a round goes back, in which the list may not have been complete. */
const OVERLAP_MS = 5_000;

/** Makes a tracker that knows these issues. */
export function fakeProvider(
  known: readonly NormalizedIssue[],
  externalPlaceId: string = "7c1f0a52-team-eng",
): FakeProvider {
  const issues = new Map(known.map((issue) => [issue.ref.id, issue]));
  const created = new Map<string, string>();
  const writes: string[] = [];
  const commentsOf = new Map<string, RemoteComment[]>();
  const calls = new Map<Moment["method"], number>();
  let time = Date.UTC(2026, 2, 2);
  let count = 0;
  const nowIso = () => new Date(Math.floor(time / 1_000) * 1_000).toISOString();
  const changed = (issue: NormalizedIssue, fields: IssueChange): NormalizedIssue => {
    time += self.stepMs;
    const { status = issue.status, ...patch } = fields;
    return { ...patchedIssue(issue, patch), status, updated_at: nowIso() };
  };
  const there = (id: string) => {
    const issue = issues.get(id);
    if (issue === undefined) throw new Error(`No issue "${id}"`);
    return issue;
  };
  const change = (id: string, fields: IssueChange) => {
    issues.set(id, changed(there(id), fields));
  };
  const call = async <T>(method: Moment["method"], effect: () => T): Promise<T> => {
    calls.set(method, (calls.get(method) ?? 0) + 1);
    await self.stepIn({ method, phase: "before" });
    const result = effect();
    await self.stepIn({ method, phase: "after" });
    return result;
  };
  const addIssue = (
    place: { workspace: string; key: string; url: string },
    fields: IssueChange,
  ) => {
    count += 1;
    const number = FIRST_NUMBER + count;
    const id = `remote-${number}`;
    const ref = {
      system: "linear",
      workspace: place.workspace,
      id,
      key: `${place.key}-${number}`,
      url: `${place.url}/${id}`,
    };
    issues.set(id, changed(blankIssue(ref, nowIso()), fields));
    return id;
  };
  const taken = (access: Access, fields: IssueChange): IssueChange => {
    const { assignees = [], assignees_add = [], ...others } = fields;
    const refused = [...assignees, ...assignees_add].find((name) => self.unassignable.has(name));
    if (refused === undefined) return fields;
    const message = `Nobody is called "${refused}"`;
    access.onRefusedField?.({ field: "assignees", code: "assignee_unknown", message });
    return others;
  };
  const keyOf = ({ updated_at, ref }: NormalizedIssue) => `${updated_at} ${ref.id}`;
  const self: FakeProvider = {
    issues,
    writes,
    calls,
    commentsOf,
    stepIn: () => {},
    pageSize: 10,
    listsWhole: true,
    stepMs: 1_000,
    unassignable: new Set(),
    place: undefined,
    edit: change,
    editQuietly: (id, { status: _, ...patch }) => {
      const issue = there(id);
      issues.set(id, { ...patchedIssue(issue, patch), updated_at: issue.updated_at });
    },
    add: (title) =>
      addIssue({ workspace: "acme", key: "ENG", url: "https://linear.app/acme/issue" }, { title }),
    remove: (id) => {
      there(id);
      issues.delete(id);
    },
    async webhook(deliveryId, issueIds, secret) {
      const hints = issueIds.map((issueId) => ({ placeId: externalPlaceId, issueId }));
      const body = JSON.stringify({ deliveryId, hints });
      const signature = await sha256Hex(`${secret}\n${body}`);
      return { headers: { "x-fake-signature": signature }, body };
    },
    budgetRules: { read: () => [], writeGapMs: 0 },
    readPlace: (_access, place) =>
      call(
        "readPlace",
        () =>
          self.place === undefined
            ? { ...place, name: "", label: "", context: {}, ...place }
            : self.place,
      ),
    get: (_access, _place, id) => call("get", () => issues.get(id) ?? null),
    findCreated: (_access, _place, { clientId }) =>
      call("findCreated", () => issues.get(created.get(clientId) ?? "") ?? null),
    create: (access, place, { clientId, fields }) =>
      call("create", () => {
        const id = addIssue(place, taken(access, fields));
        created.set(clientId, id);
        writes.push(`create ${fields.title}`);
        return there(id);
      }),
    change: async (access, _place, { ref: { id } }, { status, ...wanted }) => {
      const fields = taken(access, wanted);
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
    listChanged: (_access, _place, { since, cursor }) =>
      call("listChanged", () => {
        const from = cursor ??
          (since === null ? "" : new Date(Date.parse(since) - OVERLAP_MS).toISOString());
        const all = [...issues.values()].filter((issue) => keyOf(issue) > from)
          .sort((one, other) => keyOf(one) < keyOf(other) ? -1 : 1);
        const page = all.slice(0, self.pageSize);
        const last = page.at(-1);
        const seen = last?.updated_at ?? cursor?.split(" ")[0] ?? null;
        return {
          issues: page,
          removed: [],
          cursor: all.length > page.length && last !== undefined ? keyOf(last) : null,
          highWater: since !== null && (seen === null || seen < since) ? since : seen,
        };
      }),
    listAll: (_access, _place, cursor) =>
      call("listAll", () => {
        const ids = [...issues.keys()].filter((id) => id > (cursor ?? "")).sort();
        const page = ids.slice(0, self.pageSize);
        return {
          ids: page,
          issues: self.listsWhole ? page.map(there) : [],
          cursor: ids.length > page.length ? page.at(-1) ?? null : null,
        };
      }),
    comments: {
      list: (_access, _place, id) => call("listComments", () => [...commentsOf.get(id) ?? []]),
      findAdded: (_access, _place, id, { clientId }) =>
        call(
          "listComments",
          () => commentsOf.get(id)?.find((one) => one.clientId === clientId) ?? null,
        ),
      add: (_access, _place, id, { clientId, body }) =>
        call("addComment", () => {
          there(id);
          time += self.stepMs;
          const of = commentsOf.get(id) ?? [];
          const number = [...commentsOf.values()].flat().length + 1;
          const author = "the token's owner";
          const at = nowIso();
          const comment = {
            id: `r${number}`,
            author,
            body,
            createdAt: at,
            updatedAt: at,
            clientId,
          };
          commentsOf.set(id, [...of, comment]);
          writes.push(`comment ${id} ${body}`);
          return comment;
        }),
    },
    webhooks: {
      verify: async (secret, headers, body) =>
        headers.get("x-fake-signature") ===
          await sha256Hex(`${secret}\n${new TextDecoder().decode(body)}`),
      read: (_headers, body) => JSON.parse(new TextDecoder().decode(body)),
      ensure: () => Promise.resolve(true),
      remove: () => Promise.resolve(true),
    },
  };
  return self;
}
