import { PROVIDER_TITLES } from "../../../contract/providers.ts";
import { ensureDaemonRunning } from "../../../daemon/intent.ts";
import { HostedClient, type PublishOptions } from "../../../client/client.ts";
import { SessionTokens } from "../../../client/session.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import { openLocalBackend } from "../../../tracker/backend.ts";
import { type LocalSnapshot, readLocalSnapshot } from "../../../tracker/local_snapshot.ts";
import { publishSnapshot, snapshotKey } from "../../../tracker/publish.ts";
import { reportWithBackground } from "../../services/background.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { type HostConnection, hostConnection } from "../../services/host_connection.ts";
import { plural } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";
import { VERSION } from "../../version.ts";

/** What the host made of a snapshot, in words. */
const RESOLUTIONS = {
  exact: "The host knows where it belongs.",
  workspace: "The host placed it by its workspace.",
  queued: "The host does not know where it belongs: it waits there until a person decides.",
} as const;

/** How a snapshot is published. */
export interface PublishCommandOptions {
  readonly dryRun: boolean;
  readonly authTokenStdin: boolean;
}

/** Sends the snapshot of a local binding to the host. */
export async function run(context: Context, options: PublishCommandOptions): Promise<number> {
  const project = await projectContext(context);
  const backend = await openLocalBackend(project, "`sync publish`");
  const snapshot = await whileWaiting(
    context,
    `Reading from ${PROVIDER_TITLES[backend.provider]}`,
    () => readLocalSnapshot(project, backend),
  );
  return await publish(context, options, snapshot);
}

/** Sends a snapshot, or says with `--dry-run` what would be sent. */
async function publish(
  context: Context,
  options: PublishCommandOptions,
  { snapshot, leftOut }: LocalSnapshot,
): Promise<number> {
  const { output, platform } = context;
  const content = `${plural(snapshot.issues.length, "issue")} and ${
    plural(snapshot.mappings.length, "mapping")
  } of ${snapshot.provider} workspace ${snapshot.workspace}`;
  if (leftOut > 0) {
    const records = plural(leftOut, "record");
    output.notice(`Left out ${records} that are not work (agents, messages, wisps and the like).`);
  }
  if (options.dryRun) {
    const idempotencyKey = await snapshotKey(snapshot);
    if (context.globals.json) {
      output.json({ idempotency_key: idempotencyKey, left_out: leftOut, snapshot });
    } else output.result(`Would publish ${content} (key ${idempotencyKey.slice(0, 12)}).`);
    return 0;
  }
  const connection = await hostConnection(context);
  const access = options.authTokenStdin ? await accessFromInput(context, connection) : {};
  output.notice(`Publishing ${content} to ${new URL(connection.baseUrl).host} …`);
  const client = new HostedClient({ ...connection, tokens: new SessionTokens(connection) });
  const receipt = await whileWaiting(
    context,
    "Waiting for the host's receipt",
    () =>
      untilInterrupted(
        context,
        (signal) => publishSnapshot(client, snapshot, { ...access, signal }),
      ),
  );
  return await reportWithBackground(
    context,
    () => {
      if (context.globals.json) output.json(receipt);
      else {
        const where = Object.entries(RESOLUTIONS)
          .find(([resolution]) => resolution === receipt.resolution)?.[1];
        const named = receipt.receipt_id === null ? null : `Receipt ${receipt.receipt_id}.`;
        const facts = [where, named].filter((fact) => fact != null);
        output.result(text`${DONE} Published ${content}.`);
        if (facts.length > 0) output.result(`  ${facts.join(" ")}`);
      }
      return 0;
    },
    () => ensureDaemonRunning({ platform, version: VERSION, intent: "remote_required" }),
  );
}

/** The token that was piped in, for `TRACKER_TEAM` or the team of the session at this host. */
async function accessFromInput(
  context: Context,
  { credentials, baseUrl }: HostConnection,
): Promise<PublishOptions> {
  const { env, terminal } = context.platform;
  const authToken = (await terminal.stdin.readAll()).trim();
  if (authToken !== "" && !/\s/.test(authToken)) {
    const named = env.get("TRACKER_TEAM")?.trim() ?? "";
    const team = named === "" ? (await credentials.session(baseUrl))?.teamSlug : named;
    return { authToken, teamSlug: team ?? undefined };
  }
  throw usageError(
    "`--auth-token-stdin` needs one token on standard input",
    'Pipe it in: `printf %s "$TOKEN" | tracker sync publish --auth-token-stdin`.',
  );
}
