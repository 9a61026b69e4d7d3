import * as v from "valibot";

/** What a quick parse gives for a value that its schema may not take: the schema itself has to say what is wrong. */
export const NOT_TAKEN: unique symbol = Symbol("not taken");

/** Returns what a schema makes of a value, or {@link NOT_TAKEN}. */
type Parse = (value: unknown) => unknown;

type Schema = v.GenericSchema;

const made = new WeakMap<Schema, Parse>();

/**
 * Returns what a schema makes of a value, or {@link NOT_TAKEN}. Valibot makes a record of each part of a value on the way,
 * which takes longer than the check. The value has to be the caller's own: of an object that may have more members, and of
 * a list, the result holds the value itself where nothing in it differs.
 */
export function quickParse<T>(
  schema: v.GenericSchema<unknown, T>,
  value: unknown,
): T | typeof NOT_TAKEN {
  let parse = made.get(schema);
  if (parse === undefined) made.set(schema, parse = parseBy(schema));
  const parsed = parse(value);
  return isTaken(schema, parsed) ? parsed : NOT_TAKEN;
}

function isTaken<T>(_schema: v.GenericSchema<unknown, T>, parsed: unknown): parsed is T {
  return parsed !== NOT_TAKEN;
}

function parseBy(schema: Schema): Parse {
  if ("fallback" in schema) return wholeBy(schema);
  if ("pipe" in schema) return pipeBy(schema, schema.pipe);
  switch (schema.type) {
    case "string":
      return (value) => typeof value === "string" ? value : NOT_TAKEN;
    case "boolean":
      return (value) => typeof value === "boolean" ? value : NOT_TAKEN;
    case "number":
      return (value) => typeof value === "number" && !Number.isNaN(value) ? value : NOT_TAKEN;
    case "unknown":
      return (value) => value;
  }
  if ("item" in schema && isSchema(schema.item) && schema.type === "array") {
    return listBy(parseBy(schema.item));
  }
  if ("entries" in schema && areSchemas(schema.entries)) {
    if (schema.type === "loose_object") return looseBy(membersBy(schema.entries));
    if (schema.type === "object") return strictBy(membersBy(schema.entries));
  }
  if (isPicklist(schema)) return picklistBy(schema.options);
  if (isCustom(schema)) return customBy(schema.check);
  if ("wrapped" in schema && isSchema(schema.wrapped)) return wrappedBy(schema, schema.wrapped);
  return wholeBy(schema);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "schema";
}

function areSchemas(value: unknown): value is Readonly<Record<string, Schema>> {
  return typeof value === "object" && value !== null && Object.values(value).every(isSchema);
}

function isPicklist(schema: Schema): schema is Schema & { readonly options: readonly unknown[] } {
  return schema.type === "picklist" && "options" in schema && Array.isArray(schema.options);
}

function picklistBy(options: readonly unknown[]): Parse {
  return (value) => options.includes(value) ? value : NOT_TAKEN;
}

function isCustom(
  schema: Schema,
): schema is Schema & { readonly check: (value: unknown) => boolean } {
  return schema.type === "custom" && "check" in schema && typeof schema.check === "function";
}

function customBy(check: (value: unknown) => boolean): Parse {
  return (value) => check(value) ? value : NOT_TAKEN;
}

/** Has valibot parse the whole. */
function wholeBy(schema: Schema): Parse {
  return (value) => {
    const parsed = v.safeParse(schema, value, { abortEarly: true });
    return parsed.success ? parsed.output : NOT_TAKEN;
  };
}

/** A schema and one check; the rest of what may follow a schema is valibot's. */
function pipeBy(schema: Schema, steps: unknown): Parse {
  const [first, check, ...others]: readonly unknown[] = Array.isArray(steps) ? steps : [];
  if (!isSchema(first) || others.length > 0 || !isCheck(check)) return wholeBy(schema);
  const parse = parseBy(first);
  return (value) => {
    const parsed = parse(value);
    return parsed !== NOT_TAKEN && check.requirement(parsed) ? parsed : NOT_TAKEN;
  };
}

