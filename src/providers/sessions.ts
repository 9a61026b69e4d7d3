import type { Budget } from "./budget.ts";
import type { Access } from "./remote.ts";

/** What a session is about. */
type Subject = Pick<Access, "credential" | "clock" | "baseUrl">;

/** What is known at a provider under the credential of each connection, by the budget of that. */
export class Sessions<A extends Subject & Pick<Access, "budget">, S> {
  readonly #begin: (access: A) => S;
  readonly #known = new WeakMap<Budget, { readonly subject: Subject; readonly session: S }>();

  /** Begins each session by `begin`. */
  constructor(begin: (access: A) => S) {
    this.#begin = begin;
  }

  /** Returns the session of a connection, for as long as its credential stays the same. */
  of(access: A): S {
    const known = this.#known.get(access.budget);
    if (known !== undefined && isSame(known.subject, access)) return known.session;
    const session = this.#begin(access);
    const { credential, clock, baseUrl } = access;
    this.#known.set(access.budget, { subject: { credential, clock, baseUrl }, session });
    return session;
  }
}

function isSame(one: Subject, other: Subject): boolean {
  return one.credential.secret === other.credential.secret && one.clock === other.clock &&
    one.baseUrl === other.baseUrl;
}
