import type { Platform } from "../platform/platform.ts";
import { isAbsolute } from "../platform/paths.ts";
import {
  currentHostOf,
  removeSession,
  replaceSession,
  type Session,
  sessionIn,
  sessionsIn,
  type SessionUser,
  signIn,
  tokenPaths,
  userIn,
} from "./credential_sections.ts";
import { CredentialsFile } from "./credentials_file.ts";
import { normalizeHostUrl } from "./host_url.ts";
import { loadSettings } from "./settings.ts";
import {
  type CredentialPlace,
  providerCredentialsIn,
  removeProjectCredentials,
  replaceProjectCredentials,
} from "./provider_credentials.ts";

export { isGivenToken, type Session, type SessionUser } from "./credential_sections.ts";

/** A session in force, and whether the environment gave it: such a session is never written or refreshed. */
export interface ActiveSession {
  readonly session: Session;
  readonly injected: boolean;
  /** The command of `auth.token_command` that writes the token, which `session` does not hold; `null` otherwise. */
  readonly command: readonly string[] | null;
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

/**
 * The credentials file: sessions at tracker hosts and credentials of local providers. Writers take turns by a lock
 * file; what this program does not know in the file, comments included, stays as it is.
 */
export class CredentialStore {
  readonly #platform: Platform;
  readonly #file: CredentialsFile;

  /** The store of the platform's user. */
  constructor(options: { readonly platform: Platform }) {
    this.#platform = options.platform;
    this.#file = new CredentialsFile(options.platform);
  }

