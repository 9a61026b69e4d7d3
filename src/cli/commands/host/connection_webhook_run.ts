import {
  COMMAND_LINE,
  type Connectable,
  connectableProviders,
  enterWebhookSecret,
  type HostContext,
  type HostKey,
  keySource,
  openExistingHostData,
  provideHostKey,
  showConnection,
  type ShownConnection,
  showWebhookSecret,
  type WebhookPlace,
  webhookPlace,
} from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { webhookJson } from "./connection_words.ts";
import { warnOfExposedKey } from "./key.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";

/** Which connection, and whether its secret is entered. */
export interface HostConnectionWebhookOptions {
  readonly name: string;
  readonly secretStdin: boolean;
  readonly data: HostPlace;
  readonly keyFile: string | undefined;
}

/** Says what a person enters at the provider, with the secret; or stores the secret that the provider has made. */
export async function run(
  context: Context,
  options: HostConnectionWebhookOptions,
  connectable: Connectable = connectableProviders(),
): Promise<number> {
  const { name, secretStdin, data: place, keyFile } = options;
  const location = hostLocation(context, place);
  const data = await openExistingHostData(context.platform, location);
  try {
    const named = { name, teamId: null };
    const connection = await showConnection(data, COMMAND_LINE, named);
    const loaded = await provideHostKey(data, keySource(location, keyFile));
    warnOfExposedKey(context, loaded);
    if (secretStdin) return await store(context, data, loaded.key, connection);
    const found = await webhookPlace(data, connectable, connection);
    const secret = found.form?.makesSecret === true
      ? null
      : await showWebhookSecret(data, COMMAND_LINE, loaded.key, named);
    if (context.globals.json) {
      const { name, provider, webhookState: state } = connection;
      context.output.json({ name, provider, webhooks: state, ...webhookJson(found), secret });
    } else report(context, connection, found, secret);
    return 0;
  } finally {
    await data.store.close();
  }
}

async function store(
  context: Context,
  data: HostContext,
  key: HostKey,
  { id, name, provider }: ShownConnection,
): Promise<number> {
  const secret = (await context.platform.terminal.stdin.readLine() ?? "").trim();
  await enterWebhookSecret(data, COMMAND_LINE, key, { name: id, teamId: null }, secret);
  if (context.globals.json) context.output.json({ name, provider, secret_stored: true });
  else {context.output.result(
      text`${DONE} ${name} takes webhooks that are signed with this secret.`,
    );}
  return 0;
}

function report(
  { output }: Context,
  { name, webhookState }: ShownConnection,
  { url, path, form }: WebhookPlace,
  secret: string | null,
): void {
  if (webhookState === "registered") {
    output.notice(
      "The host has registered this by itself: enter nothing, unless the provider has lost it.",
    );
  }
  if (form !== null) output.result(form.where);
  const rows: (readonly [string, string])[] = [
    [form?.addressName ?? "address", url ?? `https://YOUR-HOST${path}`],
    ...form?.settings ?? [],
    ...(secret === null ? [] : [[form?.secretName ?? "secret", secret] as const]),
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  for (const [title, value] of rows) output.result(`  ${title.padEnd(width)}  ${value}`);
  if (url === null) {
    output.notice(
      "This host does not know its address: start it with `tracker host serve --public-url URL`.",
    );
  }
  if (secret === null) {
    output.notice(
      `The provider makes the secret: give it to \`tracker host connection webhook ${name} --secret-stdin\`.`,
    );
  }
}
