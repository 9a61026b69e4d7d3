import type { ItemError, PushResult, PushResultItem } from "../contract/results.ts";
import type { EditItem } from "./edit_items.ts";
import { unansweredItem } from "./unanswered.ts";

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

/**
 * Returns the answer to each item, in whatever order and form the host gives them. An item that the host says nothing of
 * is done only where it counts it among what it did: what is taken for done is not sent again.
 */
export function answersTo(edits: readonly EditItem[], told: PushResult): readonly EditAnswer[] {
  const given = givenAnswers(edits, told.items);
  const faults = edits.map(({ item }) =>
    (told.item_errors ?? []).filter(({ ref }) => ref.id === item.ref.id)
  );
  const silent = edits.filter((_, place) => given[place] === null && faults[place]?.length === 0);
  const { succeeded, skipped } = told.summary;
  const named = given.filter((answer) => answer !== null && answer.outcome !== "failed");
  const isCounted = silent.length <= succeeded + skipped - named.length;
  return edits.map((edit, place): EditAnswer => {
    const answer = given[place] ?? null;
    const errors = faults[place] ?? [];
    if (errors.length > 0) return { edit, kind: "failed", answer, errors };
    if (answer === null) {
      if (isCounted) return { edit, kind: "done", answer };
      return { edit, kind: "failed", answer, errors: [unansweredItem(edit.item)] };
    }
    if (answer.outcome !== "failed") return { edit, kind: "done", answer };
    return { edit, kind: "failed", answer, errors: [unexplained(edit, answer)] };
  });
}

/** The answer that stands for each item, each answer for one at most. */
function givenAnswers(
  edits: readonly EditItem[],
  items: readonly PushResultItem[],
): readonly (PushResultItem | null)[] {
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
  const strangers = left.filter(({ ref }) => !edits.some(({ item }) => item.ref.id === ref.id));
  const unnamed = edits.filter((_, place) => named[place] === null);
  const [stranger = null] = strangers;
  const isNew = strangers.length === 1 && unnamed.length === 1 &&
    unnamed[0]?.item.action === "create";
  return isNew ? named.map((answer) => answer ?? stranger) : named;
}

/** Returns whether a fault is the conflict that the host met in one field at the tracker. */
export function isFieldConflict({ code, details }: ItemError): boolean {
  return code === "version_conflict" && typeof details?.["field"] === "string";
}

function unexplained({ item }: EditItem, answer: PushResultItem): ItemError {
  const message = answer.message ?? "the host gave no reason";
  return { ref: item.ref, code: "failed", message, retryable: false };
}
