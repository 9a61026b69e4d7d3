/** How much one key may do. */
export interface RateLimit {
  /** Calls that may come at once. */
  readonly burst: number;
  /** Calls that are allowed again per second. */
  readonly perSecond: number;
}

/** What came of asking a limit for a call. */
export interface Taken {
  /** How many whole seconds to wait; 0 when the call was taken. */
  readonly wait: number;
  /** How much of the burst is used up, with what was taken. */
  readonly used: number;
}

/** Returns how many whole seconds pass until a bucket that holds `tokens` has one for a call. */
export function waitFor(tokens: number, { perSecond }: RateLimit): number {
  return tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));
}
