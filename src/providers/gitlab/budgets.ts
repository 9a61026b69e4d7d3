import { isJsonObject } from "../../contract/field.ts";
import type { BudgetRules } from "../budget.ts";
import { harmless } from "../harmless.ts";
import { ProviderError, rejected } from "../remote.ts";
import { PERMISSION_MISSING } from "../rest.ts";
import { type ProviderAnswer, retryAfter } from "../transport.ts";

/** How GitLab counts: calls a minute, as the instance is set up; many count nothing. */
export const GITLAB_BUDGETS: BudgetRules = {
  writeGapMs: 0,
  read(headers) {
    const [left, limit, resets] = ["remaining", "limit", "reset"].map((name) =>
      whole(headers.get(`ratelimit-${name}`))
    );
    if (left == null || limit == null || resets == null) return [];
    return [{
      name: headers.get("ratelimit-name") ?? "api",
      left,
      limit,
      resetsAt: resets * 1_000,
    }];
  },
};

function whole(value: string | null): number | null {
  return value !== null && /^\d{1,12}$/.test(value) ? Number(value) : null;
}

/** Milliseconds to wait after a limit for which GitLab names no time: its counts begin again every minute. */
const LIMIT_MS = 60_000;

/** Judges an answer as GitLab means it; `null` leaves it to its status. */
export function judgeAnswer(
  answer: ProviderAnswer,
  call: { readonly now: number; readonly secrets: readonly string[] },
): ProviderError | null {
  const { status, body } = answer;
  if (status === 429) return limitedUntil(answer, call.now);
  const said = saidIn(body);
  const words = said === "" ? "" : `: ${harmless(said, call.secrets)}`;
  if (status === 401) {
    return new ProviderError(
      { kind: "refused" },
      `GitLab does not take the credential (401)${words}`,
    );
  }
  if (status === 403 && textOf(body, "error") === "insufficient_scope") {
    const scope = harmless(textOf(body, "scope").split(" ")[0] ?? "", call.secrets);
    const which = scope === "" ? "a scope" : `the scope "${scope}"`;
    return rejected(PERMISSION_MISSING, `The token lacks ${which} at GitLab`);
  }
  if (status === 403 && textOf(body, "error") === "insufficient_granular_scope") {
    return rejected(PERMISSION_MISSING, `The fine-grained token lacks a permission${words}`);
  }
  // What is wrong with which field is no text there, and would not be told otherwise.
  return status === 400 || status === 409 || status === 422
    ? rejected(`http_${status}`, `GitLab refused it (${status})${words}`)
    : null;
}

function limitedUntil({ headers }: ProviderAnswer, now: number): ProviderError {
  const [count] = GITLAB_BUDGETS.read(headers, now);
  const resetsAt = count?.left === 0 ? count.resetsAt : null;
  const until = retryAfter(headers, now) ?? resetsAt ?? now + LIMIT_MS;
  return new ProviderError(
    { kind: "limited", until: Math.max(until, now + 1_000) },
    "GitLab takes no more calls for now",
  );
}

/** GitLab's words: a text, or texts by the names of fields. */
function saidIn(body: unknown): string {
  if (!isJsonObject(body)) return "";
  const described = textOf(body, "error_description");
  return described !== "" ? described : flat(body["message"] ?? body["error"]);
}

function flat(said: unknown): string {
  if (typeof said === "string") return said;
  if (Array.isArray(said)) return said.map(flat).filter((one) => one !== "").join(", ");
  if (!isJsonObject(said)) return "";
  return Object.entries(said).map(([name, one]) => `${name} ${flat(one)}`).join("; ");
}

function textOf(body: unknown, name: string): string {
  const value = isJsonObject(body) ? body[name] : undefined;
  return typeof value === "string" ? value : "";
}
