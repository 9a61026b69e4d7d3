/** What keeps the program from starting. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** What to do, as a sentence. */
  readonly nextAction: string;
  readonly details: Readonly<Record<string, string | readonly string[]>>;
}

/** Returns what is written before the program can start: a line and what to do, or a document where JSON is asked for. */
export function refusalText(refusal: Refusal, args: readonly string[]): string {
  const { code, message, nextAction, details } = refusal;
  const end = args.indexOf("--");
  if (!args.slice(0, end < 0 ? args.length : end).includes("--json")) {
    return `✗ ${message}\n  ${nextAction}`;
  }
  return JSON.stringify({ error: { code, message, next_action: nextAction, details } });
}
