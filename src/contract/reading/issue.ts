import { isJsonObject, type JsonObject } from "../field.ts";
import {
  type ExternalRef,
  ISSUE_TYPES,
  type IssueLink,
  type IssueType,
  LINK_TYPES,
  type NormalizedIssue,
  PRIORITIES,
  type Priority,
  type Status,
  STATUSES,
} from "../issue.ts";
import {
  kindOf,
  knownWord,
  objectOf,
  plainText,
  type Reading,
  requiredText,
  UNKNOWN_WORKSPACE,
  Unreadable,
} from "./reading.ts";
import { CanonicalIssueSchema } from "./canonical_issue.ts";
import { NOT_TAKEN, quickParse } from "../quick_parse.ts";
import { richTextOf } from "./rich_text.ts";
import { readTime } from "./time.ts";

/** The time of an issue whose host names none. */
export const UNKNOWN_TIME = "1970-01-01T00:00:00.000Z";

/**
 * Reads an issue as a host of any make gives it; only `ref.id` is needed. What no canonical field can hold is read as
 * the nearest, and kept in `provider_metadata` as it came (`raw_status` and so on; wire.md, Reading tolerantly).
 *
 * @throws {Unreadable} naming the field.
 */
export function readIssue(value: JsonObject, reading: Reading): NormalizedIssue {
  const canonical = quickParse(CanonicalIssueSchema, value);
  return canonical === NOT_TAKEN ? readTolerantly(value, reading) : canonical;
}

/** Reads an issue field by field, as {@link readIssue} does where one of them is not as the contract has it. */
export function readTolerantly(value: JsonObject, reading: Reading): NormalizedIssue {
  const ref = readRef(value["ref"], reading, "ref");
  const raw: Record<string, unknown> = {};
  const nearest = <T>(field: string, came: unknown, read: T | null, otherwise: T, what: string) => {
    if (read !== null || came === null || came === undefined) return read ?? otherwise;
    raw[`raw_${field}`] = came;
    reading.readAs(field.replace("_", " "), nameOf(came) ?? came, what);
    return otherwise;
  };
  const { status, issue_type, priority, body } = value;
  const issue = {
    ...value,
    ref,
    title: titleOf(value["title"]),
    body: bodyOf(body, (text) => nearest("body", body, null, text, inPlainText(text))),
    status: nearest<Status>(
      "status",
      status,
      wordOf(status, STATUSES, STATUS_ALIASES),
      "todo",
      "todo",
    ),
    issue_type: nearest<IssueType>(
      "issue_type",
      issue_type,
      wordOf(issue_type, ISSUE_TYPES),
      "task",
      "task",
    ),
    priority: nearest<Priority>("priority", priority, priorityOf(priority), 0, "0 (unset)"),
    assignees: namesIn(value, "assignees", ASSIGNEE_NAMES, raw),
    labels: namesIn(value, "labels", LABEL_NAMES, raw),
    parent_ref: parentOf(value["parent_ref"], { near: ref, reading, raw }),
    links: linksOf(value["links"], { near: ref, reading, raw }),
    custom_fields: objectOf(value["custom_fields"]),
    ...timesOf(value),
    ...(value["version"] === undefined ? {} : { version: plainText(value["version"]) }),
  };
  return { ...issue, provider_metadata: { ...objectOf(value["provider_metadata"]), ...raw } };
}

/**
 * Reads a reference; one that is a text alone is an id. The tracker and the workspace are those of `near`, where it
 * does not say.
 *
 * @throws {Unreadable} naming the field.
 */
export function readRef(
  value: unknown,
  reading: Reading,
  field: string,
  near: Pick<ExternalRef, "system" | "workspace"> | null = null,
): ExternalRef {
  const alone = plainText(value);
  if (value === null || value === undefined) throw new Unreadable(field, "is missing");
  if (alone === null && !isJsonObject(value)) {
    throw new Unreadable(field, `must be an object, not ${kindOf(value)}`);
  }
  const object: JsonObject = isJsonObject(value) ? value : { id: alone };
  const { key, url, ...rest } = object;
  const [keyText, urlText] = [plainText(key), plainText(url)];
  return {
    ...rest,
    system: plainText(object["system"]) ?? near?.system ?? reading.system,
    workspace: plainText(object["workspace"]) ?? near?.workspace ?? UNKNOWN_WORKSPACE,
    id: requiredText(object, "id", `${field}.id`),
    ...(key === undefined ? {} : { key: keyText }),
    ...(url === undefined ? {} : { url: urlText }),
  };
}

