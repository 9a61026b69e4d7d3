import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import { dirname, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { sha256Hex } from "../platform/random.ts";
import { ensureUserDirectory, userPaths } from "../user/paths.ts";

/** A choice among the candidates of a project. */
export interface ResourceChoice {
  readonly provider: string;
  /** The number given to `--select`, or typed. */
  readonly select: number;
  readonly displayLabel: string;
}

/**
 * Remembers what was chosen last, so that a bind can be repeated with the same number, also after it was killed: once
 * the host has taken it, it answers with one sure match, and the number means nothing to it.
 */
export interface ChosenResource {
  /** Remembers a choice before it is sent. */
  remember(choice: ResourceChoice): Promise<void>;
  /** Returns the choice that was remembered last; `null` without one. */
  recall(): Promise<ResourceChoice | null>;
}

const ChoiceSchema: v.GenericSchema<unknown, ResourceChoice> = v.looseObject({
  provider: v.string(),
  select: v.number(),
  displayLabel: v.string(),
});

/** Returns the choice of one project at one host, in a file of the user's. */
export function savedChoice(platform: Platform, root: string, host: string): ChosenResource {
  const path = async () => {
    const digest = await sha256Hex(`${host}\n${root}`);
    return join(userPaths(platform).own, "binds", `${digest.slice(0, 16)}.json`);
  };
  return {
    async remember(choice) {
      await ensureUserDirectory(platform);
      await platform.files.makeDirectory(dirname(await path()), 0o700);
      await platform.files.writeAtomic(await path(), `${JSON.stringify(choice)}\n`, {
        mode: 0o600,
      });
    },
    async recall() {
      const text = await platform.files.readText(await path());
      if (text === null) return null;
      const parsed = parseWith(ChoiceSchema, jsonOrNull(text));
      return parsed.ok ? parsed.value : null;
    },
  };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
