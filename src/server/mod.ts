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
} from "./bindings/admin.ts";
export { publicUrlOf } from "./bindings/public_url.ts";
export { type RemovedIssue, removeIssueFromHost } from "./bindings/issue_admin.ts";
export {
  listConnections,
  mapWords,
  pauseConnection,
  renameConnection,
  resumeConnection,
  showConnection,
  type ShownConnection,
  type WordChange,
} from "./connections/admin.ts";
export { type ConnectedPlaces, connectPlaces } from "./connections/connect_places.ts";
export { type RemovedWhole, removeWhole } from "./connections/remove.ts";
export { Providers } from "./jobs/at_provider.ts";
export {
  type Connectable,
  connectableProviders,
  connectedRemotes,
  type GivenCredential,
  type Remotes,
} from "../providers/mod.ts";
export {
  syncConnections,
  type SyncedConnection,
  type SyncedPlace,
} from "./connections/sync_connections.ts";
export {
  enterWebhookSecret,
  showWebhookSecret,
  type WebhookPlace,
  webhookPlace,
} from "./connections/webhook.ts";
export type { HostKey } from "./context/host_key.ts";
export { secretsOf } from "./connections/secrets.ts";
export { testConnection, type TestedConnection } from "./connections/test_connection.ts";
export { rotateHostKey } from "./connections/rotate_key.ts";
export { DEMO } from "./dev/account.ts";
export {
  type HostContext,
  openExistingHostData,
  openHostData,
  rehearse,
} from "./context/host_context.ts";
export { type HostLocation, shownLocation } from "./context/location.ts";
export {
  createKeyFile,
  keyFileIn,
  keySource,
  type LoadedKey,
  loadKey,
  provideHostKey,
  requireHostKey,
} from "./context/key_source.ts";
export { importIssues, type ImportOptions, type ImportReport } from "./import/import.ts";
export type { LogForm } from "./http/request_log.ts";
export type { RateLimit } from "./model/rate_limit.ts";
export type { Resource } from "./model/resource.ts";
export { connectionWord, putOffWords } from "./model/connection.ts";
export { unreadableWords } from "./store/connection_status.ts";
export type { BroughtResource, ListedConnection } from "./store/connections.ts";
export { findResource } from "./store/resources.ts";
export { memberIds } from "./store/teams.ts";
export { firstUser } from "./store/users.ts";
export type { HostOptions } from "./host_options.ts";
export {
  DEFAULT_RATE,
  openHost,
  type RunningHost,
  type SocketlessHost,
  startHost,
} from "./serve.ts";
export { type AuditRequest, readAudit, type ReadAuditEntry } from "./accounts/audit_log.ts";
export {
  type CreatedMachineToken,
  createMachineToken,
  type ListedMachineToken,
  listMachineTokens,
  revokeMachineToken,
} from "./accounts/machine_tokens.ts";
export { endSessions, type ListedSession, listSessions } from "./accounts/session_admin.ts";
export {
  type ListedUser,
  listUsers,
  removeUser,
  setPassword,
  setRole,
} from "./accounts/user_admin.ts";
export { type AddedUser, addUser, type NewUser, planTeam } from "./accounts/users.ts";
export { type Actor, COMMAND_LINE } from "./model/actor.ts";
export { type Role, ROLES } from "./model/user.ts";
export { backUp } from "./upkeep/backup.ts";
export { checkHost } from "./upkeep/check.ts";
export type { HostFinding } from "./upkeep/finding.ts";
export { migrateSchema, moveData, type MovedData } from "./upkeep/migrate.ts";
