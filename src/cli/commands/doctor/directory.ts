import { join } from "../../../platform/paths.ts";
import type { Platform } from "../../../platform/platform.ts";
import { userPaths } from "../../../user/paths.ts";
import { type Check, failed, warning } from "../../services/report.ts";
import { plural } from "../../terminal/format.ts";
import { octal, shellWord, shownPath } from "./doctor_context.ts";

const MIB = 1024 * 1024;
/** Below this a database may no longer take an edit. */
const FULL_BYTES = MIB;
const SCARCE_BYTES = 32 * MIB;

/** Examines the user's directory: is it private, can its files be written, has its disk room. Nothing is written. */
export async function examineDirectory(platform: Platform): Promise<readonly Check[]> {
  const { root } = userPaths(platform);
  const facts = await platform.files.stat(root);
  if (facts === null) return [];
  return [
    ...openToOthers(platform, root, facts.mode),
    ...await unwritable(platform),
    ...await withoutRoom(platform, root),
  ];
}

function openToOthers(platform: Platform, root: string, mode: number | null): readonly Check[] {
  if (mode === null || (mode & 0o077) === 0) return [];
  return [warning(
    "user directory",
    `${shownPath(platform, root)} is open to other users (mode ${octal(mode)})`,
    `run \`chmod 700 ${shellWord(platform, root)}\``,
    { path: root, mode: octal(mode) },
  )];
}

async function unwritable(platform: Platform): Promise<readonly Check[]> {
  const { files, system } = platform;
  const { root } = userPaths(platform);
  if (system.permission("write", root) !== "granted") return [];
  const found: { readonly path: string; readonly reason: string }[] = [];
  for (const path of await stateFiles(platform)) {
    const reason = await files.whyUnwritable(path);
    if (reason !== null) found.push({ path, reason });
  }
  const [first] = found;
  if (first === undefined) return [];
  const more = found.length === 1 ? "" : `, and ${plural(found.length - 1, "more file")}`;
  return [failed(
    "user directory",
    `${shownPath(platform, first.path)} can only be read: ${first.reason}${more}`,
    "make the files in it writable for this user, or set `SPEC_KITTY_HOME` to a directory that is",
    { path: first.path, reason: first.reason, paths: found.map(({ path }) => path) },
  )];
}

/** Returns the files that commands write and that are there. */
async function stateFiles(platform: Platform): Promise<readonly string[]> {
  const { files } = platform;
  const { config, credentials, unscopedQueue, trackers, queues } = userPaths(platform);
  const found: string[] = [];
  for (const path of [config, credentials, unscopedQueue]) {
    if ((await files.stat(path))?.kind === "file") found.push(path);
  }
  for (const directory of [trackers, queues]) {
    for (const { name, kind } of await files.list(directory)) {
      if (kind === "file" && name.endsWith(".db")) found.push(join(directory, name));
    }
  }
  return found;
}

/** The free space is not known without the permission to ask for it. */
async function withoutRoom(platform: Platform, root: string): Promise<readonly Check[]> {
  const free = await platform.system.freeBytes(root);
  if (free === null || free >= SCARCE_BYTES) return [];
  const words = `${Math.floor(free / MIB)} MiB are free on the disk of ${
    shownPath(platform, root)
  }`;
  const details = { path: root, free_bytes: free };
  return [
    free < FULL_BYTES
      ? failed("user directory", words, "free disk space: no edit can be kept until then", details)
      : warning("user directory", words, "free disk space soon", details),
  ];
}