const STATUS_ALIASES = { cancelled: "canceled", to_do: "todo" } as const;

const PRIORITY_NAMES = ["none", "urgent", "high", "medium", "low"] as const;

const ASSIGNEE_NAMES = ["name", "display_name", "displayName", "login", "username", "email", "id"];

const LABEL_NAMES = ["name", "label", "title"];

/** Returns the name of a word that comes as an object, as in `{"id": 3, "name": "In Progress"}`. */
function nameOf(value: unknown): string | null {
  return isJsonObject(value)
    ? plainText(value["name"]) ?? plainText(value["value"])
    : plainText(value);
}

function wordOf<T extends string>(
  value: unknown,
  words: readonly T[],
  aliases: Readonly<Record<string, T>> = {},
): T | null {
  return knownWord(words, nameOf(value), aliases);
}

function priorityOf(value: unknown): Priority | null {
  const name = nameOf(value);
  if (name === null) return null;
  const word = knownWord(PRIORITY_NAMES, name);
  const number = word === null ? Number(name) : PRIORITY_NAMES.indexOf(word);
  return PRIORITIES.find((priority) => priority === number) ?? null;
}

function titleOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  const text = plainText(value) ?? richTextOf(value);
  if (text !== null) return text;
  throw new Unreadable("title", `must be a string, not ${kindOf(value)}`);
}

function bodyOf(
  value: unknown,
  rich: (text: string | null) => string | null,
): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  return plainText(value) ?? rich(richTextOf(value));
}

function inPlainText(text: string | null): string {
  return text === null ? "nothing, for it holds no text" : "plain text";
}

/** A list of names; people and labels also come as objects, or as one name without a list. */
function namesIn(
  issue: JsonObject,
  field: string,
  nameFields: readonly string[],
  raw: Record<string, unknown>,
): string[] {
  const value = issue[field];
  if (value === null || value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  const names: string[] = [];
  for (const member of list) {
    if (member === null || member === "") continue;
    const name = isJsonObject(member)
      ? nameFields.map((one) => plainText(member[one])).find((text) => text !== null) ?? null
      : plainText(member);
    if (name === null) throw new Unreadable(field, `must hold names, not ${kindOf(member)}`);
    names.push(name);
    if (isJsonObject(member)) raw[`raw_${field}`] = value;
  }
  return names;
}

/** What the references of an issue are read with. */
interface IssueReading {
  /** The issue: a reference that does not name its tracker is of the same. */
  readonly near: ExternalRef;
  readonly reading: Reading;
  /** Keeps what was read as the nearest, as it came. */
  readonly raw: Record<string, unknown>;
}

function parentOf(
  value: unknown,
  { near, reading, raw }: IssueReading,
): ExternalRef | null {
  if (value === null || value === undefined || value === "") return null;
  try {
    return readRef(value, reading, "parent_ref", near);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    raw["raw_parent_ref"] = value;
    reading.readAs("parent", value, "none");
    return null;
  }
}

function linksOf(value: unknown, { near, reading, raw }: IssueReading): IssueLink[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new Unreadable("links", `must be a list, not ${kindOf(value)}`);
  return value.flatMap((link: unknown): IssueLink[] => {
    if (link === null) return [];
    const { type, ref } = objectOf(link);
    const known = knownWord(LINK_TYPES, type);
    try {
      const read = { ...objectOf(link), ref: readRef(ref, reading, "links.ref", near) };
      if (known !== null) return [{ ...read, type: known }];
      raw["raw_links"] = value;
      reading.readAs("link", type ?? "of no type", "relates_to");
      return [{ ...read, type: "relates_to" }];
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      raw["raw_links"] = value;
      reading.readAs("link", type ?? "of no type", "none, for it leads nowhere");
      return [];
    }
  });
}

function timesOf(issue: JsonObject): Pick<NormalizedIssue, "created_at" | "updated_at"> {
  const created = timeOf(issue, "created_at");
  const updated = timeOf(issue, "updated_at");
  return {
    created_at: created ?? updated ?? UNKNOWN_TIME,
    updated_at: updated ?? created ?? UNKNOWN_TIME,
  };
}

/**
 * A time of a member; `null` when it names none.
 *
 * @throws {Unreadable} for one that names no instant.
 */
export function timeOf(object: JsonObject, field: string): string | null {
  const value = object[field];
  if (value === null || value === undefined || value === "") return null;
  const time = readTime(value);
  if (time === null) {
    throw new Unreadable(field, `must be a time that names one instant, not ${kindOf(value)}`);
  }
  return time;
}
