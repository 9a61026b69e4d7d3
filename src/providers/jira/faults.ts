import { isJsonObject } from "../../contract/field.ts";
import type { BudgetLeft, BudgetRules } from "../budget.ts";
import { limited } from "../budget.ts";
import { harmless } from "../harmless.ts";
import { ProviderError } from "../remote.ts";
import { PERMISSION_MISSING } from "../rest.ts";
import { type ProviderAnswer, retryAfter } from "../transport.ts";

/** How Jira counts, where it says so: in the cloud points of an hour, elsewhere what its administrator has set. */
export const JIRA_BUDGETS: BudgetRules = {
  writeGapMs: 0,
  read(headers) {
    const left = whole(headers.get("x-ratelimit-remaining"));
    const limit = whole(headers.get("x-ratelimit-limit"));
    const resetsAt = Date.parse(headers.get("x-ratelimit-reset") ?? "");
    if (left === null || limit === null || Number.isNaN(resetsAt)) return [];
    const count: BudgetLeft = { name: "calls", left, limit, resetsAt };
    return [count];
  },
};

function whole(value: string | null): number | null {
  return value !== null && /^\d{1,12}$/.test(value) ? Number(value) : null;
}

/** The code of what Jira does not take. */
export const NOT_TAKEN = "not_taken";

/** Milliseconds that a limit lasts for which Jira names no end. */
const LIMIT_WITHOUT_END_MS = 60_000;

/** Judges an answer as Jira means it; `null` leaves it to its status. */
export function judgeAnswer(
  { status, headers, body }: ProviderAnswer,
  call: string,
  { now, secrets }: { readonly now: number; readonly secrets: readonly string[] },
): ProviderError | null {
  if (status === 429) return limited(endOfLimit(headers, now));
  const said = harmless(wordsIn(body), secrets);
  const words = said === "" ? "" : `: ${said}`;
  // Jira may go on without a credential that it does not know, and hide everything.
  const reason = headers.get("x-seraph-loginreason") ?? "";
  if (status !== 401 && /AUTHENTICATED_FAILED|AUTHENTICATION_DENIED/.test(reason)) {
    const denied = reason.includes("DENIED")
      ? "Jira wants this account to sign in in a browser first"
      : "Jira does not take the credential";
    return new ProviderError({ kind: "refused" }, denied);
  }
  // The gateway of apps means a call that an app was not let do.
  const isOutOfScope = status === 401 && /scope does not match/i.test(said);
  if (isOutOfScope || status === 403 && retryAfter(headers, now) === null) {
    const message = `The credential may not "${call}" at Jira${words}`;
    return new ProviderError({ kind: "rejected", code: PERMISSION_MISSING }, message);
  }
  if (status === 409) {
    // Jira says so of a write that meets another one of the same issue: a later one is taken.
    return new ProviderError(
      { kind: "failing" },
      `Jira was changing what "${call}" is for${words}`,
    );
  }
  if (status === 400 || status === 413 || status === 422) {
    const long = tooLongIn(body);
    if (long !== null) return rejected("body_too_long", long);
    const message = `Jira did not take "${call}"${words}`;
    return new ProviderError({ kind: "rejected", code: NOT_TAKEN }, message);
  }
  return null;
}

function endOfLimit(headers: Headers, now: number): number {
  const after = retryAfter(headers, now);
  if (after !== null) return after;
  const [count] = JIRA_BUDGETS.read(headers, now);
  const end = count?.resetsAt ?? now + LIMIT_WITHOUT_END_MS;
  return Math.max(end, now + 1_000);
}

/** Jira says what is wrong in general, and of each field: by the field's id, as far as it has words of its own. */
function wordsIn(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  const general = "errorMessages" in body && Array.isArray(body.errorMessages)
    ? body.errorMessages.filter((message) => typeof message === "string")
    : [];
  // The gateway of apps says it in another way than Jira.
  if ("message" in body && typeof body.message === "string") general.push(body.message);
  const ofFields = "errors" in body && isJsonObject(body.errors)
    ? Object.entries(body.errors).map(([field, message]) => `${field}: ${String(message)}`)
    : [];
  return [...general, ...ofFields].join("; ");
}

/** What the fields for texts are called here. */
const TEXTS = { description: "A description", comment: "A comment" } as const;

/** Characters of a text, as Jira has it where its administrator has set nothing else, and its answer names no number. */
const MOST_CHARACTERS = "32,767";

/** Says that a text is too long, where Jira means that: a form of its own needs more characters than Markdown. */
function tooLongIn(body: unknown): string | null {
  if (!isJsonObject(body) || !isJsonObject(body["errors"])) return null;
  for (const [field, title] of Object.entries(TEXTS)) {
    const said = String(body["errors"][field] ?? "");
    const limit = /allowed limit of (\d[\d.,]*) char/.exec(said)?.[1];
    if (limit === undefined && said !== "CONTENT_LIMIT_EXCEEDED") continue;
    return `${title} has ${
      limit ?? MOST_CHARACTERS
    } characters at Jira at most, in Jira's own form`;
  }
  return null;
}

/** Returns the failure of one issue that cannot be so. */
export function rejected(code: string, message: string): ProviderError {
  return new ProviderError({ kind: "rejected", code }, message);
}

/** Returns whether a call has failed with a code of this one issue. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof ProviderError && error.fault.kind === "rejected" &&
    codes.includes(error.fault.code);
}
