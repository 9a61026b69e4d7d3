import { isLoopback } from "../../platform/loopback.ts";
import type { Platform } from "../../platform/platform.ts";
import { type TrackerError, usageError } from "../../platform/tracker_error.ts";

/** Where a PostgreSQL database is, and how to connect to it. */
export interface PostgresAddress {
  /** A name, an address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** From the URL; `null` when it says none. */
  readonly password: string | null;
  /** The file that the URL names for the password, or `null`. */
  readonly passwordFile: string | null;
  /** Whether the connection is encrypted and the server's certificate is checked. */
  readonly isEncrypted: boolean;
  /** The file with the certificates that may have signed the server's; `null` for those of the system. */
  readonly rootCertificates: string | null;
}

const EXAMPLE = "Write it as `postgres://USER@HOST:5432/DATABASE`.";
const ENCODE =
  "Write `@`, `/`, `?`, `#`, `:` and `%` in a name or password as `%40`, `%2F`, `%3F`, `%23`, `%3A` and `%25`.";

/** Returns whether this is the URL of a PostgreSQL database, right or wrong. */
export function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:/i.test(text);
}

/**
 * Reads the URL of a database. No failure quotes the URL: any part of it may hold a piece of a password.
 *
 * @throws {TrackerError} `usage`, which names the part that is wrong.
 */
export function parsePostgresUrl(text: string): PostgresAddress {
  if (!isPostgresUrl(text)) throw wrongUrl("it does not begin with `postgres://`", EXAMPLE);
  if (!/^[a-z]+:\/\//i.test(text)) throw wrongUrl("`//` is missing after `postgres:`", EXAMPLE);
  if (text.includes("#")) throw wrongUrl("it holds a `#`", ENCODE);
  const rest = text.slice(text.indexOf("//") + 2);
  const authority = /^[^/?]*/.exec(rest)?.[0] ?? "";
  if (authority.split("@").length > 2) throw wrongUrl("it holds more than one `@`", ENCODE);
  if (rest.slice(authority.length).includes("@")) {
    throw wrongUrl("an `@` stands after the host", ENCODE);
  }
  const at = authority.indexOf("@");
  const [user = "", password] = split(at < 0 ? "" : authority.slice(0, at), ":");
  const [path = "", query = ""] = split(rest.slice(authority.length), "?");
  const parameters = readParameters(query);
  const { host, port } = readHost(authority.slice(at + 1), parameters.get("host"));
  const database = decode(path.slice(1), "database");
  if (database === "") throw wrongUrl("the name of the database is missing", EXAMPLE);
  if (database.includes("/") && !path.includes("%")) {
    throw wrongUrl("the name of the database holds a `/`", ENCODE);
  }
  if (user === "") throw wrongUrl("the user is missing", EXAMPLE);
  const rootCertificates = parameters.get("sslrootcert") ?? null;
  return {
    host,
    port,
    database,
    user: decode(user, "user"),
    password: password === undefined || password === "" ? null : decode(password, "password"),
    passwordFile: parameters.get("passfile") ?? null,
    isEncrypted: readEncryption(parameters.get("sslmode"), host),
    rootCertificates: rootCertificates === "system" ? null : rootCertificates,
  };
}

/** Returns the address without any secret, for people. */
export function shownAddress({ host, port, database, user }: PostgresAddress): string {
  const name = encodeURIComponent(database);
  return isSocket(host)
    ? `postgres://${encodeURIComponent(user)}@/${name}?host=${encodeURI(host)}&port=${port}`
    : `postgres://${encodeURIComponent(user)}@${host}:${port}/${name}`;
}

/** The variable of the environment that holds the password. */
export const PASSWORD_VARIABLE = "TRACKER_HOST_DATABASE_PASSWORD";

/**
 * Returns the password: of the URL, else of the file, else of the environment, else none, which a server may trust.
 *
 * @throws {TrackerError} when the file cannot be read.
 */
export async function passwordOf(
  platform: Platform,
  address: PostgresAddress,
  file: string | undefined,
): Promise<string> {
  if (address.password !== null) return address.password;
  const path = file ?? address.passwordFile;
  if (path === null) return platform.env.get(PASSWORD_VARIABLE) ?? "";
  const content = await readNamed(platform, path, "password");
  return content.replace(/\r?\n[\s\S]*$/, "");
}

/** Reads a file that an option or the URL names. */
export async function readNamed(platform: Platform, path: string, what: string): Promise<string> {
  const content = await platform.files.readText(path);
  if (content !== null) return content;
  throw usageError(
    `The file "${path}" of the database's ${what} does not exist`,
    "Name a file that exists.",
  );
}

function wrongUrl(reason: string, nextAction: string): TrackerError {
  return usageError(`The URL of the database is wrong: ${reason}`, nextAction);
}

function split(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrongUrl(`a \`%\` in its ${part} is not followed by two hexadecimal digits`, ENCODE);
  }
}

function isSocket(host: string): boolean {
  return host.startsWith("/");
}

function readHost(given: string, parameter: string | undefined): { host: string; port: number } {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(given);
  const host = decode(parts?.[1] ?? "", "host").replace(/^\[|\]$/g, "");
  const port = parts?.[2] ?? "5432";
  if (parts === null || !/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw wrongUrl("its port is not a number from 1 to 65535", ENCODE);
  }
  if (host.includes(",")) throw wrongUrl("it names more than one host", EXAMPLE);
  if (host === "" && parameter === undefined) throw wrongUrl("the host is missing", EXAMPLE);
  return { host: host === "" ? parameter ?? "" : host, port: Number(port) };
}

const PARAMETERS: readonly string[] = ["host", "passfile", "sslmode", "sslrootcert"];

function readParameters(query: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of query === "" ? [] : query.split("&")) {
    const [name = "", value = ""] = split(part, "=");
    if (!PARAMETERS.includes(name)) {
      throw wrongUrl(
        "it has a parameter that tracker does not know",
        `These are known: ${PARAMETERS.map((known) => `\`${known}\``).join(", ")}.`,
      );
    }
    found.set(name, decode(value, `parameter \`${name}\``));
  }
  return found;
}

/** A connection that leaves this machine is encrypted, and the certificate checked, unless the URL says `disable`. */
function readEncryption(mode: string | undefined, host: string): boolean {
  if (mode === undefined) return !isSocket(host) && !isLoopback(host);
  if (mode === "disable") return false;
  if (["require", "verify-ca", "verify-full"].includes(mode)) {
    if (!isSocket(host)) return true;
    throw wrongUrl("a socket is never encrypted", "Remove `sslmode` from the URL.");
  }
  throw wrongUrl(
    "its `sslmode` is unknown",
    "Use `verify-full`, which encrypts and checks the certificate, or `disable`.",
  );
}
