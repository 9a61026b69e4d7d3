import type { ListedConnection } from "../../../server/mod.ts";
import { isoTime } from "../../../platform/clock.ts";

/** Returns how a connection stands, in words. */
export function stateWords(one: ListedConnection): string {
  if (one.pausedAt !== null) return `paused since ${shortTime(one.pausedAt)}`;
  if (one.stateAt === null) return one.state;
  switch (one.state) {
    case "limited":
      return `limited until ${shortTime(one.stateAt)}`;
    case "unreachable":
      return `unreachable since ${shortTime(one.stateAt)}`;
    case "ok":
    case "refused":
      return one.state;
  }
}

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
    paused_at: time(one.pausedAt),
    budget_left: one.budgetLeft,
    budget_resets_at: time(one.budgetResetsAt),
    last_change_at: time(one.lastChangeAt),
    webhooks: one.webhookState,
    last_webhook_at: time(one.webhookAt),
    status_words: one.statusWords,
    resources: one.resources,
    waiting: one.waiting,
  };
}

/** A time for people: UTC, to the minute. */
export function shortTime(ms: number): string {
  return `${isoTime(ms).slice(0, 16).replace("T", " ")} UTC`;
}

function time(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}
