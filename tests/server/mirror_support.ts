/** What tests of the mirror share. */
import assert from "node:assert/strict";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import type { FakeProvider, Moment } from "../standins/fake_provider.ts";
import { type DeliveryScene, storedIssues } from "./delivery_support.ts";

/** Has the host read the provider, and lets time pass until it has. */
export async function sync({ host, pass }: DeliveryScene, sweep = false): Promise<void> {
  await inTransaction(host.context, (context) => syncNow(context, "con_1", { sweep }));
  await pass(2);
}

/** The host has what the provider has; an issue that differs is named with what differs alone. */
export async function assertSame({ host, provider }: DeliveryScene): Promise<void> {
  const stored = new Map((await storedIssues(host.store)).map((issue) => [issue.ref.id, issue]));
  for (const [id, issue] of provider.issues) assert.deepEqual(stored.get(id), issue);
  assert.deepEqual([...stored.keys()].sort(), [...provider.issues.keys()].sort());
}

/** Steps in once, at the first such moment after so many others. */
export function once(
  provider: FakeProvider,
  at: Moment & { after?: number },
  act: () => void | Promise<void>,
): void {
  let left = at.after ?? 0;
  provider.stepIn = ({ method, phase }) => {
    if (method !== at.method || phase !== at.phase || left-- > 0) return;
    provider.stepIn = () => {};
    return act();
  };
}
