import type { HandledCall, Reply } from "../rest_stand_in.ts";
import type { Answers } from "./answers.ts";
import type { FakeIssue, FakeProject, FakeState, FakeToken } from "./state.ts";

export type { Reply };

/** How lists have pages: by a cursor, counted although another way was asked for, or counted, which is said. */
export type Paging = "cursor" | "ignored" | "refused";

/** A call as its handler gets it. */
export interface Call extends HandledCall {
  readonly state: FakeState;
  readonly answers: Answers;
  readonly token: FakeToken;
  readonly url: URL;
  /** Milliseconds for which lists do not show a new issue. */
  readonly listLagMs: number;
  readonly paging: Paging;
  /** Whether the server signs what webhooks send. */
  readonly signs: boolean;
  /** Whether the plan has links that block, and several assignees. */
  readonly isPremium: boolean;
  /** Tells the webhooks of a project. */
  told(project: FakeProject, issue: FakeIssue, action: string): void;
}

/** A route: its method, its path, and what it takes. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** The parameters of the query that GitLab knows, beside those of pages. */
  readonly query?: readonly string[];
  /** The members of the body that GitLab knows. */
  readonly body?: readonly string[];
  /** The role that it takes, as GitLab numbers them. */
  readonly role?: number;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** Returns the answer that something is not there. */
export function notFound(what = ""): Reply {
  return { status: 404, body: { message: `404 ${what === "" ? "" : `${what} `}Not Found` } };
}

/** The answer that the role does not allow it. */
export const FORBIDDEN: Reply = { status: 403, body: { message: "403 Forbidden" } };

/** Returns the answer that fields cannot be so. */
export function invalid(message: Readonly<Record<string, readonly string[]>> | string): Reply {
  return { status: 400, body: { message } };
}

/** A page of a list, counted, with where the next one is. */
export function paged(call: Call, entries: readonly unknown[]): Reply {
  const per = Math.min(100, Number(call.query.get("per_page") ?? 20));
  const page = Number(call.query.get("page") ?? 1);
  const isLast = entries.length <= page * per;
  const next = new URL(call.url);
  next.searchParams.set("page", String(page + 1));
  return {
    status: 200,
    body: entries.slice((page - 1) * per, page * per),
    headers: {
      "x-page": String(page),
      "x-per-page": String(per),
      "x-next-page": isLast ? "" : String(page + 1),
      ...(isLast ? {} : { link: `<${next.href}>; rel="next"` }),
    },
  };
}

/** Returns texts that are separated by commas, or stand in a list. */
export function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" && value !== "" ? value.split(",").map((one) => one.trim()) : [];
}
