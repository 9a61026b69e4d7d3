import type { Files } from "../platform/files.ts";

/** The largest file that is read from a project. */
export const MAX_PROJECT_FILE_BYTES = 1_048_576;

/** Files of a project; see {@link projectFiles}. */
export type ProjectFiles = Pick<
  Files,
  | "readText"
  | "readBytes"
  | "readHead"
  | "stat"
  | "list"
  | "writeAtomic"
  | "makeDirectory"
  | "rename"
  | "remove"
  | "lock"
>;

/**
 * The files of the project at `root`, which its user may have cloned without a look: only regular files of at most
 * {@link MAX_PROJECT_FILE_BYTES} are read, and a link that leads out of the project is not followed to write, remove
 * or lock a file (`leaves_project`). Everything in a project is read and changed through here.
 */
export function projectFiles(files: Files, root: string): ProjectFiles {
  const within = { within: root };
  const bound = { maxBytes: MAX_PROJECT_FILE_BYTES };
  return {
    readText: (path, options) => files.readText(path, { ...bound, ...options }),
    readBytes: (path, options) => files.readBytes(path, { ...bound, ...options }),
    readHead: (path, maxBytes, options) => files.readHead(path, maxBytes, options),
    stat: (path) => files.stat(path),
    list: (path) => files.list(path),
    writeAtomic: (path, content, options) =>
      files.writeAtomic(path, content, { ...options, ...within }),
    makeDirectory: (path, mode) => files.makeDirectory(path, mode, within),
    rename: (from, to) => files.rename(from, to, within),
    remove: (path) => files.remove(path, within),
    lock: (path, options) => files.lock(path, { ...options, ...within }),
  };
}
