import { COMMAND_LINE, createMachineToken } from "../../../server/mod.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import type { HostPlace } from "./options.ts";
import { withHostData } from "./data.ts";

/** What token to create. */
export interface HostTokenCreateOptions {
  readonly username: string;
  readonly name: string;
  readonly data: HostPlace;
  readonly expires: string | undefined;
  readonly team: string | undefined;
}

/** Creates a token for a machine. Standard output gets the token alone, so that it can be piped where it belongs. */
export async function run(context: Context, options: HostTokenCreateOptions): Promise<number> {
  const { username, name, team } = options;
  const lifetimeMs = lifetime(options.expires ?? "90d");
  const made = await withHostData(
    context,
    options,
    (data) => createMachineToken(data, COMMAND_LINE, { username, name, team, lifetimeMs }),
  );
  if (context.globals.json) {
    const { id, token, expiresAt } = made;
    const whose = { username: made.username, team: made.team };
    context.output.json({ id, name: made.name, token, ...whose, expires_at: expiresAt });
    return 0;
  }
  const { output } = context;
  output.result(made.token);
  const until = made.expiresAt === null
    ? "until it is revoked"
    : `until ${made.expiresAt.slice(0, 10)}`;
  output.notice(`  ${made.name} of ${made.username} works in team ${made.team}, ${until}.`);
  output.notice("  It is shown this once. Keep it as a secret of the job, in `TRACKER_TOKEN`.");
  return 0;
}

const UNITS = { h: 60 * 60 * 1000, d: 24 * 60 * 60 * 1000 } as const;

const MAX_DAYS = 3_650;

/** Returns the milliseconds that `12h` or `90d` stand for; `null` for `never`. */
function lifetime(given: string): number | null {
  const span = given.trim().toLowerCase();
  if (span === "never") return null;
  const [, count = "", unit = ""] = /^(\d{1,6})([hd])$/.exec(span) ?? [];
  const ms = Number(count) * UNITS[unit === "h" ? "h" : "d"];
  if (ms > 0 && ms <= MAX_DAYS * UNITS.d) return ms;
  throw usageError(
    `\`--expires\` takes a span such as 12h or 90d, or never, not "${given}"`,
    "A token is good for ten years at most, or until it is revoked.",
  );
}
