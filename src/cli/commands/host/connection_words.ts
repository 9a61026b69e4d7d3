import {
  type BroughtResource,
  connectionWord,
  type ListedConnection,
  unreadableWords,
  type WebhookPlace,
} from "../../../server/mod.ts";
import { isoTime } from "../../../platform/clock.ts";
import { connectionStep, minute } from "../../services/connection_words.ts";

/** Returns how a connection stands, in words. */
export function stateWords(one: ListedConnection): string {
  if (one.pausedAt !== null) return `paused since ${shortTime(one.pausedAt)}`;
  switch (one.state) {
    case "ok":
      return unreadableWords(one) ?? one.state;
    case "limited":
      return one.stateAt === null ? one.state : `limited until ${shortTime(one.stateAt)}`;
    case "unreachable":
    case "refused":
      return one.stateAt === null ? one.state : `${one.state} since ${shortTime(one.stateAt)}`;
  }
}

/** Returns what to do about a connection; `null` when there is nothing to do. */
export function nextStep(one: ListedConnection): string | null {
  const state = connectionWord(one, one.unreadable > 0);
  // A person has to be there, with a browser.
  if (state === "refused" && one.provider === "jira" && one.credentialKind === "app") {
    return "`Another credential`, on its page in the host's console, lets the app in once more";
  }
  return connectionStep(one.provider, { name: one.name, state, not_taken: one.notTaken });
}

/** The members of {@link connectionJson}. */
export const CONNECTION_FIELDS: readonly string[] = [
  ...["id", "name", "team", "provider", "base_url", "site", "credential_kind", "made_by"],
  ...["made_at", "state", "state_detail", "state_at", "next_action", "paused_at", "budget_left"],
  ...["budget_resets_at", "last_change_at", "webhooks", "last_webhook_at", "status_words"],
  ...["resources", "unreadable", "waiting", "not_taken", "delivery_error"],
];

/** Returns a connection as JSON has it. */
export function connectionJson(one: ListedConnection) {
  return {
    id: one.id,
    name: one.name,
    team: one.team,
    provider: one.provider,
    base_url: one.baseUrl,
    site: one.site,
    credential_kind: one.credentialKind,
    made_by: one.madeBy,
    made_at: isoTime(one.madeAt),
    state: one.state,
    state_detail: one.stateDetail,
    state_at: time(one.stateAt),
    next_action: nextStep(one),
    paused_at: time(one.pausedAt),
    budget_left: one.budgetLeft,
    budget_resets_at: time(one.budgetResetsAt),
    last_change_at: time(one.lastChangeAt),
    webhooks: one.webhookState,
    last_webhook_at: time(one.webhookAt),
    status_words: one.statusWords,
    resources: one.resources,
    unreadable: one.unreadable,
    waiting: one.waiting,
    not_taken: one.notTaken,
    delivery_error: one.deliveryError,
  };
}

/** Returns a resource of a connection as JSON has it. */
export function broughtJson(
  { id, label, url, error, lastReadAt, lastComparedAt }: BroughtResource,
) {
  return {
    id,
    label,
    url,
    problem: error,
    last_read_at: time(lastReadAt),
    last_compared_at: time(lastComparedAt),
  };
}

/** Returns what a person enters at a provider, as JSON has it; never a secret. */
export function webhookJson({ url, path, form }: WebhookPlace) {
  return {
    url,
    path,
    where: form?.where ?? null,
    settings: form === null ? null : Object.fromEntries(form.settings),
  };
}

/** A time for people: UTC, to the minute. */
export function shortTime(ms: number): string {
  return minute(isoTime(ms));
}

function time(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}