function isCheck(value: unknown): value is { readonly requirement: (value: unknown) => boolean } {
  return typeof value === "object" && value !== null && "type" in value && "requirement" in value &&
    typeof value.requirement === "function" &&
    (value.type === "check" || value.type === "safe_integer" || value.type === "integer");
}

function wrappedBy(schema: Schema, wrapped: Schema): Parse {
  const { type } = schema;
  if (type !== "nullish" && type !== "nullable" && type !== "optional") return wholeBy(schema);
  const parse = parseBy(wrapped);
  const whole = wholeBy(schema);
  const isDefault = "default" in schema && schema.default !== undefined;
  const takesNull = type !== "optional";
  const takesMissing = type !== "nullable";
  return (value) => {
    const isNone = value === null && takesNull || value === undefined && takesMissing;
    return !isNone ? parse(value) : isDefault ? whole(value) : value;
  };
}

function listBy(parse: Parse): Parse {
  return (value) => {
    if (!Array.isArray(value)) return NOT_TAKEN;
    let list: unknown[] = value;
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      const parsed = parse(item);
      if (parsed === NOT_TAKEN) return NOT_TAKEN;
      if (parsed === item) continue;
      if (list === value) list = [...list];
      list[index] = parsed;
    }
    return list;
  };
}

/** A member that an object may have. */
interface Member {
  readonly name: string;
  readonly schema: Schema;
  readonly parse: Parse;
  readonly mayMiss: boolean;
  /** Whether it is there, with what it is then, where an object has none. */
  readonly isDefault: boolean;
}

function membersBy(entries: Readonly<Record<string, Schema>>): readonly Member[] {
  return Object.entries(entries).map(([name, schema]) => {
    const mayMiss = ["nullish", "optional", "exact_optional"].includes(schema.type);
    const isDefault = mayMiss && "default" in schema && schema.default !== undefined;
    return { name, schema, parse: parseBy(schema), mayMiss, isDefault };
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** An object without the members that its schema does not name. */
function strictBy(members: readonly Member[]): Parse {
  return (value) => {
    if (!isObject(value)) return NOT_TAKEN;
    const object: Record<string, unknown> = {};
    for (const member of members) {
      const parsed = parsedMember(value, value[member.name], member);
      if (parsed === NOT_TAKEN) return NOT_TAKEN;
      if (parsed !== MISSING) object[member.name] = parsed;
    }
    return object;
  };
}

/** An object with all of its members. */
function looseBy(members: readonly Member[]): Parse {
  return (value) => {
    // Valibot makes an object of a list, and leaves out what could be taken for the prototype.
    if (!isObject(value) || Array.isArray(value)) return NOT_TAKEN;
    if (PROTOTYPE_NAMES.some((name) => Object.hasOwn(value, name))) return NOT_TAKEN;
    let object = value;
    for (const member of members) {
      const { name } = member;
      const came = value[name];
      const parsed = parsedMember(value, came, member);
      if (parsed === NOT_TAKEN) return NOT_TAKEN;
      const isSame = parsed === came && (came !== undefined || name in value);
      if (parsed !== MISSING && !isSame) object = { ...object, [name]: parsed };
    }
    return object;
  };
}

const PROTOTYPE_NAMES = ["__proto__", "constructor", "prototype"] as const;

/** What {@link parsedMember} gives for a member that is not there and may miss. */
const MISSING: unique symbol = Symbol("missing");

function parsedMember(
  value: Readonly<Record<string, unknown>>,
  came: unknown,
  { name, schema, parse, mayMiss, isDefault }: Member,
): unknown {
  if (came !== undefined || name in value) return parse(came);
  if (isDefault) return parse(v.getDefault(schema));
  return mayMiss ? MISSING : NOT_TAKEN;
}
