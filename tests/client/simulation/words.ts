/** What people write. Each word is written only once, so that it can be told where it has come to. */
import type { ExternalRef, NormalizedIssue } from "../../../src/contract/issue.ts";
import {
  ISSUE_TYPES,
  type IssueLink,
  LINK_TYPES,
  PRIORITIES,
  STATUSES,
} from "../../../src/contract/issue.ts";
import type { PushPatch } from "../../../src/contract/patch.ts";
import { linkName } from "../../../src/contract/patch.ts";
import type { IssueEdit } from "../../../src/sync/edits.ts";
import {
  type FieldPatch,
  fieldsOf,
  type FieldValues,
  SYNC_FIELDS,
  type SyncField,
} from "../../../src/sync/fields.ts";
import type { Chance } from "../../support/chance.ts";

/** Returns the words of a field's value: the lines of a text, the members of a set. */
export function wordsOf(field: string, value: unknown): readonly string[] {
  if (field === "body") return typeof value === "string" ? value.split("\n").filter(isWord) : [];
  if (field === "title") return typeof value === "string" ? [value] : [];
  if (field === "labels" || field === "assignees") return Array.isArray(value) ? value : [];
  if (field !== "custom_fields" || typeof value !== "object" || value === null) return [];
  return Object.values(value).filter((word) => typeof word === "string");
}

/** Returns the words of all fields of an issue. */
export function allWords(issue: NormalizedIssue): Set<string> {
  const values = fieldsOf(issue);
  return new Set(SYNC_FIELDS.flatMap((field) => wordsOf(field, values[field])));
}

function isWord(line: string): boolean {
  return line !== "";
}

/** What a person has to write with. */
export interface Pen {
  readonly chance: Chance;
  /** Returns a word that nobody has written. */
  readonly word: () => string;
  /** Issues that can be named. */
  readonly others: readonly ExternalRef[];
  /** Fields that can be written. */
  readonly fields: readonly SyncField[];
}

/** Returns new values of one or two fields of an issue that a person sees as `seen`. */
export function somePatch(pen: Pen, seen: FieldValues): FieldPatch {
  const { chance, fields } = pen;
  const first = someValue(pen, seen, chance.pick(fields));
  return chance.once(3) ? { ...first, ...someValue(pen, seen, chance.pick(fields)) } : first;
}

function someValue(
  { chance, word, others }: Pen,
  seen: FieldValues,
  field: SyncField,
): FieldPatch {
  switch (field) {
    case "title":
      return { title: word() };
    case "body":
      return { body: someText(chance, word, seen.body) };
    case "status":
      return { status: chance.pick(STATUSES) };
    case "issue_type":
      return { issue_type: chance.pick(ISSUE_TYPES) };
    case "priority":
      return { priority: chance.pick(PRIORITIES) };
    case "labels":
      return { labels: someSet(chance, word, seen.labels) };
    case "assignees":
      return { assignees: someSet(chance, word, seen.assignees) };
    case "parent":
      return { parent: others.length === 0 || chance.once(3) ? null : chance.pick(others) };
    case "links": {
      if (others.length === 0 || chance.once(3)) return { links: seen.links.slice(1) };
      const link: IssueLink = { type: chance.pick(LINK_TYPES), ref: chance.pick(others) };
      const isThere = seen.links.some((one) => one.ref.id === link.ref.id);
      return { links: isThere ? seen.links : [...seen.links, link] };
    }
    case "custom_fields":
      return {
        custom_fields: { ...seen.custom_fields, [chance.pick(["size", "place"])]: word() },
      };
  }
}

function someText(chance: Chance, word: () => string, seen: string | null): string | null {
  const lines = (seen ?? "").split("\n").filter(isWord);
  const at = chance.below(lines.length + 1);
  switch (chance.below(6)) {
    case 0:
      return [word(), word(), word(), word()].join("\n");
    case 1:
      return chance.once(3) ? null : lines.toSpliced(at, 1).join("\n");
    case 2:
    case 3:
      return lines.toSpliced(at, 0, word()).join("\n");
    default:
      return lines.toSpliced(at, 1, word()).join("\n");
  }
}

function someSet(chance: Chance, word: () => string, seen: readonly string[]): readonly string[] {
  const choice = chance.below(5);
  if (choice === 0) return [word()];
  if (choice === 1) return seen.slice(1);
  return chance.once(4) ? [...seen.slice(1), word()] : [...seen, word()];
}

/** Returns the patch as a command of the program takes it. */
export function editOf(patch: FieldPatch): IssueEdit {
  const { parent, issue_type, links, custom_fields, ...same } = patch;
  return {
    ...same,
    ...(issue_type === undefined ? {} : { issueType: issue_type }),
    ...(parent === undefined ? {} : { parent: parent?.id ?? null }),
    ...(links === undefined ? {} : { links: links.map(({ type, ref }) => ({ type, id: ref.id })) }),
    ...(custom_fields === undefined ? {} : { customFields: custom_fields }),
  };
}

/** Returns the patch as the host takes it from a person who sees the issue as it is. */
export function pushOf(patch: FieldPatch, seen: FieldValues): PushPatch {
  const { parent, status: _status, links, custom_fields, ...same } = patch;
  const names = (list: readonly IssueLink[]) => list.map(linkName);
  const [before, after] = [names(seen.links), names(links ?? seen.links)];
  return {
    ...same,
    ...(parent === undefined ? {} : { parent_ref: parent }),
    ...(links === undefined ? {} : {
      links_add: links.filter((link) => !before.includes(linkName(link))),
      links_remove: seen.links.filter((link) => !after.includes(linkName(link))),
    }),
    ...(custom_fields === undefined ? {} : { custom_fields }),
  };
}
