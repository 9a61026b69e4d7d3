import type { ItemError, PushResult, PushResultItem } from "../contract/results.ts";
import type { EditItem } from "./edit_items.ts";
import { withUnanswered } from "./unanswered.ts";

/** What the host answered to one item of a push of edits. */
export type EditAnswer =
  & { readonly edit: EditItem }
  & (
    /** It is done; a host may count it without an answer of its own. */
    | { readonly kind: "done"; readonly answer: PushResultItem | null }
    | {
      readonly kind: "failed";
      readonly answer: PushResultItem | null;
      /** Why; at least one reason. */
      readonly errors: readonly ItemError[];
    }
  );

/** Returns the answer to each item, in whatever order and form the host gives them. */
export function answersTo(edits: readonly EditItem[], told: PushResult): readonly EditAnswer[] {
  const { items, item_errors } = withUnanswered(edits.map(({ item }) => item), told);
  const left = [...items];
  const take = (isMeant: (answer: PushResultItem) => boolean) => {
    const index = left.findIndex(isMeant);
    return index < 0 ? null : left.splice(index, 1)[0] ?? null;
  };
  const named = edits.map(({ item: { ref, action } }) =>
    take((answer) => answer.ref.id === ref.id && answer.action === action) ??
      take((answer) => answer.ref.id === ref.id)
  );
  // A host may name a new issue by the id that it gave it.
  const [unnamed] = left;
  const isOneLeft = left.length === 1 && named.filter((answer) => answer === null).length === 1;
  return edits.map((edit, place) => {
    const answer = named[place] ?? (isOneLeft ? unnamed : null) ?? null;
    const errors = (item_errors ?? []).filter(({ ref }) => ref.id === edit.item.ref.id);
    const isFailed = answer === null ? errors.length > 0 : answer.outcome === "failed";
    if (!isFailed && !errors.some(isFieldConflict)) return { edit, kind: "done", answer };
    return {
      edit,
      kind: "failed",
      answer,
      errors: errors.length > 0 ? errors : [unexplained(edit, answer)],
    };
  });
}

/** Returns whether a fault is the conflict that the host met in one field at the tracker. */
export function isFieldConflict({ code, details }: ItemError): boolean {
  return code === "version_conflict" && typeof details?.["field"] === "string";
}

function unexplained({ item }: EditItem, answer: PushResultItem | null): ItemError {
  const message = answer?.message ?? "the host gave no reason";
  return { ref: item.ref, code: "failed", message, retryable: false };
}
