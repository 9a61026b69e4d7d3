import { switchHost } from "../../../client/switch_host.ts";
import { CredentialStore, type Session } from "../../../user/credentials.ts";
import { missingAuth } from "../../../user/readiness_wording.ts";
import { resolveHostUrl } from "../../../user/settings.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import { choose } from "../../terminal/choose.ts";
import { DONE, text } from "../../terminal/text.ts";
import { warnOfOtherToken } from "./other_token.ts";

/** Makes the host given, or chosen, the one that commands use. */
export async function run(
  context: Context,
  options: { readonly host: string | undefined },
): Promise<number> {
  const { platform, globals, output } = context;
  const credentials = new CredentialStore({ platform });
  const sessions = await credentials.sessions();
  if (sessions.length === 0) throw missingAuth();
  const chosen = options.host === undefined
    ? await chosenByPerson(context, sessions)
    : named(sessions, options.host);
  if (chosen === null) return 0;
  const { host, username, teamSlug } = await switchHost({ platform, credentials }, chosen.host);
  const inForce = await resolveHostUrl(platform);
  const isOverridden = inForce !== null && inForce.url !== host;
  if (globals.json) {
    output.json({
      host,
      username,
      team: teamSlug,
      host_in_force: inForce?.url ?? host,
    });
    await warnOfOtherToken(context, host);
    return 0;
  }
  const team = teamSlug === null ? "" : ` (team ${teamSlug})`;
  output.result(text`${DONE} Commands use ${host} as ${username ?? "unknown"}${team}.`);
  if (isOverridden) {
    output.warning(
      text`  Not here: \`SPEC_KITTY_SAAS_URL\` is set, and wins: ${inForce.url}. Unset it.`,
    );
  }
  await warnOfOtherToken(context, host);
  return 0;
}

async function chosenByPerson(
  context: Context,
  sessions: readonly Session[],
): Promise<Session | null> {
  const current = (await resolveHostUrl(context.platform))?.url;
  const place = await choose(context, {
    question: "Which host?",
    rows: sessions.map(({ host, username, teamSlug }) => [
      host,
      username ?? "",
      teamSlug ?? "",
      host === current ? "used now" : "",
    ]),
    unanswered: () => hostNeeded(sessions),
  });
  return place === null ? null : sessions[place] ?? null;
}

/** Returns the session at a host that a person named, by its URL or by its name alone. */
function named(sessions: readonly Session[], given: string): Session {
  const wanted = given.trim().replace(/\/+$/, "").toLowerCase();
  const found = sessions.filter(({ host }) => {
    const url = new URL(host);
    return [host.toLowerCase(), host.slice(url.protocol.length + 2), url.host, url.hostname]
      .includes(wanted);
  });
  const exact = found.find(({ host }) => host.toLowerCase() === wanted);
  const [only, another] = found;
  if (exact !== undefined) return exact;
  if (only === undefined) throw noSession(sessions, given);
  if (another !== undefined) throw hostNeeded(found);
  return only;
}

function hostNeeded(sessions: readonly Session[]): TrackerError {
  const hosts = sessions.map(({ host }) => host);
  return new TrackerError({
    code: "host_needed",
    message: `You are signed in to ${hosts.join(", ")}, and no host was named`,
    nextAction: "Name one: `tracker auth switch HOST`.",
    details: { hosts },
  });
}

function noSession(sessions: readonly Session[], given: string): TrackerError {
  const hosts = sessions.map(({ host }) => host);
  return new TrackerError({
    code: "host_without_session",
    message: `You are not signed in to a host "${given.trim()}", but to ${hosts.join(", ")}`,
    nextAction: "Name one of these, or sign in: `tracker auth login --host URL`.",
    details: { hosts },
  });
}
