/** What looking at one thing has come to. */
export interface HostFinding {
  /** What was looked at, such as `schema`; stable, for programs. */
  readonly check: string;
  readonly status: "ok" | "warning" | "failed" | "info";
  /** One line for people. */
  readonly message: string;
  /** What to do; only warnings and failures need it. */
  readonly nextAction: string | null;
  /** Facts for programs. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What to do about data that is no longer whole. */
export const RESTORE: string =
  "stop the host, keep the data, and restore a backup of `tracker host backup`";

/** Returns a failure as what looking at a thing has come to. */
export type Explain = (check: string, error: unknown) => HostFinding;

/** Collects what is found: each fault of a database once, however many checks meet with it. */
export class Findings {
  readonly all: HostFinding[] = [];
  readonly #explain: Explain;
  readonly #told = new Set<string>();

  constructor(explain: Explain) {
    this.#explain = explain;
  }

  /** Makes one check. What it throws ends this check alone, and is what it has come to. */
  async attempt(check: string, work: () => Promise<readonly HostFinding[]>): Promise<void> {
    for (const found of await this.value(check, work) ?? []) this.tell(found);
  }

  /** Returns what work of a check has come to; `null` when it threw, which is found then. */
  async value<T>(check: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      const found = this.#explain(check, error);
      const isDamage = found.details["code"] === "database_damaged";
      this.tell(isDamage ? { ...found, nextAction: RESTORE } : found);
      return null;
    }
  }

  /** Adds what was found. */
  tell(found: HostFinding): void {
    const { code } = found.details;
    if (found.status === "failed" && typeof code === "string") {
      const fault = code.startsWith("database_") ? code : `${code} ${found.message}`;
      if (this.#told.has(fault)) return;
      this.#told.add(fault);
    }
    this.all.push(found);
  }
}

/** Nothing is wrong. */
export function sound(
  check: string,
  message: string,
  details: HostFinding["details"] = {},
): HostFinding {
  return { check, status: "ok", message, nextAction: null, details };
}

/** A fact, or what cannot be looked at. */
export function note(
  check: string,
  message: string,
  details: HostFinding["details"] = {},
): HostFinding {
  return { check, status: "info", message, nextAction: null, details };
}

/** It works, but needs attention. */
export function doubtful(
  check: string,
  message: string,
  nextAction: string,
  details: HostFinding["details"] = {},
): HostFinding {
  return { check, status: "warning", message, nextAction, details };
}

/** It does not work. */
export function broken(
  check: string,
  message: string,
  nextAction: string,
  details: HostFinding["details"] = {},
): HostFinding {
  return { check, status: "failed", message, nextAction, details };
}

/** Returns an age for people, in its largest unit. */
export function age(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  const hours = Math.round(seconds / 3600);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** Counts things: `1 job`, `2 jobs`. */
export function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
