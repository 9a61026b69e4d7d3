import * as v from "valibot";
import type { BudgetLeft, BudgetRules } from "../budget.ts";
import { limited } from "../budget.ts";
import { harmless } from "../harmless.ts";
import { ProviderError } from "../remote.ts";
import { retryAfter } from "../transport.ts";

/** Linear counts requests and the complexity of queries, each an hour. */
const COUNTS = ["requests", "complexity"] as const;

/** How Linear counts. Writes need no gap between them. */
export const LINEAR_BUDGETS: BudgetRules = {
  writeGapMs: 0,
  read: (headers) => COUNTS.flatMap((name) => countIn(headers, name) ?? []),
};

function countIn(headers: Headers, name: string): BudgetLeft | null {
  const [left, limit, resetsAt] = ["remaining", "limit", "reset"].map((part) =>
    whole(headers.get(`x-ratelimit-${name}-${part}`))
  );
  return left == null || limit == null || resetsAt == null ? null : { name, left, limit, resetsAt };
}

function whole(value: string | null): number | null {
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

/** Milliseconds that a limit lasts for which Linear names no end. */
const LIMIT_WITHOUT_END_MS = 60_000;

const ErrorSchema = v.looseObject({
  message: v.optional(v.string(), ""),
  extensions: v.optional(
    v.looseObject({
      type: v.optional(v.string(), ""),
      code: v.optional(v.string(), ""),
      userPresentableMessage: v.nullish(v.string()),
    }),
    {},
  ),
});

const AnswerSchema = v.looseObject({ errors: v.pipe(v.array(ErrorSchema), v.minLength(1)) });

/** What an answer is judged by. */
export interface LinearAnswer {
  readonly headers: Headers;
  readonly body: unknown;
}

/** Returns the failure that an answer of Linear tells of, whatever its status; `null` when it tells of none. */
export function faultIn(
  { headers, body }: LinearAnswer,
  call: string,
  { now, secrets }: { readonly now: number; readonly secrets: readonly string[] },
): ProviderError | null {
  const parsed = v.safeParse(AnswerSchema, body);
  const [error] = parsed.success ? parsed.output.errors : [];
  if (error === undefined) return null;
  const { type, code, userPresentableMessage } = error.extensions;
  const said = `${code} ${type}`.toLowerCase().replaceAll("_", " ");
  if (/rate ?limited/.test(said)) return limited(endOfLimit(headers, now));
  const told = harmless(userPresentableMessage ?? error.message, secrets);
  const words = `Linear refused "${call}"${told === "" ? "" : `: ${told}`}`;
  if (/authentication/.test(said)) return new ProviderError({ kind: "refused" }, words);
  if (/forbidden|not accessible/.test(said) || /invalid scope/i.test(error.message)) {
    return new ProviderError({ kind: "rejected", code: "permission_missing" }, words);
  }
  if (/input|user error|usage limit|validation|graphql error/.test(said)) {
    return new ProviderError({ kind: "rejected", code: "not_taken" }, words);
  }
  return new ProviderError({ kind: "failing" }, `Linear failed at "${call}": ${told}`);
}

/** The latest end of a count that is used up. */
function endOfLimit(headers: Headers, now: number): number {
  const ends = LINEAR_BUDGETS.read(headers, now).filter(({ left }) => left === 0)
    .map(({ resetsAt }) => resetsAt);
  const endpoint = countIn(headers, "endpoint-requests");
  if (endpoint?.left === 0) ends.push(endpoint.resetsAt);
  const after = retryAfter(headers, now);
  if (after !== null) ends.push(after);
  return ends.length === 0 ? now + LIMIT_WITHOUT_END_MS : Math.max(...ends, now + 1_000);
}
