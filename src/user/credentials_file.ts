import { dirname, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import type { OutputStream } from "../platform/terminal.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import type { CredentialChanges } from "./credential_sections.ts";
import { ensureUserDirectory, requireOwnDirectory, userPaths } from "./paths.ts";
import { editToml, parseToml, readToml, readTomlText, type TomlTable } from "./toml_file.ts";

/** Milliseconds to wait for the lock: a refresh in another process may take its whole time limit. */
const LOCK_DEADLINE_MS = 75_000;

/** Names of unfinished copies of the file. */
const LEFTOVER = /^\.tracker-credentials-[0-9a-f]{16}\.tmp$/;

/** Edits that follow from what the file holds. */
export type PlanChanges = (table: TomlTable) => CredentialChanges;

/** The credentials file as a file: private, locked by its writers, edited in place and replaced as a whole. */
export class CredentialsFile {
  readonly #platform: Platform;
  #modeChecked = false;
  #leftoversChecked = false;

  /** The file of the platform's user. */
  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * What the file holds; nothing when there is none.
   *
   * @throws {TrackerError} `invalid_toml`; `foreign_directory`.
   */
  async read(): Promise<TomlTable> {
    await requireOwnDirectory(this.#platform);
    await this.#narrowMode();
    const { table, isNew } = await readToml(this.#platform, this.#path);
    if (isNew) await this.#removeLeftovers();
    return table;
  }

  /**
   * What the file holds, whatever was read of it before. Only under {@link locked}, where the next change builds on it.
   *
   * @throws {TrackerError} `invalid_toml`.
   */
  async readAgain(): Promise<TomlTable> {
    return parseToml(this.#path, await this.#text());
  }

  /**
   * Changes the file; false when the changes change nothing. Only under {@link locked}.
   *
   * @throws {TrackerError} `invalid_toml`; `credentials_unwritable`.
   */
  async edit(changes: PlanChanges): Promise<boolean> {
    await this.#narrowMode();
    const text = await this.#text();
    const edited = editToml(this.#path, text, changes(parseToml(this.#path, text)));
    if (edited === text) return false;
    await this.#write(edited);
    return true;
  }

  /**
   * Shows that {@link edit} will be able to write such changes, by writing the file as it is. Only under
   * {@link locked}.
   *
   * @throws {TrackerError} `invalid_toml`; `credentials_unwritable`.
   */
  async rehearse(changes: PlanChanges): Promise<void> {
    await this.#narrowMode();
    const { files } = this.#platform;
    const isThere = await files.stat(this.#path) !== null;
    const text = await this.#text();
    editToml(this.#path, text, changes(parseToml(this.#path, text)));
    await this.#write(text);
    if (!isThere) await files.remove(this.#path);
  }

  /**
   * Runs `work` while no other process changes the file. Calls cannot be nested.
   *
   * @throws {TrackerError} `locked` when another process holds the lock for too long; `credentials_unwritable`.
   */
  async locked<T>(work: () => Promise<T>): Promise<T> {
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

  get #path(): string {
    return userPaths(this.#platform).credentials;
  }

  #text(): Promise<string> {
    return readTomlText(this.#platform.files, this.#path);
  }

  async #write(text: string): Promise<void> {
    const options = { mode: 0o600, forceMode: true, exclusive: true };
    await this.#orUnwritable(() => this.#platform.files.writeAtomic(this.#path, text, options));
  }

  async #orUnwritable<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (error instanceof TrackerError) throw error;
      // A missing permission of the runtime is explained at the edge, which knows the flag.
      if (error instanceof Error && error.name === "NotCapable") throw error;
      throw new TrackerError({
        code: "credentials_unwritable",
        message: `"${this.#path}" cannot be written: ${errorText(error)}`,
        nextAction:
          "Make the file and its directory writable, or free some space, then try again. On a machine " +
          "that keeps no files, set `TRACKER_TOKEN`.",
        details: { path: this.#path },
        cause: error,
      });
    }
  }

  /** Removes what a killed writer left beside the file: it may hold tokens of a session. */
  async #removeLeftovers(): Promise<void> {
    if (this.#leftoversChecked) return;
    this.#leftoversChecked = true;
    const { files } = this.#platform;
    try {
      const path = await files.realPath(this.#path) ?? this.#path;
      const directory = dirname(path);
      const isLeftover = (name: string) => LEFTOVER.test(name);
      if (!(await files.list(directory)).some(({ name }) => isLeftover(name))) return;
      const lock = await files.lock(userPaths(this.#platform).credentialsLock, {
        deadlineMs: 0,
        purpose: "removing unfinished credentials",
      });
      try {
        // Listed again: under the lock there is no writer.
        for (const { name } of await files.list(directory)) {
          if (isLeftover(name)) await files.remove(join(directory, name));
        }
      } finally {
        await lock.release();
      }
    } catch {
      // A writer is at work, or nothing may be changed here: the next command looks again.
    }
  }

  async #narrowMode(): Promise<void> {
    if (this.#modeChecked) return;
    this.#modeChecked = true;
    const { files, terminal: { stderr } } = this.#platform;
    const facts = await files.stat(this.#path);
    if (facts === null || facts.mode === null || (facts.mode & 0o077) === 0) return;
    const mode = facts.mode.toString(8).padStart(4, "0");
    const was = `"${this.#path}" was open to other users (mode ${mode})`;
    try {
      await files.setMode(this.#path, 0o600);
      stderr.write(`Warning: ${was}; it is now 0600.\n`);
    } catch (error) {
      // A reader must not fail for a mode that it may not fix.
      if (!told.has(stderr)) {
        stderr.write(`Warning: ${was}, and still is: ${errorText(error)}.\n`);
      }
      told.add(stderr);
    }
  }
}

/** Who has been warned of a mode that cannot be fixed: a command opens the file more than once, but warns once. */
const told = new WeakSet<OutputStream>();
