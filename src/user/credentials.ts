import type { Platform } from "../platform/platform.ts";
import type { OutputStream } from "../platform/terminal.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import {
  type CredentialChanges,
  currentHostOf,
  moveCurrentAway,
  removeSession,
  replaceSession,
  type Session,
  sessionChanges,
  sessionIn,
  sessionsIn,
  type SessionUser,
  tokenPaths,
  userIn,
} from "./credential_sections.ts";
import { normalizeHostUrl } from "./host_url.ts";
import { ensureUserDirectory, userPaths } from "./paths.ts";
import { loadSettings } from "./settings.ts";
import {
  editToml,
  isTable,
  parseToml,
  readTomlText,
  type TomlTable,
  tomlValue,
} from "./toml_file.ts";

export type { Session, SessionUser } from "./credential_sections.ts";

/** A session in force, and whether the environment gave it (such a one is never written or refreshed). */
export interface ActiveSession {
  readonly session: Session;
  readonly injected: boolean;
}

/** What the holder of the credentials lock may do. */
export interface LockedCredentials {
  /** The session at a host as the file holds it now. */
  session(hostUrl: string): Promise<Session | null>;
  /** See {@link CredentialStore.saveSession}. */
  saveSession(session: Session): Promise<void>;
  /** Replaces the session at a host where it stands, current or remembered. */
  saveTokens(session: Session): Promise<void>;
  /** Shows that {@link saveTokens} will have a place for this session, by writing the file as it is. */
  rehearse(session: Session): Promise<void>;
  /** Forgets the tokens of a host but keeps who was signed in there. */
  clearTokens(hostUrl: string): Promise<void>;
}

/** Milliseconds to wait for the lock: a refresh in another process may take its whole time limit. */
const LOCK_DEADLINE_MS = 75_000;

/**
 * The credentials file: sessions at tracker hosts and credentials of local providers. Writers take turns by a lock
 * file; what this program does not know in the file, comments included, stays as it is.
 */
export class CredentialStore {
  readonly #platform: Platform;
  #modeChecked = false;

  /** The store of the platform's user. */
  constructor(options: { readonly platform: Platform }) {
    this.#platform = options.platform;
  }

  /**
   * The stored session at a host; `null` when there is none. The environment does not count here.
   *
   * @throws {TrackerError} `invalid_toml`; `invalid_host_url`.
   */
  async session(hostUrl: string): Promise<Session | null> {
    return sessionIn(await this.#read(), normalizeHostUrl(hostUrl));
  }

  /**
   * The session in force at a host: `TRACKER_TOKEN` (with `TRACKER_TEAM`) when this is the configured host, else
   * the stored one; `null` when there is neither.
   *
   * @throws {TrackerError} `invalid_toml`; `invalid_host_url`; `invalid_setting`.
   */
  async activeSession(hostUrl: string): Promise<ActiveSession | null> {
    const host = normalizeHostUrl(hostUrl);
    const injected = await this.#injected(host);
    if (injected !== null) return { session: injected, injected: true };
    const session = await this.session(host);
    return session === null ? null : { session, injected: false };
  }

  /**
   * Whose work at a host this machine keeps: the user of the session in force, else of the session that has ended,
   * until a logout; `null` when nobody is known.
   *
   * @throws {TrackerError} `invalid_toml`; `invalid_host_url`; `invalid_setting`.
   */
  async user(hostUrl: string): Promise<SessionUser | null> {
    const host = normalizeHostUrl(hostUrl);
    return await this.#injected(host) ?? userIn(await this.#read(), host);
  }

  /** The host of the current session; `null` when nobody is signed in. */
  async currentHost(): Promise<string | null> {
    const table = await this.#read();
    const host = currentHostOf(table);
    return host === null || sessionIn(table, host) === null ? null : host;
  }

  /** Every stored session, the current one first. */
  async sessions(): Promise<Session[]> {
    return sessionsIn(await this.#read());
  }

  /**
   * Saves a session and makes it the current one; a current session at another host moves to the remembered ones.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`; `credentials_unwritable`.
   */
  async saveSession(session: Session): Promise<void> {
    await this.withLock((locked) => locked.saveSession(session));
  }

  /**
   * Forgets the session at one host; false when there was none.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`; `credentials_unwritable`.
   */
  async clearSession(hostUrl: string): Promise<boolean> {
    const host = normalizeHostUrl(hostUrl);
    return await this.#locked(() => this.#edit((table) => removeSession(table, host)));
  }

  /**
   * Runs `work` while no other process changes the credentials. Not to be nested.
   *
   * @throws {TrackerError} `locked` when another process holds the lock for too long; `credentials_unwritable`.
   */
  async withLock<T>(work: (locked: LockedCredentials) => Promise<T>): Promise<T> {
    return await this.#locked(() =>
      work({
        session: (hostUrl) => this.session(hostUrl),
        saveSession: (session) => this.#save(session),
        saveTokens: async (session) => {
          await this.#edit((table) => replaceSession(table, session));
        },
        rehearse: (session) => this.#rehearse(session),
        clearTokens: async (hostUrl) => {
          const host = normalizeHostUrl(hostUrl);
          await this.#edit((table) =>
            tokenPaths(table, host).map((path) => ({ path, value: null }))
          );
        },
      })
    );
  }

