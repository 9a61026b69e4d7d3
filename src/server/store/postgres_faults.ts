import { TrackerError, type TrackerErrorInit } from "../../platform/tracker_error.ts";
import { PASSWORD_VARIABLE } from "./postgres_address.ts";

/** The words of a fault: what is the matter, and what to do. `name` is the address for people. */
type Words = (name: string, reason: string) => Pick<TrackerErrorInit, "message" | "nextAction">;

/** What is wrong between the host and its database, by the code of the error. */
const FAULTS = {
  database_unreachable: (name, reason) => ({
    message: `Cannot reach the database "${name}": ${reason}`,
    nextAction: "Check that PostgreSQL runs there and takes connections, then try again.",
  }),
  database_untrusted: (name, reason) => ({
    message: `The certificate of the database "${name}" is not accepted: ${reason}`,
    nextAction:
      "Add `sslrootcert=FILE` to the URL, with the certificate of the authority that has signed it.",
  }),
  database_unencrypted: (name) => ({
    message: `The database "${name}" takes no encrypted connections`,
    nextAction:
      "Turn on `ssl` in PostgreSQL. On a network that is the database's alone, `sslmode=disable` in the URL does without.",
  }),
  database_refused: (name, reason) => ({
    message: `The database "${name}" refuses the user: ${reason}`,
    nextAction:
      `Check the user in the URL, and the password in the URL, the password file or \`${PASSWORD_VARIABLE}\`.`,
  }),
  database_missing: (name, reason) => ({
    message: `The database "${name}" does not exist: ${reason}`,
    nextAction: "Create it with `createdb`, or correct its name in the URL.",
  }),
  database_busy: (name, reason) => ({
    message: `The database "${name}" takes no more connections: ${reason}`,
    nextAction: "Raise `max_connections` of PostgreSQL, or end programs that use it.",
  }),
  database_read_only: (name, reason) => ({
    message: `The database "${name}" can only be read: ${reason}`,
    nextAction: "Name the primary server, or end the read-only mode.",
  }),
  database_full: (name, reason) => ({
    message: `The database "${name}" cannot grow: ${reason}`,
    nextAction: "Free disk space on the database's machine.",
  }),
  database_slow: (name, reason) => ({
    message: `The database "${name}" did not answer in time: ${reason}`,
    nextAction: "Look for long statements in `pg_stat_activity`, then try again.",
  }),
  database_unsuitable: (name, reason) => ({
    message: `The database "${name}" cannot be used: ${reason}`,
    nextAction: "Use PostgreSQL 13 or newer, and a UTF-8 database that belongs to the user.",
  }),
  database_foreign: (name, reason) => ({
    message: `The database "${name}" belongs to another program: ${reason}`,
    nextAction: "Name an empty database, or one of tracker.",
  }),
} satisfies Record<string, Words>;

/** A code of what is wrong between the host and its database. */
export type PostgresFault = keyof typeof FAULTS;

/** Returns the failure of a database that cannot be used. */
export function postgresError(
  code: PostgresFault,
  name: string,
  reason: string,
  cause?: unknown,
): TrackerError {
  return new TrackerError({
    code,
    ...FAULTS[code](name, reason),
    details: { database: name },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Returns the failure of a database of another program, by one of its tables. */
export function foreignDatabase(name: string, table: string): TrackerError {
  return postgresError("database_foreign", name, `it holds the table "${table}"`);
}

/** Codes of PostgreSQL, or the beginnings of codes, that say what is wrong with the database and not with the work. */
const BY_STATE: readonly (readonly [string, PostgresFault])[] = [
  ["28", "database_refused"],
  ["3D000", "database_missing"],
  ["3F000", "database_unsuitable"],
  ["42501", "database_unsuitable"],
  ["08", "database_unreachable"],
  ["57P", "database_unreachable"],
  ["25P03", "database_unreachable"],
  ["53300", "database_busy"],
  ["53", "database_full"],
  ["58030", "database_full"],
  ["25006", "database_read_only"],
  ["57014", "database_slow"],
  ["55P03", "database_slow"],
];

/** The driver's words for a connection that says nothing any more. */
const NO_ANSWER = /read timeout/;

/** Words of the driver, which gives its own failures no code, and better words for some of them. */
const BY_WORDS: readonly (readonly [RegExp, PostgresFault, reason?: string])[] = [
  [/timeout exceeded when trying to connect/, "database_slow"],
  [NO_ANSWER, "database_slow"],
  [/password must be/, "database_refused", "it asks for a password, and none is given"],
  [/certificate|altnames|UnknownIssuer|self.signed/i, "database_untrusted"],
  [/does not support SSL/, "database_unencrypted"],
  [/establishing an SSL/, "database_untrusted"],
  [/timeout expired/, "database_unreachable", "no answer of PostgreSQL in time"],
  [
    /terminat|not queryable|ECONN|EPIPE|ENOTFOUND|EHOST|ENET|ETIMEDOUT|EAI_|ENOENT|EACCES|socket/i,
    "database_unreachable",
  ],
];

/** Returns the code of PostgreSQL that an error carries, or `null`. */
export function sqlState(error: unknown): string | null {
  const code = codeOf(error);
  return code !== null && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** What the driver has thrown: only its words are words about the database. */
const OF_DRIVER = new WeakSet<Error>();

/** Waits for the driver, and remembers that a failure is the driver's own. */
export async function ofDriver<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error) OF_DRIVER.add(error);
    throw error;
  }
}

/**
 * Returns what is wrong with the database itself; `null` for an error of the work, which is thrown as it is, whatever a
 * client has put into its words.
 */
export function faultOf(error: unknown): PostgresFault | null {
  if (!(error instanceof Error) || error instanceof TrackerError) return null;
  const state = sqlState(error);
  if (state !== null) return BY_STATE.find(([code]) => state.startsWith(code))?.[1] ?? null;
  if (!OF_DRIVER.has(error)) return null;
  return wordsFor(error)?.[1] ?? null;
}

function wordsFor(error: Error): typeof BY_WORDS[number] | undefined {
  const words = `${codeOf(error) ?? ""} ${error.message}`;
  return BY_WORDS.find(([pattern]) => pattern.test(words));
}

/** Returns the error that names the database when that is at fault, or the same error. */
export function namingPostgres(name: string, error: unknown): unknown {
  const fault = faultOf(error);
  if (fault === null || !(error instanceof Error)) return error;
  const reason = sqlState(error) === null ? wordsFor(error)?.[2] : undefined;
  return postgresError(fault, name, reason ?? error.message.replace(/\.$/, ""), error);
}

/** Returns whether the connection is lost: nothing more can be said on it. */
export function isLost(error: unknown): boolean {
  return faultOf(error) === "database_unreachable" ||
    (error instanceof Error && OF_DRIVER.has(error) && NO_ANSWER.test(error.message));
}

/** Returns whether the same work may succeed when it is done again: it met with other work, or an old plan. */
export function isCollision(error: unknown): boolean {
  const state = sqlState(error);
  return state === "40P01" || state === "40001" || isStalePlan(error);
}

/** Returns whether a statement was prepared for columns that a newer process has changed since. */
export function isStalePlan(error: unknown): boolean {
  // The words are in the language of the server.
  return sqlState(error) === "0A000" && error instanceof Error && "routine" in error &&
    error.routine === "RevalidateCachedQuery";
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
