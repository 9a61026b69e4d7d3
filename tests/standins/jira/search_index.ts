import type { FakeIssue, FakeState } from "./state.ts";

/** What searches know, which may be late. */
export class SearchIndex {
  readonly #state: FakeState;
  readonly #known = new Map<string, FakeIssue>();
  #waiting: { readonly at: number; readonly issue: FakeIssue }[] = [];
  /** Milliseconds after which a search shows a change. */
  lagMs = 0;

  /** Begins without anything. */
  constructor(state: FakeState) {
    this.#state = state;
  }

  /** Takes note of how an issue is now. */
  note(issue: FakeIssue, now: number): void {
    const copy = { ...issue, labels: [...issue.labels], properties: new Map(issue.properties) };
    this.#waiting.push({ at: now, issue: copy });
  }

  /** Returns the issues as a search knows them; those of `fresh` as they are. */
  issues(now: number, fresh: ReadonlySet<string>): readonly FakeIssue[] {
    const due = this.#waiting.filter(({ at }) => at + this.lagMs <= now);
    this.#waiting = this.#waiting.filter(({ at }) => at + this.lagMs > now);
    for (const { issue } of due) this.#known.set(issue.id, issue);
    const ids = new Set([...this.#known.keys(), ...fresh]);
    return [...ids].flatMap((id) => {
      const live = this.#state.issues.get(id);
      if (live === undefined) return [];
      return [fresh.has(id) ? live : this.#known.get(id) ?? live];
    });
  }
}
