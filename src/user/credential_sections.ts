import { hostUrlFault, normalizeHostUrl } from "./host_url.ts";
import { isoTime, LAST_TIME_MS } from "../platform/clock.ts";
import { isTable, type TomlChange, type TomlTable, tomlValue } from "./toml_file.ts";

/** A signed-in user at one host. */
export interface Session {
  /** Canonical URL of the host that issued the tokens. */
  readonly host: string;
  /** Access token; secret. */
  readonly access: string;
  /** Refresh token; secret. `null` when the host gave none. */
  readonly refresh: string | null;
  /** Milliseconds since 1970; `null` when unknown. */
  readonly accessExpiresAt: number | null;
  /** Milliseconds since 1970; `null` when unknown. */
  readonly refreshExpiresAt: number | null;
  readonly username: string | null;
  readonly teamSlug: string | null;
}

/** Returns whether a session is a token that was given at the login: nothing renews it, and others may use it too. */
export function isGivenToken({ refresh, refreshExpiresAt }: Session): boolean {
  return refresh === null && refreshExpiresAt === null;
}

/** Whose session it is. */
export type SessionUser = Pick<Session, "username" | "teamSlug">;

/** Edits of the credentials file. */
export type CredentialChanges = readonly TomlChange[];

const TOKEN_KEYS = ["access", "refresh", "access_expires_at", "refresh_expires_at"] as const;

/** The session at `host` (canonical), current or remembered; `null` when there is none. */
export function sessionIn(table: TomlTable, host: string): Session | null {
  return sessionAt(table, baseOf(table, host), host);
}

/** Returns who is, or was last, signed in at `host` (canonical); `null` when that is not known. */
export function userIn(table: TomlTable, host: string): SessionUser | null {
  const base = baseOf(table, host);
  if (tomlValue(table, [...base, "user"]) === undefined) return null;
  return {
    username: text(tomlValue(table, [...base, "user", "username"])),
    teamSlug: text(tomlValue(table, [...base, "user", "team_slug"])),
  };
}

/** Every session, the current one first. */
export function sessionsIn(table: TomlTable): Session[] {
  const current = currentHostOf(table);
  const remembered = tomlValue(table, ["hosts"]);
  const hosts = [
    ...(current === null ? [] : [current]),
    ...(isTable(remembered) ? Object.keys(remembered) : []),
  ];
  return [...new Set(hosts)].flatMap((host) => sessionIn(table, host) ?? []);
}

/** The host of the top-level sections in canonical form; `null` when it is not known. */
export function currentHostOf(table: TomlTable): string | null {
  const url = text(tomlValue(table, ["server", "url"]));
  return url === null || hostUrlFault(url) !== null ? null : normalizeHostUrl(url);
}

/** Edits that write a session below `base`. */
function sessionChanges(base: readonly string[], session: Session): CredentialChanges {
  return [
    { path: [...base, "tokens", "access"], value: session.access },
    { path: [...base, "tokens", "refresh"], value: session.refresh },
    { path: [...base, "tokens", "access_expires_at"], value: stamp(session.accessExpiresAt) },
    { path: [...base, "tokens", "refresh_expires_at"], value: stamp(session.refreshExpiresAt) },
    ...userChanges(base, session, session.host),
  ];
}

function userChanges(
  base: readonly string[],
  user: SessionUser,
  host: string,
): CredentialChanges {
  return [
    { path: [...base, "user", "username"], value: user.username },
    { path: [...base, "user", "team_slug"], value: user.teamSlug },
    { path: [...base, "server", "url"], value: host },
  ];
}

/** Edits that make a session the current one; a current one at another host becomes a remembered one. */
export function signIn(table: TomlTable, session: Session): CredentialChanges {
  return [
    ...moveCurrentAway(table, session.host),
    { path: ["hosts", session.host], value: null },
    ...sessionChanges([], session),
  ];
}

/** Edits that write a session where its host's stands already, without changing which one is current. */
export function replaceSession(table: TomlTable, session: Session): CredentialChanges {
  return sessionChanges(baseOf(table, session.host), session);
}

/** Edits that make a current session at another host than `host` a remembered one, an ended one too. */
function moveCurrentAway(table: TomlTable, host: string): CredentialChanges {
  const current = currentHostOf(table);
  if (current === null || current === host) return [];
  const session = sessionAt(table, [], current);
  if (session !== null) return sessionChanges(["hosts", current], session);
  const user = userIn(table, current);
  return user === null ? [] : userChanges(["hosts", current], user, current);
}

/** Edits that take the session at `host` away. Whose it was stays, by which their cached issues and edits are found. */
export function removeSession(table: TomlTable, host: string): CredentialChanges {
  const user = userIn(table, host);
  const gone = currentHostOf(table) === host
    ? [
      ...tokenPaths(table, host),
      ["user", "username"],
      ["user", "team_slug"],
      ["server", "url"],
      ["hosts", host, "tokens"],
    ]
    : tokenPaths(table, host);
  return [
    ...gone.map((path) => ({ path, value: null })),
    ...(user === null ? [] : userChanges(["hosts", host], user, host)),
  ];
}

/** Where the tokens of `host` stand. */
export function tokenPaths(table: TomlTable, host: string): string[][] {
  const base = baseOf(table, host);
  return TOKEN_KEYS.map((key) => [...base, "tokens", key]);
}

function baseOf(table: TomlTable, host: string): readonly string[] {
  return currentHostOf(table) === host ? [] : ["hosts", host];
}

function sessionAt(table: TomlTable, base: readonly string[], host: string): Session | null {
  const at = (...path: readonly string[]) => tomlValue(table, [...base, ...path]);
  const access = text(at("tokens", "access"));
  if (access === null) return null;
  return {
    host,
    access,
    refresh: text(at("tokens", "refresh")),
    accessExpiresAt: time(at("tokens", "access_expires_at")),
    refreshExpiresAt: time(at("tokens", "refresh_expires_at")),
    username: text(at("user", "username")),
    teamSlug: text(at("user", "team_slug")),
  };
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

function stamp(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

/** A time as this program writes it (ISO 8601), as TOML knows it, or as a number of seconds or milliseconds. */
function time(value: unknown): number | null {
  const ms = typeof value === "string"
    ? Date.parse(value)
    : value instanceof Date
    ? value.getTime()
    : typeof value === "number"
    ? value < 100_000_000_000 ? value * 1000 : value
    : Number.NaN;
  return Math.abs(ms) <= LAST_TIME_MS ? ms : null;
}
