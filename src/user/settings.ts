import type { Platform } from "../platform/platform.ts";
import { commandWord } from "../platform/command_word.ts";
import { TrackerError, usageError } from "../platform/tracker_error.ts";
import { hostUrlFault, normalizeHostUrl } from "./host_url.ts";
import { ensureUserDirectory, requireOwnDirectory, userPaths } from "./paths.ts";
import {
  type DaemonPolicy,
  policyOf,
  type SettingDefinition,
  settingDefinition,
  type SettingKey,
  type SettingValue,
  shownSettings,
} from "./setting_table.ts";
import { editToml, readToml, readTomlText, type TomlTable, tomlValue } from "./toml_file.ts";

/** Returns a value as a person types it. */
export function settingText(value: SettingValue | null): string {
  return typeof value === "object" && value !== null
    ? value.map(commandWord).join(" ")
    : String(value ?? "");
}

export {
  type DaemonPolicy,
  type SettingCheck,
  type SettingDefinition,
  settingDefinition,
  type SettingKey,
  SETTINGS,
  type SettingValue,
  shownSettings,
} from "./setting_table.ts";

/** One setting as it holds now. */
export interface SettingRow {
  readonly key: SettingKey;
  /** The value in force; `null` when there is none or the one given is faulty. */
  readonly value: SettingValue | null;
  readonly source: "file" | "environment" | "default";
  /** The file or the variable it comes from; `null` for a default. */
  readonly origin: string | null;
  readonly description: string;
  /** What is wrong with the value given, completing "`key` …"; `null` when it is fine. */
  readonly fault: string | null;
}

/** The host URL in force, and where it was said. */
export interface HostUrl {
  readonly url: string;
  readonly source: "environment" | "file";
}

/** The user's settings; the file is read at the first question, once. */
export class Settings {
  readonly #platform: Platform;
  #file: Promise<TomlTable> | null = null;
  #policyWarned = false;

  /** Settings of the platform's user. */
  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * The host URL in force: `SPEC_KITTY_SAAS_URL`, else `sync.server_url`, else `null`.
   *
   * @throws {TrackerError} `invalid_setting` naming where a faulty URL stands; `invalid_toml`.
   */
  async hostUrl(): Promise<HostUrl | null> {
    const fromEnvironment = this.#platform.env.get("SPEC_KITTY_SAAS_URL")?.trim() ?? "";
    if (fromEnvironment !== "") {
      const fault = hostUrlFault(fromEnvironment);
      if (fault !== null) throw invalidSetting("SPEC_KITTY_SAAS_URL", fault, null);
      return { url: normalizeHostUrl(fromEnvironment), source: "environment" };
    }
    const value = await this.#read("sync.server_url");
    return typeof value === "string" && value !== "" ? { url: value, source: "file" } : null;
  }

  /**
   * Events the queue may hold before a warning.
   *
   * @throws {TrackerError} `invalid_setting`; `invalid_toml`.
   */
  async maxQueueSize(): Promise<number> {
    const value = await this.#read("sync.max_queue_size");
    return typeof value === "number" ? value : 100_000;
  }

  /**
   * Whether missions start on branches of their own.
   *
   * @throws {TrackerError} `invalid_setting`; `invalid_toml`.
   */
  async missionBranch(): Promise<boolean> {
    return await this.#read("mission.branch") === true;
  }

  /**
   * What trackers call the user; `null` where it is not set.
   *
   * @throws {TrackerError} `invalid_setting`; `invalid_toml`.
   */
  async missionAssignee(): Promise<string | null> {
    const value = await this.#read("mission.assignee");
    return typeof value === "string" ? value : null;
  }

  /**
   * The command that writes the token, as an argument vector; `null` where it is not set.
   *
   * @throws {TrackerError} `invalid_setting`; `invalid_toml`.
   */
  async tokenCommand(): Promise<readonly string[] | null> {
    const value = await this.#read("auth.token_command");
    return Array.isArray(value) ? value : null;
  }

