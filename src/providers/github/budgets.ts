import type { BudgetRules } from "../budget.ts";
import { ProviderError } from "../remote.ts";
import { harmless } from "../harmless.ts";
import { PERMISSION_MISSING } from "../rest.ts";
import { type ProviderAnswer, retryAfter } from "../transport.ts";

/** How GitHub counts: calls an hour in several counts, and one write a second. */
export const GITHUB_BUDGETS: BudgetRules = {
  writeGapMs: 1_000,
  read(headers) {
    const [left, limit, resets] = ["remaining", "limit", "reset"].map((name) =>
      whole(headers.get(`x-ratelimit-${name}`))
    );
    if (left == null || limit == null || resets == null) return [];
    const name = headers.get("x-ratelimit-resource") ?? "core";
    return [{ name, left, limit, resetsAt: resets * 1_000 }];
  },
};

function whole(value: string | null): number | null {
  return value !== null && /^\d{1,12}$/.test(value) ? Number(value) : null;
}

/** Milliseconds to wait after a secondary limit for which GitHub names no time. */
const SECONDARY_MS = 60_000;

/** Judges an answer as GitHub means it; `null` leaves it to its status. */
export function judgeAnswer(
  answer: ProviderAnswer,
  { now, secrets }: { readonly now: number; readonly secrets: readonly string[] },
): ProviderError | null {
  const { status, headers } = answer;
  if (status !== 403 && status !== 429) return null;
  const after = retryAfter(headers, now);
  if (after !== null) return limitedUntil(after);
  const [count] = GITHUB_BUDGETS.read(headers, now);
  if (count?.left === 0) return limitedUntil(Math.max(count.resetsAt, now + 1_000));
  const said = messageOf(answer.body);
  if (/secondary rate limit|abuse detection/i.test(said)) return limitedUntil(now + SECONDARY_MS);
  if (!/^Resource not accessible by/i.test(said)) return null;
  const wanted = harmless(headers.get("x-accepted-github-permissions") ?? "", secrets);
  return new ProviderError(
    { kind: "rejected", code: PERMISSION_MISSING },
    `The credential lacks a permission at GitHub${wanted === "" ? "" : `: ${wanted}`}`,
  );
}

function limitedUntil(until: number): ProviderError {
  return new ProviderError({ kind: "limited", until }, "GitHub takes no more calls for now");
}

function messageOf(body: unknown): string {
  return typeof body === "object" && body !== null && "message" in body &&
      typeof body.message === "string"
    ? body.message
    : "";
}
