import { me } from "../../../client/auth.ts";
import { openHost } from "../../../client/open_host.ts";
import { type HostProbe, probeHost } from "../../../client/probe.ts";
import { SessionTokens } from "../../../client/session.ts";
import { type ActiveSession, CredentialStore, type Session } from "../../../user/credentials.ts";
import { resolveHostUrl } from "../../../user/settings.ts";
import { READINESS_WORDING } from "../../../user/readiness_wording.ts";
import type { Platform } from "../../../platform/platform.ts";
import { isoTime } from "../../../platform/clock.ts";
import { type HostConnection, hostConnection } from "../../services/host_connection.ts";
import { span } from "../../terminal/format.ts";
import { VERSION } from "../../version.ts";
import { onlyRenewing } from "../../services/looking_only.ts";
import { codeOf, type DoctorContext, failureOf } from "./doctor_context.ts";
import { type Check, failed, fine, info, warning } from "../../services/report.ts";
import type { FilesFinding } from "./files.ts";
import { boundTool } from "./tools.ts";

/** What is known of the host, the session there, and how to talk to it. */
export interface HostFinding {
  readonly checks: readonly Check[];
  /** The configured host; `null` without one. */
  readonly url: string | null;
  /** How to make calls; `null` when none can succeed. */
  readonly connection: (HostConnection & { readonly tokens: SessionTokens }) | null;
}

/** Off by more than this, a clock makes tokens look expired and events out of order. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Examines the host's address, whether it answers, the time there, and the session. */
export async function examineHost(
  doctor: DoctorContext,
  files: FilesFinding,
): Promise<HostFinding> {
  if (!files.settings) {
    return nothing(null, [info("host", "host not examined: the settings cannot be used")]);
  }
  const { platform } = doctor;
  const url = (await resolveHostUrl(platform))?.url ?? null;
  if (url === null) {
    const { message, nextAction } = READINESS_WORDING.missing_host_config;
    const next = `${lower(nextAction)}, or name the host: \`tracker auth login --host URL\``;
    return nothing(null, [absent(files, "host", lower(message), next)]);
  }
  const probe = await probeHost(await openHost({ platform, baseUrl: url, version: VERSION }));
  const ahead = probe.kind === "answered" ? probe.clockAheadMs ?? 0 : 0;
  const about = [...hostChecks(url, probe), ...clockChecks(ahead)];
  if (!files.credentials) {
    const unread = info("session", "session not examined: the credentials cannot be read");
    return nothing(url, [unread, ...about]);
  }
  const active = await new CredentialStore({ platform }).activeSession(url);
  if (active === null) {
    const { nextAction } = READINESS_WORDING.missing_auth;
    const who = `not signed in to ${url}`;
    const out = absent(files, "session", who, lower(nextAction));
    return nothing(url, [out, ...about]);
  }
  const session = sessionCheck(
    active,
    timeFor(active.session, platform, ahead),
  );
  if (session.status === "failed" || probe.kind === "silent") {
    return nothing(url, [session, ...about]);
  }
  const { context } = doctor;
  const given = await hostConnection({ ...context, platform: onlyRenewing(context.platform) }, url);
  const connection = { ...given, tokens: new SessionTokens(given) };
  try {
    await me(connection);
    return { checks: [session, ...about], url, connection };
  } catch (error) {
    const refused = REFUSALS.includes(codeOf(error) ?? "");
    const found = failureOf(doctor, "session", error);
    const check = refused
      ? failed("session", "the host does not accept the session", found.nextAction ?? LOGIN)
      : { ...found, check: "host" };
    return nothing(url, refused ? [check, ...about] : [session, check]);
  }
}

const LOGIN = "run `tracker auth login`";

const REFUSALS = ["session_expired", "token_refused", "unauthorized", "missing_auth"];

/** What has not been set up is a failure, unless the project works without a host. */
function absent(files: FilesFinding, check: string, message: string, next: string): Check {
  return boundTool(files) === null
    ? failed(check, message, next)
    : info(check, `${message} (not needed for this project)`);
}

