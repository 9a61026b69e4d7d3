import { join } from "../platform/paths.ts";
import type { Lock } from "../platform/lock.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { oncePerContent, readRemembered } from "../platform/remembered_file.ts";
import { MAX_PROJECT_FILE_BYTES, projectFiles } from "./project_files.ts";
import { lockProject } from "./project_lock.ts";
import type { YamlFile } from "./yaml_document.ts";
import type { YamlEdit } from "./yaml_edit.ts";

/** The project's config, parsed; `text` is `null` when there is no file. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string | null;
  readonly yaml: YamlFile | null;
}

/** The path of a project's config. */
export function configPath(root: string): string {
  return join(root, ".kittify", "config.yaml");
}

/**
 * Reads `.kittify/config.yaml`. The YAML parser is loaded only when there is a file, and one that has not changed is
 * neither opened nor parsed again: what is returned is shared, and not to be changed.
 *
 * @throws {TrackerError} `config_invalid`, naming the file, the line and the reason; `not_a_file`, `file_too_large`.
 */
export async function readConfigFile(
  platform: Pick<Platform, "files" | "clock">,
  root: string,
): Promise<ConfigFile> {
  const path = configPath(root);
  const { bytes } = await readRemembered(platform, path, { maxBytes: MAX_PROJECT_FILE_BYTES });
  return bytes === null ? { path, text: null, yaml: null } : await parsed(path, bytes);
}

/** Reads the config whatever was read of it before: under its lock, where the next change builds on it. */
async function readAgain(platform: Pick<Platform, "files">, root: string): Promise<ConfigFile> {
  const path = configPath(root);
  const bytes = await projectFiles(platform.files, root).readBytes(path);
  return bytes === null ? { path, text: null, yaml: null } : await parsed(path, bytes);
}

const parsed = oncePerContent(async (path, bytes): Promise<ConfigFile> => {
  const { parseYamlFile } = await import("./yaml_document.ts");
  const text = await decode(path, bytes);
  return { path, text, yaml: parseYamlFile(path, text) };
});

/**
 * Changes single keys of the config under its lock, atomically, every other byte kept. `plan` sees the file as it
 * is under the lock; when its edits change nothing, nothing is written. Returns whether it wrote.
 *
 * @throws {TrackerError} `config_invalid`, `config_unwritable`, `locked`, `leaves_project`.
 */
export async function editConfigFile(
  platform: Pick<Platform, "files">,
  root: string,
  plan: (file: ConfigFile) => readonly YamlEdit[] | Promise<readonly YamlEdit[]>,
): Promise<boolean> {
  const lock = await takeLock(platform, root);
  try {
    const file = await readAgain(platform, root);
    const edits = await plan(file);
    if (edits.length === 0) return false;
    const { editYaml } = await import("./yaml_edit.ts");
    const before = file.text ?? "";
    const after = editYaml(file.path, before, edits);
    if (after === before) return false;
    await orUnwritable(
      root,
      () => projectFiles(platform.files, root).writeAtomic(file.path, after, { exclusive: true }),
    );
    return true;
  } finally {
    await lock.release();
  }
}

/**
 * Shows that {@link editConfigFile} will be able to write, by writing the config as it is, or without one
 * a file beside its place that is removed again.
 *
 * @throws {TrackerError} `config_invalid`, `config_unwritable`, `locked`, `leaves_project`.
 */
export async function rehearseConfigFile(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<void> {
  const lock = await takeLock(platform, root);
  try {
    const { path, text } = await readAgain(platform, root);
    const files = projectFiles(platform.files, root);
    await orUnwritable(root, async () => {
      if (text !== null) return await files.writeAtomic(path, text, { exclusive: true });
      const rehearsal = `${path}.rehearsal`;
      await files.writeAtomic(rehearsal, "", { exclusive: true });
      await files.remove(rehearsal);
    });
  } finally {
    await lock.release();
  }
}

async function takeLock(platform: Pick<Platform, "files">, root: string): Promise<Lock> {
  const options = { purpose: "changing the project's config" };
  return await orUnwritable(root, () => lockProject(platform, root, "config", options));
}

async function decode(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  try {
    // The byte order mark stays in the text: it has to be written again.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const { invalidConfig } = await import("./yaml_document.ts");
    throw invalidConfig(path, firstBadLine(bytes), "It is not UTF-8 text");
  }
}

function firstBadLine(bytes: Uint8Array<ArrayBuffer>): number {
  const readable = new TextDecoder("utf-8").decode(bytes).split("\uFFFD")[0] ?? "";
  return readable.split("\n").length;
}

async function orUnwritable<T>(root: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // A missing permission of the runtime is explained at the edge, which knows the flag.
    if (error instanceof TrackerError || (error instanceof Error && error.name === "NotCapable")) {
      throw error;
    }
    const path = configPath(root);
    const reason = error instanceof Error ? error.message : String(error);
    throw unwritableConfig(path, reason, error);
  }
}

/** Returns the failure of a project whose config cannot be written. */
export function unwritableConfig(path: string, reason: string, cause?: unknown): TrackerError {
  return new TrackerError({
    code: "config_unwritable",
    message: `"${path}" cannot be written: ${reason}`,
    nextAction: "Make the file and its directory writable or free some space, then try again.",
    details: { file: path, reason },
    cause,
  });
}
