import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import type { Platform } from "../platform/platform.ts";
import { userPaths } from "../user/paths.ts";
import { askStop } from "./control_client.ts";

const OldStateSchema = v.object({
  pid: v.number(),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
  token: v.pipe(v.string(), v.minLength(16)),
});

/**
 * Asks a daemon of an older version of this program to stop, and removes the state file it kept under the name that
 * spec-kitty uses too. A file of that name in the other program's format is left alone, and so is the lock.
 */
export async function endOldDaemon(platform: Platform): Promise<void> {
  const path = userPaths(platform).old.daemonState;
  const state = parseWith(OldStateSchema, jsonOrNull(await platform.files.readText(path)));
  if (!state.ok) return;
  await askStop(platform, state.value);
  await platform.files.remove(path);
}

function jsonOrNull(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
