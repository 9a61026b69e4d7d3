import type { JsonObject } from "../../../contract/field.ts";
import {
  COMMAND_LINE,
  type Connectable,
  connectableProviders,
  keySource,
  openExistingHostData,
  provideHostKey,
  secretsOf,
  testConnection,
  type TestedConnection,
} from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { plural } from "../../terminal/format.ts";
import { ATTENTION, DONE, FAILED, text } from "../../terminal/text.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";

/** Which connection to test. */
export interface HostConnectionTestOptions {
  readonly name: string;
  readonly data: HostPlace;
  readonly keyFile: string | undefined;
}

/** Tests the credential of a connection at its provider; exit 1 when it does not work, or not for all that is brought. */
export async function run(
  context: Context,
  { name, data: place, keyFile }: HostConnectionTestOptions,
  connectable: Connectable = connectableProviders(),
): Promise<number> {
  const location = hostLocation(context, place);
  const data = await openExistingHostData(context.platform, location);
  try {
    const source = keySource(location, keyFile);
    const named = { name, teamId: null };
    const found = await whileWaiting(
      context,
      "Asking the provider",
      () =>
        testConnection(data, COMMAND_LINE, named, {
          connectable,
          secretOf: secretsOf(data, source),
          provideKey: async () => (await provideHostKey(data, source)).key,
        }),
    );
    if (context.globals.json) context.output.json(documentOf(found));
    else report(context, found);
    return found.tested.ok && found.outOfReach.length === 0 ? 0 : 1;
  } finally {
    await data.store.close();
  }
}

function report(
  { output }: Context,
  { connection: { name, state }, tested, outOfReach }: TestedConnection,
) {
  if (!tested.ok) {
    output.result(text`${FAILED} ${name} is ${state}: ${tested.message}`);
    return;
  }
  const { account, missing, places } = tested;
  const reach = `reaches ${plural(places.length, "place")} as ${account}`;
  const isWhole = missing.length === 0 && outOfReach.length === 0;
  output.result(text`${isWhole ? DONE : ATTENTION} ${name} ${reach}.`);
  for (const one of missing) output.result(`  may not: ${one}`);
  for (const { label } of outOfReach) output.result(`  does not reach: ${label}`);
}

function documentOf({ connection, tested, outOfReach }: TestedConnection): JsonObject {
  const { name, provider, state } = connection;
  return {
    name,
    provider,
    works: tested.ok,
    state,
    problem: tested.ok ? null : tested.message,
    account: tested.ok ? tested.account : null,
    missing: tested.ok ? tested.missing : [],
    out_of_reach: outOfReach.map(({ label, url }) => ({ label, url })),
    places: tested.ok ? tested.places.map(({ label, url }) => ({ label, url })) : [],
  };
}
