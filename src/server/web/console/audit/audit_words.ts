import type { JsonObject } from "../../../../contract/field.ts";
import { AUDIT_ACTIONS, type AuditAction } from "../../../model/audit_action.ts";

/** What people read for each action. */
const ACTION_WORDS: Readonly<Record<AuditAction, string>> = {
  "user.add": "Added a person",
  "user.remove": "Removed a person",
  "user.role": "Changed a role",
  "user.password": "Set a password",
  "user.revoke": "Ended sessions",
  "token.create": "Created a machine token",
  "token.revoke": "Revoked a machine token",
  "connection.add": "Connected a provider",
  "connection.renew": "Gave a connection another credential",
  "connection.choose": "Chose what to bring here",
  "connection.rename": "Renamed a connection",
  "connection.remove": "Removed a connection",
  "connection.pause": "Paused a connection",
  "connection.resume": "Resumed a connection",
  "connection.map": "Changed the words for statuses",
  "connection.test": "Tested a credential",
  "connection.webhook": "Saw or entered the secret of webhooks",
  "place.add": "Created a place for issues",
  "mapping.enable": "Enabled a binding",
  "mapping.disable": "Disabled a binding",
  "mapping.delete": "Deleted a binding",
  "mapping.move": "Moved a binding",
  import: "Imported issues",
  "issue.remove": "Removed an issue",
  "job.retry": "Tried work again",
  "outbox.retry": "Tried a delivery again",
  "key.rotate": "Replaced the host's key",
  migrate: "Moved the host's data",
  backup: "Saved a backup",
};

/** Says what was done; an action that a newer version has stored is said as it is stored. */
export function actionWords(action: string): string {
  return isKnown(action) ? ACTION_WORDS[action] : action;
}

function isKnown(action: string): action is AuditAction {
  return AUDIT_ACTIONS.some((known) => known === action);
}

/** Says the facts beside an action, each as a name and a value. */
export function detailWords(details: JsonObject): (readonly [name: string, value: string])[] {
  return Object.entries(details).map(([name, value]) => [name.replaceAll("_", " "), words(value)]);
}

function words(value: unknown): string {
  if (value === null) return "none";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(words).join(", ");
  return typeof value === "boolean" ? (value ? "yes" : "no") : JSON.stringify(value);
}