  /**
   * Whether background sync may start by itself. An unknown value warns once on standard error and is `auto`.
   *
   * @throws {TrackerError} `invalid_setting` for an empty value; `invalid_toml`.
   */
  async daemonPolicy(): Promise<DaemonPolicy> {
    const raw = tomlValue(await this.#table(), pathOf("sync.background_daemon"));
    if (raw === undefined) return "auto";
    if (typeof raw === "string" && raw.trim() === "") {
      const { config } = userPaths(this.#platform);
      throw invalidSetting("[sync].background_daemon", "is empty: set `auto` or `manual`", config);
    }
    const policy = policyOf(raw);
    if (policy !== null) return policy;
    if (!this.#policyWarned) {
      this.#policyWarned = true;
      const shown = typeof raw === "string" ? JSON.stringify(raw) : "a value that is not a string";
      this.#platform.terminal.stderr.write(
        `Warning: \`[sync].background_daemon\` is ${shown}, not "auto" or "manual"; using "auto".\n`,
      );
    }
    return "auto";
  }

  async #read(key: SettingKey): Promise<SettingValue | null> {
    const raw = tomlValue(await this.#table(), pathOf(key));
    if (raw === undefined || raw === "") return null;
    const check = settingDefinition(key).check(raw);
    if (check.ok) return check.value;
    throw invalidSetting(key, check.fault, userPaths(this.#platform).config);
  }

  #table(): Promise<TomlTable> {
    this.#file ??= readConfig(this.#platform);
    return this.#file;
  }
}

/** The user's settings. Reads nothing yet. */
export function loadSettings(platform: Platform): Settings {
  return new Settings(platform);
}

/** See {@link Settings.hostUrl}. */
export function resolveHostUrl(platform: Platform): Promise<HostUrl | null> {
  return loadSettings(platform).hostUrl();
}

/** See {@link Settings.daemonPolicy}. */
export function daemonPolicy(platform: Platform): Promise<DaemonPolicy> {
  return loadSettings(platform).daemonPolicy();
}

/**
 * Every setting that is shown, with its value and source. A faulty value is a row with a fault, not an error.
 *
 * @throws {TrackerError} `invalid_toml`.
 */
export async function listSettings(
  platform: Platform,
  hostedEnabled: boolean,
): Promise<SettingRow[]> {
  const { config } = userPaths(platform);
  const table = await readConfig(platform);
  return shownSettings(hostedEnabled).map((setting) => rowOf(platform, setting, table, config));
}

/**
 * One setting with its value and source.
 *
 * @throws {TrackerError} `usage` for an unknown key; `invalid_toml`.
 */
export async function getSetting(platform: Platform, key: string): Promise<SettingRow> {
  const setting = settingDefinition(key);
  const { config } = userPaths(platform);
  return rowOf(platform, setting, await readConfig(platform), config);
}

/**
 * Writes a setting that a person typed into the file, keeping all else in it, and returns what was written.
 *
 * @throws {TrackerError} `usage` for an unknown key or a value that does not pass its check; `invalid_toml`.
 */
export async function setSetting(
  platform: Platform,
  key: string,
  typed: string,
): Promise<SettingValue> {
  const setting = settingDefinition(key);
  const text = typed.trim();
  const check = setting.check(setting.type === "integer" && /^\d+$/.test(text) ? +text : text);
  if (!check.ok) {
    throw usageError(
      `\`${setting.key}\` ${check.fault}`,
      "`tracker config list` shows every setting and its value.",
    );
  }
  await writeSetting(platform, setting.key, check.value);
  return check.value;
}

/**
 * Takes a setting out of the file; false when it was not there.
 *
 * @throws {TrackerError} `usage` for an unknown key; `invalid_toml`.
 */
export async function unsetSetting(platform: Platform, key: string): Promise<boolean> {
  return await writeSetting(platform, settingDefinition(key).key, null);
}

async function readConfig(platform: Platform): Promise<TomlTable> {
  await requireOwnDirectory(platform);
  return (await readToml(platform, userPaths(platform).config)).table;
}

async function writeSetting(
  platform: Platform,
  key: SettingKey,
  value: SettingValue | null,
): Promise<boolean> {
  const { files } = platform;
  const { config, configLock } = userPaths(platform);
  await ensureUserDirectory(platform);
  const lock = await files.lock(configLock, { purpose: "writing settings" });
  try {
    const text = await readTomlText(files, config);
    const edited = editToml(config, text, [{ path: pathOf(key), value }]);
    if (edited === text) return false;
    await files.writeAtomic(config, edited, { mode: 0o600, exclusive: true });
    return true;
  } finally {
    await lock.release();
  }
}

function rowOf(
  platform: Platform,
  setting: SettingDefinition,
  table: TomlTable,
  config: string,
): SettingRow {
  const { key, description } = setting;
  const variable = setting.env === null ? "" : platform.env.get(setting.env)?.trim() ?? "";
  const raw = variable === "" ? tomlValue(table, pathOf(key)) : variable;
  if (raw === undefined) {
    return {
      key,
      value: setting.default,
      source: "default",
      origin: null,
      description,
      fault: null,
    };
  }
  const check = setting.check(raw);
  return {
    key,
    value: check.ok ? check.value : null,
    source: variable === "" ? "file" : "environment",
    origin: variable === "" ? config : setting.env,
    description,
    fault: check.ok ? null : check.fault,
  };
}

function pathOf(key: SettingKey): readonly string[] {
  return key.split(".");
}

/** Returns the failure of a setting whose value cannot be used; `file` is `null` for one of the environment. */
export function invalidSetting(name: string, fault: string, file: string | null): TrackerError {
  return new TrackerError({
    code: "invalid_setting",
    message: `\`${name}\` ${fault}${file === null ? "" : ` (in "${file}")`}`,
    nextAction: file === null
      ? `Correct \`${name}\` in your environment.`
      : `Correct it in the file, or with \`tracker config set ${name} VALUE\`.`,
    details: { setting: name, ...(file === null ? {} : { path: file }) },
  });
}
