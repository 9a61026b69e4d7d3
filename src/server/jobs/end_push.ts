import { spliceJson } from "../../contract/splice_json.ts";
import type { TransactionContext } from "../context/host_context.ts";
import { mappingByRef } from "../store/bindings.ts";
import { identityPath } from "../store/installations.ts";
import { openOperation } from "../store/operations.ts";
import { endedDeliveries } from "../store/outbox.ts";
import { pushHead } from "../sync/apply_push.ts";
import { fitting, told } from "../sync/told_delivery.ts";
import { endWork, workOf } from "./operations.ts";

/** Ends the operation of a push whose items have all ended, with what became of them. Runs inside a transaction. */
export async function endPush(context: TransactionContext, operationId: string): Promise<void> {
  const { store } = context;
  if (await openOperation(store, operationId) === null) return;
  const work = await workOf(store, operationId);
  if (work === null) return;
  const ended = (await endedDeliveries(store, operationId)).map(told);
  const errors = fitting(ended.flatMap(({ errors }) => errors));
  const failed = ended.filter(({ errors }) => errors.length > 0).length;
  const unchanged = ended.filter(({ item }) => item.includes('"outcome":"unchanged"')).length;
  // A binding that was deleted meanwhile changes nothing in what was delivered, and holds up nothing after it.
  const mapping = await mappingByRef(store, work.bindingRef);
  if (mapping === null) throw new TypeError(`No mapping was ever called "${work.bindingRef}"`);
  const head = JSON.stringify({
    ...pushHead({ total: ended.length, failed, unchanged }),
    identity_path: await identityPath(store, mapping.installationId, work.userId),
  });
  const result = spliceJson(head, {
    items: ended.map(({ item }) => item),
    item_errors: errors.length === 0 ? "null" : errors,
  });
  await endWork(context, operationId, "completed", result);
}
