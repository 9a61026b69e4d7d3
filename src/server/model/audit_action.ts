/** What the audit log can say was done, in the order in which a reader is offered them. */
export const AUDIT_ACTIONS = [
  "user.add",
  "user.remove",
  "user.role",
  "user.password",
  "user.revoke",
  "token.create",
  "token.revoke",
  "connection.add",
  "connection.renew",
  "connection.choose",
  "connection.rename",
  "connection.remove",
  "connection.pause",
  "connection.resume",
  "connection.map",
  "connection.test",
  "place.add",
  "mapping.enable",
  "mapping.disable",
  "mapping.delete",
  "mapping.move",
  "import",
  "issue.remove",
  "job.retry",
  "outbox.retry",
  "key.rotate",
  "migrate",
  "backup",
] as const;

/** One of {@link AUDIT_ACTIONS}. */
export type AuditAction = typeof AUDIT_ACTIONS[number];
