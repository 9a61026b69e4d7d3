/**
 * The embedded control-plane host: everything a program needs to serve one and to look after its data.
 *
 * @module
 */
export {
  deleteMapping,
  disableMapping,
  enableMapping,
  type ListedMapping,
  listMappings,
} from "./admin.ts";
export { DEMO } from "./demo.ts";
export { HostData, openExistingHostData, openHostData } from "./host_data.ts";
export { importIssues, type ImportOptions, type ImportReport } from "./import.ts";
export type { RateLimit } from "./rate_limit.ts";
export { findResource, type Resource } from "./resources.ts";
export { seedIssues, type SeedOptions } from "./seed.ts";
export {
  DEFAULT_RATE,
  type HostOptions,
  openHost,
  type RunningHost,
  type SocketlessHost,
  startHost,
} from "./serve.ts";
export { endSessions, type ListedUser, listUsers, removeUser, setPassword } from "./user_admin.ts";
export { addUser, type NewUser } from "./users.ts";
