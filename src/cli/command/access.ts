/**
 * What a command cannot do without. `project`, `user`: the project's directory and the user's; `host`: the control-plane
 * host; `database`: the PostgreSQL database of a host; `provider`: the tracker of a connection; `daemon`: the daemon's
 * port on this machine, or the start of one that the settings ask for; `tool`: the local tool of the binding; `self`:
 * this program, started in the background; `data`: a directory named on the command line.
 */
export type Access =
  | "read project"
  | "read user"
  | "read data"
  | "write project"
  | "write user"
  | "write data"
  | "net host"
  | "net database"
  | "net provider"
  | "net daemon"
  | "net listen"
  | "run tool"
  | "run git"
  | "run self"
  | "start daemon"
  | "sys hostname"
  | "sys statfs";

/** Reads what is kept of the project and of the user. */
export const READ_STATE = ["read project", "read user"] as const;

/** Changes what is kept of the user. */
export const CHANGE_SETTINGS = ["read user", "write user"] as const;

/** Changes what is kept of the user about a project. */
export const CHANGE_CACHE = ["read project", ...CHANGE_SETTINGS] as const;

/** Changes what is kept of the project and of the user. */
export const CHANGE_PROJECT = ["write project", ...CHANGE_CACHE] as const;

/** Talks to the host with the session, which is renewed on the way. */
export const USE_SESSION = [...CHANGE_SETTINGS, "net host"] as const;

/** Talks to the host about the project. */
export const ASK_HOST = ["read project", ...USE_SESSION] as const;

/** Syncs the project, here or at the host, and sees to background sync. */
export const SYNC = [...ASK_HOST, "run tool", "start daemon"] as const;

/** Changes what is in a directory that the command line names. */
export const CHANGE_DATA = ["read data", "write data"] as const;

/** Changes the data of a host: in a directory, or in a database. */
export const CHANGE_HOST = [...CHANGE_DATA, "net database"] as const;
