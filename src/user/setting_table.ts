import { type TrackerError, usageError } from "../platform/tracker_error.ts";
import { commandWords } from "../platform/command_word.ts";
import { hostUrlFault, normalizeHostUrl } from "./host_url.ts";
import { nearest } from "./nearest.ts";
import { tokenCommandFault } from "./token_command.ts";

/** Whether background sync may start by itself. */
export type DaemonPolicy = "auto" | "manual";

/** A key of the user's settings. */
export type SettingKey =
  | "sync.server_url"
  | "sync.max_queue_size"
  | "sync.background_daemon"
  | "auth.token_command"
  | "mission.branch"
  | "mission.assignee";

/** What a setting may be. */
export type SettingValue = string | number | boolean | readonly string[];

/** A checked value, or what is wrong with it, completing "`key` …". */
export type SettingCheck =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly fault: string };

/** One setting: what it is, what it may hold, where it comes from. */
export interface SettingDefinition {
  readonly key: SettingKey;
  readonly type: "url" | "integer" | "choice" | "switch" | "text" | "command";
  /** The choices of a `choice` or a `switch`. */
  readonly choices: readonly string[];
  /** One line for people. */
  readonly description: string;
  readonly default: SettingValue | null;
  /** The variable that wins over the file. */
  readonly env: string | null;
  /** Whether it means something for hosted work alone; such a setting is not shown while the gate is off. */
  readonly hostedOnly: boolean;
  /** Checks a value as the file holds it. */
  check(value: unknown): SettingCheck;
}

/** Every setting of the user. */
export const SETTINGS: readonly SettingDefinition[] = [
  {
    key: "sync.server_url",
    type: "url",
    choices: [],
    description: "URL of the tracker host; https, or http for this machine",
    default: null,
    env: "SPEC_KITTY_SAAS_URL",
    hostedOnly: true,
    check: checkHostUrl,
  },
  {
    key: "sync.max_queue_size",
    type: "integer",
    choices: [],
    description: "Events the queue may hold before a warning is printed",
    default: 100_000,
    env: null,
    hostedOnly: true,
    check: checkPositive,
  },
  {
    key: "sync.background_daemon",
    type: "choice",
    choices: ["auto", "manual"],
    description: "Whether background sync starts by itself: auto or manual",
    default: "auto",
    env: null,
    hostedOnly: true,
    check: checkPolicy,
  },
  {
    key: "auth.token_command",
    type: "command",
    choices: [],
    description: "Command whose first line of output is the token; no shell runs",
    default: null,
    env: null,
    hostedOnly: true,
    check: checkCommand,
  },
  {
    key: "mission.branch",
    type: "switch",
    choices: ["true", "false"],
    description: "Whether a mission starts on a branch of its own: true or false",
    default: false,
    env: null,
    hostedOnly: false,
    check: checkSwitch,
  },
  {
    key: "mission.assignee",
    type: "text",
    choices: [],
    description: "What trackers call you, to find your tickets and assign them to you",
    default: null,
    env: null,
    hostedOnly: false,
    check: checkName,
  },
];

/** Returns the settings that a machine is shown: those of hosted work only where the gate is on. */
export function shownSettings(hostedEnabled: boolean): readonly SettingDefinition[] {
  return SETTINGS.filter(({ hostedOnly }) => hostedEnabled || !hostedOnly);
}

/**
 * The definition of a key that a person typed.
 *
 * @throws {TrackerError} `usage` for an unknown key, with the nearest one.
 */
export function settingDefinition(key: string): SettingDefinition {
  const found = SETTINGS.find((setting) => setting.key === key.trim());
  if (found !== undefined) return found;
  throw unknownSetting(key, SETTINGS.map((setting) => setting.key));
}

/** Returns the failure of a key that names no setting, with the nearest of those there are. */
export function unknownSetting(key: string, keys: readonly string[]): TrackerError {
  const meant = nearest(key, keys);
  return usageError(
    `Unknown setting "${key}"`,
    meant === null ? `The settings are ${keys.join(", ")}.` : `Did you mean \`${meant}\`?`,
  );
}

/** The policy a value names, whatever its case and blanks; `null` when it names none. */
export function policyOf(value: unknown): DaemonPolicy | null {
  const name = typeof value === "string" ? value.trim().toLowerCase() : "";
  return name === "auto" || name === "manual" ? name : null;
}

function checkHostUrl(value: unknown): SettingCheck {
  if (typeof value !== "string") return { ok: false, fault: "must be a string" };
  const fault = hostUrlFault(value);
  return fault === null ? { ok: true, value: normalizeHostUrl(value) } : { ok: false, fault };
}

function checkPositive(value: unknown): SettingCheck {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1
    ? { ok: true, value }
    : { ok: false, fault: "must be a whole number from 1 up" };
}

function checkSwitch(value: unknown): SettingCheck {
  const word = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (word === true || word === "true") return { ok: true, value: true };
  if (word === false || word === "false") return { ok: true, value: false };
  return { ok: false, fault: "must be `true` or `false`" };
}

/** As typed, the words of a command; as the file holds it, a list of them. */
function checkCommand(value: unknown): SettingCheck {
  if (typeof value === "string") {
    const { words, fault } = commandWords(value);
    return fault === null ? checkCommand(words) : { ok: false, fault };
  }
  if (!Array.isArray(value)) return { ok: false, fault: "must be a list of words" };
  const words = value.filter((word) => typeof word === "string");
  if (words.length !== value.length) return { ok: false, fault: "must be a list of words" };
  const fault = tokenCommandFault(words);
  return fault === null ? { ok: true, value: words } : { ok: false, fault };
}

function checkName(value: unknown): SettingCheck {
  const name = typeof value === "string" ? value.trim() : "";
  return name === "" || /\p{Cc}/u.test(name)
    ? { ok: false, fault: "must be a name" }
    : { ok: true, value: name };
}

function checkPolicy(value: unknown): SettingCheck {
  const policy = policyOf(value);
  return policy === null
    ? { ok: false, fault: "must be `auto` or `manual`" }
    : { ok: true, value: policy };
}
