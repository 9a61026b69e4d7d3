import * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import type { RemoteWebhooks } from "../remote.ts";
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
    verify: verifySignature,
    read: (headers, body) => ({
      deliveryId: headers.get("x-github-delivery") ?? "",
      hints: hintsIn(body),
    }),
    ensure: (access, place, url, secret) =>
      atPlace(sessions, access, place, async ({ calls: { places }, name }) => {
        const hooks = await places.hooks(name);
        if (hooks === null) return false;
        const own = hooks.find(({ config }) => config.url === url);
        return await places.writeHook(name, {
          id: own?.id ?? null,
          url,
          secret,
          events: WEBHOOK_EVENTS,
        });
      }),
  };
}

async function verifySignature(
  secret: string,
  headers: Headers,
  body: Uint8Array,
): Promise<boolean> {
  const hex = /^sha256=([0-9a-f]{64})$/i.exec(headers.get("x-hub-signature-256") ?? "")?.[1];
  if (hex === undefined || secret === "") return false;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]);
  return await crypto.subtle.verify("HMAC", key, Uint8Array.fromHex(hex), new Uint8Array(body));
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

/** A delivery that cannot be read names no issue: what it was about is found by the next round. */
function hintsIn(body: Uint8Array): { readonly placeId: string; readonly issueId: string }[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return [];
  }
  const parsed = parseWith(PayloadSchema, value);
  if (!parsed.ok) return [];
  const payload = parsed.value;
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
