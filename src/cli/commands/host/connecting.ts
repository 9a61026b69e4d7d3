import type { JsonObject } from "../../../contract/field.ts";
import type { HostedProvider } from "../../../contract/providers.ts";
import {
  COMMAND_LINE,
  connectableProviders,
  type ConnectedPlaces,
  connectPlaces,
  type GivenCredential,
  keySource,
  openHostData,
  planTeam,
  provideHostKey,
} from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { plural } from "../../terminal/format.ts";
import { askSecret } from "../../terminal/prompts.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { noticeEmptyTeam } from "./empty_team.ts";
import { warnOfExposedKey } from "./key.ts";
import { hostLocation } from "./location.ts";

/** Labels of places that are listed. */
const LISTED = 10;

/** Reads a secret: typed at a terminal without being shown, or the first line of standard input. */
export async function readToken(
  context: Context,
  fromStdin: boolean,
  what: "token" | "client secret" = "token",
): Promise<string> {
  const { stdin } = context.platform.terminal;
  return stdin.isTerminal && !fromStdin
    ? await askSecret(context, {
      question: `${what.charAt(0).toUpperCase()}${what.slice(1)}: `,
      instead: `Pipe the ${what} into standard input.`,
    })
    : await stdin.readLine() ?? "";
}

/** Tests a credential, stores it, and has the host bring what it reaches. */
export async function connect(
  context: Context,
  provider: HostedProvider,
  options: Omit<ConnectOptions, "apiUrl">,
  given: GivenCredential,
): Promise<number> {
  const location = hostLocation(context, options.data);
  const data = await openHostData(context.platform, location);
  try {
    const { team, isNew } = await planTeam(data, options.team);
    const tools = {
      connectable: connectableProviders(),
      provideKey: async () => {
        const loaded = await provideHostKey(data, keySource(location, options.keyFile));
        warnOfExposedKey(context, loaded);
        return loaded.key;
      },
    };
    const found = await whileWaiting(
      context,
      "Asking the provider what the credential reaches",
      () =>
        connectPlaces(data, COMMAND_LINE, tools, {
          teamId: team.id,
          ...(isNew ? { newTeam: team } : {}),
          provider,
          given,
          name: options.name,
        }),
    );
    if (context.globals.json) context.output.json(documentOf(found));
    else report(context, found);
    await noticeEmptyTeam(context, data, { id: found.connection.teamId, slug: team.slug });
    return 0;
  } finally {
    await data.store.close();
  }
}

function report({ output }: Context, found: ConnectedPlaces): void {
  const { connection: { name }, isRenewed, account, missing, places, added, outOfReach } = found;
  const deed = isRenewed ? "Renewed" : "Connected";
  const mark = missing.length === 0 && outOfReach.length === 0 ? DONE : ATTENTION;
  output.result(text`${mark} ${deed} ${name} as ${account}: ${plural(places.length, "place")}.`);
  for (const { label } of places.slice(0, LISTED)) output.result(`  ${label}`);
  if (places.length > LISTED) output.result(`  and ${places.length - LISTED} more`);
  for (const one of missing) output.result(`  may not: ${one}`);
  for (const { label } of outOfReach) output.result(`  does not reach: ${label}`);
  for (const note of found.notes) output.notice(note);
  if (outOfReach.length > 0) {
    output.notice(
      `What ${name} brings and the credential does not reach stays here. It is not read, and what waits for it is not delivered, until a credential reaches it.`,
    );
  }
  if (added < places.length && !isRenewed) {
    output.notice(
      `${
        plural(places.length - added, "place")
      } of these came with another connection, and stay with it.`,
    );
  }
  output.notice(
    missing.length === 0
      ? "A host that serves this data reads their issues from now on."
      : "A host that serves this data does what the credential allows from now on.",
  );
}

function documentOf(found: ConnectedPlaces): JsonObject {
  const { connection: { id, name, provider }, isRenewed, account, missing, places, added } = found;
  const { outOfReach, notes } = found;
  return {
    id,
    name,
    provider,
    renewed: isRenewed,
    account,
    missing,
    notes,
    places: places.map(({ label, url }) => ({ label, url })),
    added,
    out_of_reach: outOfReach.map(({ label, url }) => ({ label, url })),
  };
}
