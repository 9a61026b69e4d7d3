import type { Platform } from "../platform/platform.ts";
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
  tokenPaths,
} from "./credential_sections.ts";
import { normalizeHostUrl } from "./host_url.ts";
import { ensureUserDirectory, userPaths } from "./paths.ts";
import { loadSettings } from "./settings.ts";
import {
  providerCredentialsIn,
  removeProjectCredentials,
  replaceProjectCredentials,
} from "./provider_credentials.ts";
import { editToml, parseToml, readTomlText, type TomlTable } from "./toml_file.ts";

export type { Session } from "./credential_sections.ts";

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
   * @throws {TrackerError} `invalid_toml`; `locked`.
   */
  async saveSession(session: Session): Promise<void> {
    await this.withLock((locked) => locked.saveSession(session));
  }

  /**
   * Forgets the session at one host; false when there was none.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`.
   */
  async clearSession(hostUrl: string): Promise<boolean> {
    const host = normalizeHostUrl(hostUrl);
    return await this.#locked(() => this.#edit((table) => removeSession(table, host)));
  }

  /**
   * Runs `work` while no other process changes the credentials. Not to be nested.
   *
   * @throws {TrackerError} `locked` when another process holds the lock for too long.
   */
  async withLock<T>(work: (locked: LockedCredentials) => Promise<T>): Promise<T> {
    return await this.#locked(() =>
      work({
        session: (hostUrl) => this.session(hostUrl),
        saveSession: (session) => this.#save(session),
        saveTokens: async (session) => {
          await this.#edit((table) => replaceSession(table, session));
        },
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
   * The credentials of a local provider that hold for the project at `project` (its root), all as text: its own, and
   * those of every project for what it has none of. Empty when there are none.
   *
   * @throws {TrackerError} `invalid_toml`.
   */
  async providerCredentials(provider: string, project: string): Promise<Record<string, string>> {
    return providerCredentialsIn(await this.#read(), provider, project);
  }

  /**
   * Replaces a project's own credentials of a local provider; those of other projects and of every project stay.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`.
   */
  async saveProjectCredentials(
    provider: string,
    project: string,
    credentials: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#locked(() =>
      this.#edit((table) => replaceProjectCredentials(table, provider, project, credentials))
    );
  }

  /**
   * Forgets a project's own credentials of a local provider; false when it had none.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`.
   */
  async clearProjectCredentials(provider: string, project: string): Promise<boolean> {
    return await this.#locked(() =>
      this.#edit((table) => removeProjectCredentials(table, provider, project))
    );
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
    await files.writeAtomic(credentials, edited, { mode: 0o600, forceMode: true });
    return true;
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    await ensureUserDirectory(this.#platform);
    const lock = await this.#platform.files.lock(userPaths(this.#platform).credentialsLock, {
      deadlineMs: LOCK_DEADLINE_MS,
      purpose: "changing credentials",
    });
    try {
      return await work();
    } finally {
      await lock.release();
    }
  }

  async #narrowMode(path: string): Promise<void> {
    if (this.#modeChecked) return;
    this.#modeChecked = true;
    const facts = await this.#platform.files.stat(path);
    if (facts === null || facts.mode === null || (facts.mode & 0o077) === 0) return;
    const mode = facts.mode.toString(8).padStart(4, "0");
    await this.#platform.files.setMode(path, 0o600);
    this.#platform.terminal.stderr.write(
      `Warning: "${path}" was open to other users (mode ${mode}); it is now 0600.\n`,
    );
  }
}
