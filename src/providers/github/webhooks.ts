import * as v from "valibot";
import { digitsIn, isSignedBy, readDelivery } from "../delivery.ts";
import { chooseHook, leadsTo } from "../own_hooks.ts";
import type { RemoteWebhooks } from "../remote.ts";
import type { GitHubPlaceCalls } from "./place_calls.ts";
import type { GitHubSessions } from "./session.ts";
import { atPlace } from "./work.ts";

/** What a webhook is sent of: whatever changes an issue. */
export const WEBHOOK_EVENTS = [
  "issues",
  "issue_comment",
  "sub_issues",
  "issue_dependencies",
] as const;

/** Returns how GitHub tells of changes by itself. */
export function gitHubWebhooks(sessions: GitHubSessions): RemoteWebhooks {
  return {
    verify: (secret, headers, body) =>
      isSignedBy(secret, digitsIn(headers.get("x-hub-signature-256")), body),
    read: (headers, body) => ({
      deliveryId: headers.get("x-github-delivery") ?? "",
      hints: hintsIn(body),
    }),
    ensure: (access, place, target) =>
      atPlace(sessions, access, place, async ({ calls: { places }, name }) => {
        const hooks = await hooksOf(places, name);
        if (hooks === null) return false;
        const { known, others } = chooseHook(hooks, target);
        const { url, secret } = target;
        const hook = { id: known?.id ?? null, url, secret, events: WEBHOOK_EVENTS };
        return await places.writeHook(name, hook) && await places.removeHooks(name, others);
      }),
    remove: (access, place, url) =>
      atPlace(sessions, access, place, async ({ calls: { places }, name }) => {
        const hooks = await hooksOf(places, name);
        if (hooks === null) return false;
        return await places.removeHooks(name, hooks.filter((hook) => leadsTo(hook.url, url)));
      }),
  };
}

const NumberedSchema = v.looseObject({
  number: v.number(),
  pull_request: v.optional(v.unknown()),
});

const RepositorySchema = v.looseObject({ id: v.number() });

const PayloadSchema = v.looseObject({
  repository: v.nullish(RepositorySchema),
  issue: v.nullish(NumberedSchema),
  sub_issue: v.nullish(NumberedSchema),
  sub_issue_repo: v.nullish(RepositorySchema),
  parent_issue: v.nullish(NumberedSchema),
  parent_issue_repo: v.nullish(RepositorySchema),
  blocked_issue: v.nullish(NumberedSchema),
  blocked_issue_repo: v.nullish(RepositorySchema),
  blocking_issue: v.nullish(NumberedSchema),
  blocking_issue_repo: v.nullish(RepositorySchema),
});

/** The issues that an event may name, and the repositories of those that may be in another one. */
const ISSUES = [
  ["issue", "repository"],
  ["sub_issue", "sub_issue_repo"],
  ["parent_issue", "parent_issue_repo"],
  ["blocked_issue", "blocked_issue_repo"],
  ["blocking_issue", "blocking_issue_repo"],
] as const;

function hintsIn(body: Uint8Array): { readonly placeId: string; readonly issueId: string }[] {
  const payload = readDelivery(PayloadSchema, body);
  if (payload === null) return [];
  const hints = new Map<string, { readonly placeId: string; readonly issueId: string }>();
  for (const [name, repositoryName] of ISSUES) {
    const issue = payload[name];
    const repository = payload[repositoryName] ?? payload.repository;
    if (issue == null || repository == null || issue.pull_request !== undefined) continue;
    const hint = { placeId: String(repository.id), issueId: String(issue.number) };
    hints.set(`${hint.placeId} ${hint.issueId}`, hint);
  }
  return [...hints.values()];
}

async function hooksOf(places: GitHubPlaceCalls, repository: string) {
  const hooks = await places.hooks(repository);
  return hooks?.map(({ id, config }) => ({ id, url: config.url ?? null })) ?? null;
}