  /**
   * The credentials of a local provider, all as text; empty when there are none.
   *
   * @throws {TrackerError} `invalid_toml`.
   */
  async providerCredentials(provider: string): Promise<Record<string, string>> {
    const section = tomlValue(await this.#read(), providerPath(provider));
    if (!isTable(section)) return {};
    return Object.fromEntries(
      Object.entries(section).filter(([, value]) => !isTable(value) && !Array.isArray(value))
        .map(([key, value]) => [key, String(value)]),
    );
  }

  /**
   * Replaces the credentials of a local provider.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`; `credentials_unwritable`.
   */
  async saveProviderCredentials(
    provider: string,
    credentials: Readonly<Record<string, string>>,
  ): Promise<void> {
    const path = providerPath(provider);
    await this.#locked(() =>
      this.#edit((table) => {
        const before = tomlValue(table, path);
        const gone = isTable(before)
          ? Object.keys(before).filter((key) => !Object.hasOwn(credentials, key))
          : [];
        return [
          ...gone.map((key) => ({ path: [...path, key], value: null })),
          ...Object.entries(credentials).map(([key, value]) => ({ path: [...path, key], value })),
        ];
      })
    );
  }

  /**
   * Forgets the credentials of a local provider; false when there were none.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`; `credentials_unwritable`.
   */
  async clearProviderCredentials(provider: string): Promise<boolean> {
    const path = providerPath(provider);
    return await this.#locked(() => this.#edit(() => [{ path, value: null }]));
  }

  async #injected(host: string): Promise<Session | null> {
    const access = this.#platform.env.get("TRACKER_TOKEN")?.trim() ?? "";
    if (access === "") return null;
    const configured = await loadSettings(this.#platform).hostUrl();
    // A token from the environment is meant for the configured host and must not reach another.
    if (configured?.url !== host) return null;
    const team = this.#platform.env.get("TRACKER_TEAM")?.trim() ?? "";
    return {
      host,
      access,
      refresh: null,
      accessExpiresAt: null,
      refreshExpiresAt: null,
      username: null,
      teamSlug: team === "" ? null : team,
    };
  }

  async #save(session: Session): Promise<void> {
    const host = normalizeHostUrl(session.host);
    await this.#edit((table) => [
      ...moveCurrentAway(table, host),
      { path: ["hosts", host], value: null },
      ...sessionChanges([], { ...session, host }),
    ]);
  }

  async #read(): Promise<TomlTable> {
    const { credentials } = userPaths(this.#platform);
    await this.#narrowMode(credentials);
    return parseToml(credentials, await readTomlText(this.#platform.files, credentials));
  }

  async #edit(changes: (table: TomlTable) => CredentialChanges): Promise<boolean> {
    const { files } = this.#platform;
    const { credentials } = userPaths(this.#platform);
    await this.#narrowMode(credentials);
    const text = await readTomlText(files, credentials);
    const edited = editToml(credentials, text, changes(parseToml(credentials, text)));
    if (edited === text) return false;
    await this.#write(edited);
    return true;
  }

  async #rehearse(session: Session): Promise<void> {
    const { credentials } = userPaths(this.#platform);
    const text = await readTomlText(this.#platform.files, credentials);
    const other = { ...session, access: `${session.access}.`, refresh: `${session.refresh}.` };
    editToml(credentials, text, replaceSession(parseToml(credentials, text), other));
    await this.#write(text);
  }

  async #write(text: string): Promise<void> {
    const { credentials } = userPaths(this.#platform);
    await this.#orUnwritable(() =>
      this.#platform.files.writeAtomic(credentials, text, {
        mode: 0o600,
        forceMode: true,
        exclusive: true,
      })
    );
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const lock = await this.#orUnwritable(async () => {
      await ensureUserDirectory(this.#platform);
      return await this.#platform.files.lock(userPaths(this.#platform).credentialsLock, {
        deadlineMs: LOCK_DEADLINE_MS,
        purpose: "changing credentials",
      });
    });
    try {
      return await work();
    } finally {
      await lock.release();
    }
  }

  async #orUnwritable<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      // A missing permission of the runtime is explained at the edge, which knows the flag.
      if (
        error instanceof TrackerError || (error instanceof Error && error.name === "NotCapable")
      ) {
        throw error;
      }
      const { credentials } = userPaths(this.#platform);
      throw new TrackerError({
        code: "credentials_unwritable",
        message: `"${credentials}" cannot be written: ${errorText(error)}`,
        nextAction:
          "Make the file and its directory writable, or free some space, then try again. On a machine " +
          "that keeps nothing, set `TRACKER_TOKEN`.",
        details: { path: credentials },
        cause: error,
      });
    }
  }

  async #narrowMode(path: string): Promise<void> {
    if (this.#modeChecked) return;
    this.#modeChecked = true;
    const facts = await this.#platform.files.stat(path);
    if (facts === null || facts.mode === null || (facts.mode & 0o077) === 0) return;
    const { stderr } = this.#platform.terminal;
    const was = `"${path}" was open to other users (mode ${
      facts.mode.toString(8).padStart(4, "0")
    })`;
    try {
      await this.#platform.files.setMode(path, 0o600);
      stderr.write(`Warning: ${was}; it is now 0600.\n`);
    } catch (error) {
      // Who only reads must not fail for what may not be mended.
      if (!toldOfMode.has(stderr)) {
        stderr.write(`Warning: ${was}, and still is: ${errorText(error)}.\n`);
      }
      toldOfMode.add(stderr);
    }
  }
}

/** A command opens the credentials more than once, but says it once. */
const toldOfMode = new WeakSet<OutputStream>();

function providerPath(provider: string): readonly string[] {
  return ["tracker", "providers", provider];
}
