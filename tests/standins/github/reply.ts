import type { HandledCall, Reply } from "../rest_stand_in.ts";
import type { FakeApp, FakeRepository, FakeState, FakeToken } from "./state.ts";
import type { Answers } from "./answers.ts";

export type { Reply };

/** Who calls. */
export interface Caller {
  readonly login: string;
  readonly token: FakeToken;
  /** The App, when it is one. */
  readonly app: FakeApp | null;
}

/** A call as its handler gets it. */
export interface Call extends HandledCall {
  readonly state: FakeState;
  readonly answers: Answers;
  readonly caller: Caller;
  readonly url: URL;
  /** Milliseconds for which lists do not show a new issue. */
  readonly listLagMs: number;
  /** Says what happened to which issue. */
  told(event: string, repository: FakeRepository, payload: Readonly<Record<string, unknown>>): void;
}

/** A route: its method, its path, and what it takes. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** The permission that it takes, besides being signed in. */
  readonly needs?: "issues=read" | "issues=write" | "repository_hooks=write";
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** An answer that something is not there. */
export const NOT_FOUND: Reply = {
  status: 404,
  body: { message: "Not Found", documentation_url: "https://docs.github.test", status: "404" },
};

/** An answer that something cannot be so. */
export function invalid(message: string): Reply {
  return { status: 422, body: { message, documentation_url: "https://docs.github.test" } };
}

/** A page of a list, with where the next one is. */
export function paged(
  call: Call,
  entries: readonly unknown[],
  wrap?: (page: readonly unknown[]) => unknown,
): Reply {
  const per = Number(call.query.get("per_page") ?? 30);
  const page = Number(call.query.get("page") ?? 1);
  const shown = entries.slice((page - 1) * per, page * per);
  const next = new URL(call.url);
  next.searchParams.set("page", String(page + 1));
  return {
    status: 200,
    body: wrap === undefined ? shown : wrap(shown),
    headers: entries.length > page * per ? { link: `<${next.href}>; rel="next"` } : {},
  };
}