  /**
   * The stored session at a host; `null` when there is none. The environment does not count here.
   *
   * @throws {TrackerError} `invalid_toml`; `invalid_host_url`.
   */
  async session(hostUrl: string): Promise<Session | null> {
    return sessionIn(await this.#file.read(), normalizeHostUrl(hostUrl));
  }

  /**
   * The session in force at a host: `TRACKER_TOKEN` (with `TRACKER_TEAM`) when this is the configured host, else
   * `auth.token_command`, which is not run here, else the stored one; `null` when there is none of them.
   *
   * @throws {TrackerError} `invalid_toml`; `invalid_host_url`; `invalid_setting`.
   */
  async activeSession(hostUrl: string): Promise<ActiveSession | null> {
    const host = normalizeHostUrl(hostUrl);
    const injected = await this.#injected(host);
    if (injected !== null) return { session: injected, injected: true, command: null };
    const session = await this.session(host);
    const command = await this.#tokenCommand(host);
    if (command !== null) {
      return { session: await this.#commanded(host, session), injected: true, command };
    }
    return session === null ? null : { session, injected: false, command: null };
  }

  /**
   * Whose work at a host this machine keeps: the user of the session in force, else of the last one; `null` when nobody
   * was signed in there.
   *
   * @throws {TrackerError} `invalid_toml`; `invalid_host_url`; `invalid_setting`.
   */
  async user(hostUrl: string): Promise<SessionUser | null> {
    const host = normalizeHostUrl(hostUrl);
    const injected = await this.#injected(host);
    if (injected !== null) return injected;
    return await this.#tokenCommand(host) === null
      ? userIn(await this.#file.read(), host)
      : await this.#commanded(host, await this.session(host));
  }

  /** The host of the current session; `null` without one. */
  async currentHost(): Promise<string | null> {
    const table = await this.#file.read();
    const host = currentHostOf(table);
    return host === null || sessionIn(table, host) === null ? null : host;
  }

  /** Every stored session, the current one first. */
  async sessions(): Promise<Session[]> {
    return sessionsIn(await this.#file.read());
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
   * Shows that {@link saveSession} will have a place for a session at a host: to be asked before a person is.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`; `credentials_unwritable`.
   */
  async rehearse(hostUrl: string): Promise<void> {
    const host = normalizeHostUrl(hostUrl);
    await this.#file.locked(() =>
      this.#file.rehearse((table) => signIn(table, { ...PLACEHOLDER, host }))
    );
  }

  /**
   * Forgets the session at one host; false when there was none.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`; `credentials_unwritable`.
   */
  async clearSession(hostUrl: string): Promise<boolean> {
    const host = normalizeHostUrl(hostUrl);
    return await this.#file.locked(() => this.#file.edit((table) => removeSession(table, host)));
  }

  /**
   * Runs `work` while no other process changes the credentials. Not to be nested.
   *
   * @throws {TrackerError} `locked` when another process holds the lock for too long; `credentials_unwritable`.
   */
  async withLock<T>(work: (locked: LockedCredentials) => Promise<T>): Promise<T> {
    return await this.#file.locked(() =>
      work({
        session: async (hostUrl) =>
          sessionIn(await this.#file.readAgain(), normalizeHostUrl(hostUrl)),
        saveSession: (session) => this.#save(session),
        saveTokens: async (session) => {
          await this.#file.edit((table) => replaceSession(table, session));
        },
        rehearse: (session) =>
          this.#file.rehearse((table) =>
            replaceSession(table, { ...PLACEHOLDER, host: session.host })
          ),
        clearTokens: async (hostUrl) => {
          const host = normalizeHostUrl(hostUrl);
          await this.#file.edit((table) =>
            tokenPaths(table, host).map((path) => ({ path, value: null }))
          );
        },
      })
    );
  }

  /**
   * The credentials of a local provider that hold for a project (a place, or a directory), all as text: its own, and those of every project for
   * what it has none of. Empty when there are none.
   *
   * @throws {TrackerError} `invalid_toml`.
   */
  async providerCredentials(
    provider: string,
    project: CredentialPlace | string,
  ): Promise<Record<string, string>> {
    const place = await this.#place(project);
    return providerCredentialsIn(await this.#file.read(), provider, place);
  }

  /**
   * Replaces a project's own credentials of a local provider; those of other projects and of every project stay. What
   * an older version kept under the project's directory is replaced, too.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`; `credentials_unwritable`.
   */
  async saveProjectCredentials(
    provider: string,
    project: CredentialPlace | string,
    credentials: Readonly<Record<string, string>>,
  ): Promise<void> {
    const place = await this.#place(project);
    await this.#file.locked(() =>
      this.#file.edit((table) => replaceProjectCredentials(table, provider, place, credentials))
    );
  }

  /**
   * Forgets a project's own credentials of a local provider; false when it had none.
   *
   * @throws {TrackerError} `invalid_toml`; `locked`; `credentials_unwritable`.
   */
  async clearProjectCredentials(
    provider: string,
    project: CredentialPlace | string,
  ): Promise<boolean> {
    const place = await this.#place(project);
    return await this.#file.locked(() =>
      this.#file.edit((table) => removeProjectCredentials(table, provider, place))
    );
  }

  /** A directory that is reached through a link is the same directory. */
  async #place(project: CredentialPlace | string): Promise<CredentialPlace> {
    if (typeof project !== "string") return project;
    const real = isAbsolute(project)
      ? await this.#platform.files.realPath(project).catch(() => null)
      : null;
    return { repository: real ?? project, roots: [] };
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

  /** The command is meant for the configured host, as a token from the environment is. */
  async #tokenCommand(host: string): Promise<readonly string[] | null> {
    const settings = loadSettings(this.#platform);
    const command = await settings.tokenCommand();
    if (command === null) return null;
    return (await settings.hostUrl())?.url === host ? command : null;
  }

  /** The session of the command, its token left open: its team is the one of the environment, else of the last session. */
  async #commanded(host: string, stored: Session | null): Promise<Session> {
    const team = this.#platform.env.get("TRACKER_TEAM")?.trim() ?? "";
    const user = stored ?? userIn(await this.#file.read(), host);
    return {
      ...NO_TOKENS,
      host,
      username: user?.username ?? null,
      teamSlug: team === "" ? user?.teamSlug ?? null : team,
    };
  }

  async #save(session: Session): Promise<void> {
    const host = normalizeHostUrl(session.host);
    await this.#file.edit((table) => signIn(table, { ...session, host }));
  }
}

const NO_TOKENS = {
  access: "",
  refresh: null,
  accessExpiresAt: null,
  refreshExpiresAt: null,
} as const;

/** Stands in for a session of which only the host is known. */
const PLACEHOLDER = {
  access: "access",
  refresh: "refresh",
  accessExpiresAt: 0,
  refreshExpiresAt: 0,
  username: "username",
  teamSlug: "team",
} as const;
