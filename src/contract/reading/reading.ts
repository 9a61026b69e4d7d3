import { isJsonObject, type JsonObject } from "../field.ts";
import type { ExternalRef } from "../issue.ts";
import type { ItemError } from "../results.ts";

/** The code of a list's member that could not be read (wire.md, Reading tolerantly). */
export const UNREADABLE_ITEM = "unreadable_item";

/** Stands for a workspace that the host does not name. */
export const UNKNOWN_WORKSPACE = "unknown";

/** A part of an answer that cannot be read: ends the reading of the member it is in, else of the whole answer. */
export class Unreadable extends Error {
  /** The part, as a dotted path. */
  readonly field: string;
  /** Completes the sentence "`field` …". */
  readonly fault: string;

  /** Names the part and what is wrong with it. */
  constructor(field: string, fault: string) {
    super(`\`${field}\` ${fault}`);
    this.name = "Unreadable";
    this.field = field;
    this.fault = fault;
  }
}

/** Reads one kind of answer (wire.md, Reading tolerantly). */
export interface AnswerReader<T> {
  /** Members of which a body has at least one, else it is no answer of this kind. */
  readonly members: readonly string[];
  /**
   * Reads a body.
   *
   * @throws {Unreadable} when a part is missing that nothing works without.
   */
  read(body: JsonObject, reading: Reading): T;
}

/** The reading of one answer: what its parts have in common, and what could not be read as it came. */
export class Reading {
  /** The tracker that is asked, for references that do not name it. */
  readonly system: string;
  readonly #errors: ItemError[] = [];
  readonly #words = new Map<string, string>();

  /** Begins the reading of an answer about one tracker. */
  constructor(system: string) {
    this.system = system;
  }

  /** Members of lists that could not be read. */
  get errors(): readonly ItemError[] {
    return this.#errors;
  }

  /** What was read as the nearest, such as `status "Triage" as todo`. */
  get words(): readonly string[] {
    return [...this.#words.values()];
  }

  /** Says that a word which is not known was read as the nearest. */
  readAs(field: string, word: unknown, nearest: string): void {
    const shown = describeWord(word);
    this.#words.set(`${field} ${shown}`, `${field} ${shown} as ${nearest}`);
  }

  /** Reads a list that the answer cannot do without, member by member. */
  list<T>(body: JsonObject, name: string, read: (member: JsonObject) => T): T[] {
    const list = body[name];
    if (list === null || list === undefined) throw new Unreadable(name, "is missing");
    if (!Array.isArray(list)) throw new Unreadable(name, `must be a list, not ${kindOf(list)}`);
    return this.members(list, name, read);
  }

  /** Reads members one by one; one that cannot be read becomes an item error, and the others stay. */
  members<T>(list: readonly unknown[], name: string, read: (member: JsonObject) => T): T[] {
    const members: T[] = [];
    for (const [index, member] of list.entries()) {
      try {
        if (!isJsonObject(member)) {
          throw new Unreadable(`${name}[${index}]`, `must be an object, not ${kindOf(member)}`);
        }
        members.push(read(member));
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        this.#errors.push(this.#unreadable(member, `${name}[${index}]`, error));
      }
    }
    return members;
  }

  #unreadable(member: unknown, place: string, error: Unreadable): ItemError {
    const { id, key } = isJsonObject(member) ? namesOf(member) : NO_NAMES;
    const ref: ExternalRef = {
      system: this.system,
      workspace: UNKNOWN_WORKSPACE,
      id: id ?? key ?? place,
      ...(key === null ? {} : { key }),
    };
    return { ref, code: UNREADABLE_ITEM, message: error.message, retryable: false };
  }
}

const NO_NAMES = { id: null, key: null } as const;

/** Returns what a member is known by, however little of it can be read. */
function namesOf(member: JsonObject): { readonly id: string | null; readonly key: string | null } {
  const ref = isJsonObject(member["ref"]) ? member["ref"] : {};
  const firstOf = (...values: readonly unknown[]) =>
    values.map(plainText).find((text) => text !== null) ?? null;
  return {
    id: firstOf(ref["id"], member["external_issue_id"], member["external_id"], member["id"]),
    key: firstOf(
      ref["key"],
      member["key"],
      member["external_issue_key"],
      member["external_key"],
      member["wp_id"],
      member["display_label"],
      member["binding_ref"],
      member["title"],
    ),
  };
}

/** Text that holds more than blanks; numbers count as text. Anything else is `null`. */
export function plainText(value: unknown): string | null {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.toWellFormed() : null;
}

/**
 * Text that an answer cannot do without.
 *
 * @throws {Unreadable}
 */
export function requiredText(object: JsonObject, name: string, path: string = name): string {
  const value = object[name];
  const text = plainText(value);
  if (text !== null) return text;
  if (value === null || value === undefined) throw new Unreadable(path, "is missing");
  throw new Unreadable(
    path,
    typeof value === "string" ? "must not be blank" : `must be a string, not ${kindOf(value)}`,
  );
}

/** A boolean; `null` for anything else. */
export function flag(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

/** A whole number from 0 up, as a number or in digits; `null` for anything else. */
export function count(value: unknown): number | null {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** An object, else one without members. */
export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Returns the word of a vocabulary that is meant, however it is spelt; `null` when none is. */
export function knownWord<T extends string>(
  words: readonly T[],
  value: unknown,
  aliases: Readonly<Record<string, T>> = {},
): T | null {
  if (typeof value !== "string") return null;
  const folded = value.trim().toLowerCase().replaceAll(/[\s-]+/g, "_");
  return words.find((word) => word === folded) ??
    (Object.hasOwn(aliases, folded) ? aliases[folded] ?? null : null);
}

/** Returns what kind of value it is, in words. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isJsonObject(value)) return "an object";
  if (typeof value === "string") return describeWord(value);
  return String(value);
}

function describeWord(word: unknown): string {
  if (typeof word !== "string") {
    return typeof word === "object" ? "in a form of its own" : String(word);
  }
  const text = word.trim().toWellFormed();
  return `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`;
}
