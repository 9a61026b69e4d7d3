import {
  COMMAND_LINE,
  connectedRemotes,
  keySource,
  openExistingHostData,
  provideHostKey,
  Providers,
  type Remotes,
  removeWhole,
  secretsOf,
  showConnection,
} from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { plural } from "../../terminal/format.ts";
import { confirm } from "../../terminal/prompts.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";

/** Which connection to remove. */
export interface HostConnectionRemoveOptions {
  readonly name: string;
  readonly data: HostPlace;
  readonly keyFile: string | undefined;
}

/** Removes a connection, after a person has agreed. */
export async function run(
  context: Context,
  { name, data: place, keyFile }: HostConnectionRemoveOptions,
  remotes: Remotes = connectedRemotes(),
): Promise<number> {
  const location = hostLocation(context, place);
  const data = await openExistingHostData(context.platform, location);
  try {
    const named = { name, teamId: null };
    const { resources, waiting } = await showConnection(data, COMMAND_LINE, named);
    const question = `Remove the connection ${name}? ${plural(resources, "resource")} will live ` +
      `in this host alone, and ${plural(waiting, "change")} that wait will not be delivered.`;
    if (!(await confirm(context, { question, instead: "Agree with `--yes`." }))) {
      if (context.globals.json) context.output.json({ removed: false, declined: true });
      else context.output.notice("Nothing changed.");
      return 0;
    }
    const source = keySource(location, keyFile);
    const provideKey = async () => (await provideHostKey(data, source)).key;
    const providers = new Providers({ remotes, secretOf: secretsOf(data, source), provideKey });
    const removed = await removeWhole(data, COMMAND_LINE, named, providers);
    const { undelivered, webhookLeft } = removed;
    if (context.globals.json) {
      const facts = { undelivered, resources: removed.resources, webhook_left: webhookLeft };
      context.output.json({ name, removed: true, ...facts });
    } else if (webhookLeft === null) {
      context.output.result(text`${DONE} Removed the connection ${name}.`);
    } else {
      context.output.result(text`${ATTENTION} Removed the connection ${name}.`);
      const words = `Take the webhook to ${webhookLeft} away at the provider: the host could not.`;
      context.output.notice(words);
    }
    return 0;
  } finally {
    await data.store.close();
  }
}
