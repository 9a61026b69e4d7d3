import { blankIssue, type NormalizedIssue } from "../contract/issue.ts";
import type { Connector, ListPage } from "./connector.ts";
import { pickFields, SYNC_FIELDS, withFields } from "../sync/fields.ts";

/**
 * A connector that reads from another one and only pretends to write: what it "has written" is read back
 * from memory. A sync through it, on a copy of the store, is the plan of that sync.
 */
export function planningConnector(real: Connector): Connector {
  const pretended = new Map<string, NormalizedIssue>();
  return {
    ...real,
    async *list(options): AsyncIterable<ListPage> {
      yield* real.list(options);
    },
    get: async (id) => pretended.get(id) ?? await real.get(id),
    getAll: async (ids) => new Map([...await real.getAll(ids), ...pretended]),
    create(values, localId) {
      const taken = SYNC_FIELDS.filter((field) => real.refusal(field, values, null) === null);
      const ref = { system: real.provider, workspace: real.workspace, id: localId };
      const blank = { ...blankIssue(ref, "1970-01-01T00:00:00Z"), title: values.title };
      const issue = withFields(blank, pickFields(values, taken));
      pretended.set(localId, issue);
      return Promise.resolve(localId);
    },
    update(current, patch) {
      pretended.set(current.ref.id, withFields(current, patch));
      return Promise.resolve({ failures: [], answered: {} });
    },
  };
}
