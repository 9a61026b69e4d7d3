/** The layout of `src/`, as `tests/architecture_test.ts` holds the imports and `docs/development/README.md` shows it. */

const GROUND = ["platform", "contract"] as const;
const FACTS = [...GROUND, "user", "project", "store"] as const;
const SERVICES = [...FACTS, "sync", "client", "local", "events", "daemon"] as const;
const FACADES = [...SERVICES, "tracker", "missions"] as const;

/** The rooms of `src/`, their floors, and the rooms they may import from. */
export const ROOMS: Readonly<Record<string, { floor: number; imports: readonly string[] }>> = {
  platform: { floor: 1, imports: [] },
  contract: { floor: 1, imports: [] },
  user: { floor: 2, imports: GROUND },
  project: { floor: 2, imports: GROUND },
  store: { floor: 2, imports: GROUND },
  providers: { floor: 2, imports: GROUND },
  pages: { floor: 2, imports: GROUND },
  sync: { floor: 3, imports: FACTS },
  client: { floor: 3, imports: [...FACTS, "sync"] },
  local: { floor: 3, imports: [...FACTS, "sync"] },
  events: { floor: 3, imports: [...FACTS, "client"] },
  daemon: { floor: 3, imports: [...FACTS, "client", "events"] },
  tracker: { floor: 4, imports: SERVICES },
  missions: { floor: 4, imports: SERVICES },
  dashboard: { floor: 5, imports: [...FACADES, "pages"] },
  server: { floor: 5, imports: [...GROUND, "providers", "pages"] },
  cli: { floor: 5, imports: [...FACADES, "pages", "dashboard", "server"] },
};

/** Rooms that are reached by a dynamic import only, so that they cost nothing at the start. */
export const LAZY_ROOMS: readonly string[] = ["server", "dashboard", "pages"];

const SERVER_GROUND = ["model", "store", "context"] as const;
const SERVER_SERVICES = [
  ...SERVER_GROUND,
  "bindings",
  "sync",
  "jobs",
  "accounts",
  "import",
  "connections",
] as const;

/** Inside `server/`: the doors on top of the services, the services on top of the store. */
const SERVER_ROOMS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  metrics: [],
  store: ["model"],
  context: ["model", "store"],
  bindings: SERVER_GROUND,
  sync: [...SERVER_GROUND, "bindings"],
  jobs: [...SERVER_GROUND, "bindings", "sync"],
  accounts: [...SERVER_GROUND, "jobs"],
  import: [...SERVER_GROUND, "bindings", "accounts"],
  connections: [...SERVER_GROUND, "bindings", "jobs"],
  upkeep: SERVER_GROUND,
  http: [...SERVER_SERVICES, "metrics"],
  api: [...SERVER_SERVICES, "metrics", "http"],
  web: [...SERVER_SERVICES, "http"],
  webhooks: [...SERVER_SERVICES, "metrics", "http"],
  dev: [...SERVER_SERVICES, "http"],
  ".": [...SERVER_SERVICES, "upkeep", "metrics", "http", "api", "web", "webhooks", "dev"],
};

/** Inside `cli/`: what runs and shows commands on top of what a command is; the terminal knows no command. */
const CLI_ROOMS: Readonly<Record<string, readonly string[]>> = {
  terminal: [],
  command: ["terminal"],
  permissions: ["command"],
  services: ["command", "permissions", "terminal", "."],
  help: ["command", "terminal", "."],
  completion: ["command", "services", "terminal"],
  commands: ["command", "completion", "help", "permissions", "services", "terminal", "."],
  ".": ["command", "commands", "help", "permissions", "services", "terminal"],
};

/**
 * The sub-rooms of a room, each with the sub-rooms it may import from. `.` is the room's own folder. A room that
 * is not listed has no rules inside.
 */
export const SUB_ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  cli: CLI_ROOMS,
  server: SERVER_ROOMS,
};

/** Returns the room of a path; `edge` for the files at the root. */
export function roomOf(path: string): string {
  if (!path.startsWith("src/")) return "edge";
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? "no room";
}

/** Returns the sub-room of a path within its room: the first folder, or `.`. */
export function subRoomOf(path: string): string {
  return /^src\/[^/]+\/([^/]+)\//.exec(path)?.[1] ?? ".";
}
