import { type ActiveSession, isGivenToken, type Session } from "../../../user/credentials.ts";
import { READINESS_WORDING } from "../../../user/readiness_wording.ts";
import type { Context } from "../../command/context.ts";
import { DONE, FAILED, text } from "../../terminal/text.ts";
import { hostConnection } from "../../services/host_connection.ts";
import { span } from "../../terminal/format.ts";
import { isoTime } from "../../../platform/clock.ts";

/** Shows who is signed in where; exits with 1 without a session at the current host. */
export async function run(context: Context): Promise<number> {
  const { credentials, baseUrl } = await hostConnection(context);
  const active = await credentials.activeSession(baseUrl);
  const others = (await credentials.sessions()).filter((session) => session.host !== baseUrl);
  const now = context.platform.clock.now();
  if (context.globals.json) {
    context.output.json({
      host: baseUrl,
      signed_in: active !== null,
      source: active === null ? null : sourceOf(active),
      username: active?.session.username ?? null,
      team: active?.session.teamSlug ?? null,
      access_expires_at: timeOf(active?.session.accessExpiresAt),
      refresh_expires_at: timeOf(active?.session.refreshExpiresAt),
      other_hosts: others.map((session) => session.host),
    });
    return active === null ? 1 : 0;
  }
  const { output } = context;
  if (active === null) {
    output.result(text`${FAILED} You are not signed in to ${baseUrl}.`);
    output.result(`  ${READINESS_WORDING.missing_auth.nextAction}`);
  } else {
    const { session } = active;
    output.result(text`${DONE} ${baseUrl}`);
    output.result(`  user     ${session.username ?? "unknown"}`);
    output.result(`  team     ${session.teamSlug ?? "none"}`);
    output.result(`  session  ${SOURCES[sourceOf(active)] ?? lifetime(session, now)}`);
  }
  for (const session of others) {
    output.result(`  also     ${session.host} as ${session.username ?? "unknown"}`);
  }
  return active === null ? 1 : 0;
}

/** Where a session that is not stored comes from, in words. */
const SOURCES = {
  environment: "from TRACKER_TOKEN",
  command: "from auth.token_command",
  file: null,
} as const;

function sourceOf({ injected, command }: ActiveSession): keyof typeof SOURCES {
  return command !== null ? "command" : injected ? "environment" : "file";
}

/** How long a session is good, in words. */
export function lifetime(session: Session, now: number): string {
  const { accessExpiresAt, refreshExpiresAt, refresh } = session;
  const good = accessExpiresAt === null
    ? "good"
    : accessExpiresAt > now
    ? `good for ${span(accessExpiresAt - now)}`
    : "expired";
  if (isGivenToken(session)) return `token given at sign-in, ${good}, not renewable`;
  if (refresh === null) return `${good}, not renewable`;
  if (refreshExpiresAt === null) return `${good}, renewable`;
  return refreshExpiresAt > now
    ? `${good}, renewable for ${span(refreshExpiresAt - now)}`
    : `${good}, no longer renewable`;
}

function timeOf(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : isoTime(ms);
}
