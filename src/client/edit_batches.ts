import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import { type PushItem, PushItemSchema } from "../contract/push.ts";
import type { PushResult } from "../contract/results.ts";
import { type RoutingKey, RoutingKeySchema } from "../contract/routing.ts";
import type { IssueStore } from "../store/issue_store.ts";
import { jsonOf } from "../store/rows.ts";
import { valuesOf } from "../sync/fields.ts";
import { noteSent } from "../sync/sent_edits.ts";
import type { EditItem } from "./edit_items.ts";
import { HostedApiError } from "./errors.ts";
import { routingOf } from "./routing.ts";
import { pushBatch } from "./sync_push.ts";
import type { PushEditsChoice } from "./edits_report.ts";
import type { EditsDeps } from "./edits_deps.ts";

/** A request of edits that has begun: its key is stored. */
export interface EditBatch {
  readonly key: string;
  /** How it is routed: a repeat is what was sent at first, to the letter. */
  readonly routing: RoutingKey | null;
  readonly edits: readonly EditItem[];
}

/** What came of a request of edits. */
export type SentBatch =
  | { readonly kind: "answered"; readonly result: PushResult; readonly replayed: boolean }
  /** The host takes the request for invalid, and so has done nothing of it. */
  | { readonly kind: "invalid"; readonly error: HostedApiError };

/**
 * Begins a request: stores what will be sent and its key, and notes the sent values at their issues. A request of
 * changes that is in the journal with the same content goes out under the key it had. One transaction.
 */
export function beginBatch(
  { provider, router, random, clock }: Pick<EditsDeps, "provider" | "router" | "random" | "clock">,
  store: IssueStore,
  kind: "changes" | "creates",
  edits: readonly EditItem[],
): EditBatch {
  const routing = routingOf(router.binding);
  const content = JSON.stringify({ provider, routing, items: edits.map(({ item }) => item) });
  // A repeat is read from the journal: the first sending is too, so that both are the same to the letter.
  const asKept = parseWith(ContentSchema, jsonOf(content));
  if (!asKept.ok) throw new Error(`A push item is invalid: ${asKept.path} ${asKept.message}`);
  const written = edits.map((edit, place) => ({
    ...edit,
    item: asKept.value.items[place] ?? edit.item,
  }));
  return store.transaction(() => {
    const now = clock.now();
    let key = kind === "changes" ? store.pushes.openChanges(content, now) : null;
    if (key === null) {
      key = random.uuid();
      store.pushes.open(kind, { content, key }, now);
    }
    for (const { id, sent } of edits) noteSent({ store, clock }, id, sent);
    return { key, routing, edits: written };
  });
}

const ContentSchema = v.object({
  routing: v.nullable(RoutingKeySchema),
  items: v.array(PushItemSchema),
});

/** Returns the requests that create issues and were not answered, as they were sent. */
export function unansweredCreates({ pushes }: IssueStore): readonly EditBatch[] {
  return pushes.openCreates().flatMap(({ key, content }) => {
    const parsed = parseWith(ContentSchema, jsonOf(content));
    if (!parsed.ok) {
      pushes.close(key);
      return [];
    }
    const { routing, items } = parsed.value;
    return [{ key, routing, edits: items.map(asCreate) }];
  });
}

/** Sends a request, and waits for the operation it may become. A failure other than a refusal leaves it open. */
export async function sendBatch(
  deps: EditsDeps,
  { key, routing, edits }: EditBatch,
  choice: PushEditsChoice,
): Promise<SentBatch> {
  const items = edits.map(({ item }) => item);
  const close = async () => {
    using store = await deps.cache.open(deps.router.binding);
    store.pushes.close(key);
  };
  try {
    const sent = await pushBatch(deps, items, { key, routing }, choice, { onRefused: close });
    return { kind: "answered", ...sent };
  } catch (error) {
    if (!(error instanceof HostedApiError) || !isInvalid(error)) throw error;
    return { kind: "invalid", error };
  }
}

/** Returns whether a host finds fault with what a request says, which need not be all of its items. */
function isInvalid({ statusCode, errorCode }: HostedApiError): boolean {
  return statusCode === 422 || statusCode === 413 ||
    (statusCode === 400 && errorCode === "validation_error");
}

function asCreate(item: PushItem): EditItem {
  const { parent_ref: parent, links_add: links, ...patch } = item.patch ?? {};
  const values = { ...patch, parent, links, status: item.target_status ?? undefined };
  const said = Object.entries(values).filter(([, value]) => value !== undefined);
  return { id: item.ref.id, item, base: null, sent: valuesOf(said) };
}