function nothing(url: string | null, checks: readonly Check[]): HostFinding {
  return { checks, url, connection: null };
}

function hostChecks(url: string, probe: HostProbe): readonly Check[] {
  if (probe.kind === "silent" && probe.untrusted !== null) {
    const { message, nextAction, details } = probe.untrusted;
    return [failed("host", lower(message), lower(nextAction), { url, ...details })];
  }
  if (probe.kind === "silent") {
    return [failed(
      "host",
      `host ${url} did not answer (${probe.reason})`,
      `check the network connection to \`${url}\`, and that the host runs`,
      { url, reason: probe.reason },
    )];
  }
  const ms = Math.round(probe.roundTripMs);
  const details = {
    url,
    http_status: probe.status,
    round_trip_ms: ms,
    clock_ahead_ms: probe.clockAheadMs,
  };
  return [
    probe.status >= 500
      ? warning(
        "host",
        `host ${url} answered with HTTP ${probe.status}`,
        "try again in a while; if it persists, tell those who run the host",
        details,
      )
      : fine("host", `host ${url} answered in ${ms} ms`, details),
  ];
}

function clockChecks(ahead: number): readonly Check[] {
  if (Math.abs(ahead) < CLOCK_TOLERANCE_MS) return [];
  const where = ahead > 0 ? "ahead of" : "behind";
  return [warning(
    "clock",
    `this machine's clock is ${span(Math.abs(ahead))} ${where} the host's`,
    "set this machine's clock: sessions and events depend on it",
    { clock_ahead_ms: ahead },
  )];
}

function sessionCheck({ session, injected, command }: ActiveSession, now: number): Check {
  const { username, teamSlug, refresh, accessExpiresAt, refreshExpiresAt } = session;
  const team = teamSlug === null ? "" : ` (team ${teamSlug})`;
  const details = {
    username,
    team: teamSlug,
    source: command !== null ? "command" : injected ? "environment" : "file",
    access_expires_at: accessExpiresAt === null ? null : isoTime(accessExpiresAt),
    refresh_expires_at: refreshExpiresAt === null ? null : isoTime(refreshExpiresAt),
  };
  if (command !== null) {
    return fine("session", `signed in by \`auth.token_command\`${team}`, details);
  }
  if (injected) return fine("session", `signed in by \`TRACKER_TOKEN\`${team}`, details);
  const who = `signed in as ${username ?? "an unknown user"}${team}`;
  const good = accessExpiresAt === null || accessExpiresAt > now;
  const renewable = refresh !== null && (refreshExpiresAt === null || refreshExpiresAt > now);
  if (!good && !renewable) {
    return failed("session", "the session has expired", LOGIN, details);
  }
  const lasts = accessExpiresAt === null
    ? "session good"
    : good
    ? `session good for ${span(accessExpiresAt - now)}`
    : "session to be renewed";
  const renewed = !renewable
    ? ", not renewable"
    : refreshExpiresAt === null
    ? ", renewable"
    : `, renewable for ${span(refreshExpiresAt - now)}`;
  return fine("session", `${who}, ${lasts}${renewed}`, details);
}

/**
 * The time to judge a session by: this machine's, or the host's where only by that the session is still
 * good. A clock that is off is told of once, not as an ended session too.
 */
function timeFor(
  { refresh, accessExpiresAt, refreshExpiresAt }: Session,
  platform: Platform,
  ahead: number,
): number {
  const now = platform.clock.now();
  const end = Math.max(
    accessExpiresAt ?? Number.POSITIVE_INFINITY,
    refresh === null ? 0 : refreshExpiresAt ?? Number.POSITIVE_INFINITY,
  );
  return now < end ? now : now - ahead;
}

function lower(text: string | null): string {
  const words = text ?? "";
  return words.slice(0, 1).toLowerCase() + words.slice(1).replace(/\.$/, "");
}
