import type { IssueLink } from "../contract/issue.ts";
import { type FieldPatch, type FieldValues, sameValue, type SyncField } from "./fields.ts";

/** Fields whose values are sets. */
export const SET_FIELDS: readonly SyncField[] = ["assignees", "labels", "links"];

/**
 * Merges a set field: what either side added is there, what either side removed is gone. With a base no side
 * can add a member that the other one removes, but for links: a pair of issues is the member, and the type
 * belongs to it. Returns `null` for a field that is no set, for links of different types that both sides gave
 * one pair of issues, and for a link that one side removed and the other gave another type.
 */
export function mergeSet(
  field: SyncField,
  base: FieldValues,
  ours: FieldValues,
  theirs: FieldValues,
): FieldPatch | null {
  const sides = [base, ours, theirs];
  const set = combine(field, (of, same) => merged(of(base), of(ours), of(theirs), same));
  const isHeld = set?.links !== undefined && (
    hasTwoTypes(set.links, sides.map(({ links }) => links)) ||
    isRetyped(base.links, ours.links, theirs.links) ||
    isRetyped(base.links, theirs.links, ours.links)
  );
  return isHeld ? null : set;
}

/** Returns all members of both sides; `null` for a field that is no set. */
export function unionOf(
  field: SyncField,
  ours: FieldValues,
  theirs: FieldValues,
): FieldPatch | null {
  return combine(field, (of, same) => merged([], of(ours), of(theirs), same));
}

/**
 * The members of a set that both sides agree on, when `sent` was sent and its answer is not known: those
 * that we added or removed and the tracker shows so too, and of the others those from before. Returns
 * `null` for a field that is no set.
 */
export function agreedSet(
  field: SyncField,
  before: FieldValues,
  sent: FieldValues,
  theirs: FieldValues,
): FieldPatch | null {
  return combine(field, (of, same) => agreed(of(before), of(sent), of(theirs), same));
}

/** Applies `members` to the sets of a field, with what makes two of its members the same; `null` for no set. */
function combine(
  field: SyncField,
  members: <T>(of: (values: FieldValues) => readonly T[], same: Same<T>) => T[],
): FieldPatch | null {
  switch (field) {
    case "assignees":
    case "labels":
      return { [field]: members((values) => values[field], (a, b) => a === b) };
    case "links":
      return { links: members(({ links }) => links, sameLink) };
    default:
      return null;
  }
}

/**
 * Whether a write of a field has come about, `before` being what the tracker held until then. A set may
 * hold what others added meanwhile.
 */
export function isKept(
  field: SyncField,
  before: FieldValues,
  wanted: FieldValues,
  after: FieldValues,
): boolean {
  if (sameValue(field, after[field], wanted[field])) return true;
  // Writing once more what was wanted changes nothing, when all of it is there.
  const again = mergeSet(field, before, wanted, after);
  return again !== null && sameValue(field, { ...after, ...again }[field], after[field]);
}

type Same<T> = (a: T, b: T) => boolean;

function membership<T>(same: Same<T>): (set: readonly T[], member: T) => boolean {
  return (set, member) => set.some((one) => same(one, member));
}

function agreed<T>(
  before: readonly T[],
  sent: readonly T[],
  theirs: readonly T[],
  same: Same<T>,
): T[] {
  const has = membership(same);
  return [
    ...before.filter((member) => has(sent, member) || has(theirs, member)),
    ...sent.filter((member) => has(theirs, member) && !has(before, member)),
  ];
}

function merged<T>(
  base: readonly T[],
  ours: readonly T[],
  theirs: readonly T[],
  same: Same<T>,
): T[] {
  const has = membership(same);
  return [
    ...theirs.filter((member) => has(ours, member) || !has(base, member)),
    ...ours.filter((member) => !has(theirs, member) && !has(base, member)),
  ];
}

function sameLink(a: IssueLink, b: IssueLink): boolean {
  return sameValue("links", [a], [b]);
}

/** Whether a pair of issues has links of two types that no side alone has given it. */
function hasTwoTypes(
  links: readonly IssueLink[],
  sides: readonly (readonly IssueLink[])[],
): boolean {
  const pairs = links.flatMap((a, i) =>
    links.slice(i + 1).filter((b) => sameValue("parent", a.ref, b.ref)).map((b) => [a, b] as const)
  );
  return pairs.some(([a, b]) =>
    !sides.some((side) =>
      side.some((link) => sameLink(link, a)) && side.some((link) => sameLink(link, b))
    )
  );
}

/** Whether one side removed the link of a pair of issues that the other gave another type. */
function isRetyped(
  base: readonly IssueLink[],
  without: readonly IssueLink[],
  other: readonly IssueLink[],
): boolean {
  const names = (links: readonly IssueLink[], { ref }: IssueLink) =>
    links.some((link) => sameValue("parent", link.ref, ref));
  return base.some((link) =>
    !names(without, link) &&
    other.some((now) => names([now], link) && !base.some((before) => sameLink(before, now)))
  );
}
