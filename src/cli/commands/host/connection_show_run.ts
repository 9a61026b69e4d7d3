import {
  COMMAND_LINE,
  connectableProviders,
  type ListedConnection,
  putOffWords,
  showConnection,
  type WebhookPlace,
  webhookPlace,
} from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { notTakenWords } from "../../services/connection_words.ts";
import { writeTable } from "../../terminal/table.ts";
import { ATTENTION, text } from "../../terminal/text.ts";
import {
  broughtJson,
  connectionJson,
  nextStep,
  shortTime,
  stateWords,
  webhookJson,
} from "./connection_words.ts";
import { withHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";

/** Shows a connection; never its credential. */
export async function run(
  context: Context,
  options: { readonly name: string; readonly data: HostPlace },
): Promise<number> {
  return await withHostData(context, options, async (data) => {
    const one = await showConnection(data, COMMAND_LINE, { name: options.name, teamId: null });
    const place = await webhookPlace(data, connectableProviders(), one);
    if (context.globals.json) {
      const resource_list = one.resourceList.map(broughtJson);
      const webhook = webhookJson(place);
      context.output.json({ ...connectionJson(one), webhook, resource_list });
      return 0;
    }
    const { output } = context;
    const facts: [string, string | null][] = [
      ["provider", one.provider],
      ["team", one.team],
      ["id", one.id],
      ["address", one.site === null ? one.baseUrl : `${one.baseUrl} (${one.site})`],
      ["credential", one.credentialKind],
      ["made", `${shortTime(one.madeAt)}${one.madeBy === null ? "" : ` by ${one.madeBy}`}`],
      ["state", stateWords(one) + (one.stateDetail === null ? "" : `: ${one.stateDetail}`)],
      ["next", nextStep(one)],
      ["calls left", callsLeft(one)],
      ["last change", one.lastChangeAt === null ? "none seen yet" : shortTime(one.lastChangeAt)],
      ["webhooks", webhookWords(one)],
      ["", one.webhookState === "registered" ? null : byHandWords(one, place)],
      ["last webhook", one.webhookAt === null ? null : shortTime(one.webhookAt)],
      ["waiting", String(one.waiting)],
      ["put off", one.deliveryError === null ? null : putOffWords(one.deliveryError)],
      ["not taken", one.notTaken === 0 ? null : notTakenWords(one.notTaken, one.provider)],
    ];
    output.result(one.name);
    for (const [name, value] of facts) {
      if (value !== null) output.result(`  ${name.padEnd(12)} ${value}`);
    }
    for (const [status, words] of Object.entries(one.statusWords)) {
      output.result(`  ${status.padEnd(12)} ${words.join(", ")}`);
    }
    if (one.resourceList.length > 0) {
      output.result("");
      writeTable(
        output,
        [
          { title: "RESOURCE", yields: 1 },
          { title: "READ" },
          { title: "COMPARED" },
          { title: "URL", yields: 2 },
        ],
        one.resourceList.map(({ label, url, lastReadAt, lastComparedAt }) => [
          label,
          lastReadAt === null ? "not yet" : shortTime(lastReadAt),
          lastComparedAt === null ? "not yet" : shortTime(lastComparedAt),
          url,
        ]),
      );
      for (const { label, error } of one.resourceList) {
        if (error !== null) output.result(text`${ATTENTION} ${label} cannot be read: ${error}`);
      }
    }
    return 0;
  });
}

function callsLeft({ budgetLeft, budgetResetsAt }: ListedConnection): string | null {
  if (budgetLeft === null) return null;
  const until = budgetResetsAt === null ? "" : ` until ${shortTime(budgetResetsAt)}`;
  return `${budgetLeft}${until}`;
}

/** Says how the provider tells of changes. */
function webhookWords({ webhookState }: ListedConnection): string {
  switch (webhookState) {
    case "registered":
      return "registered by the host";
    case "by_hand":
      return "not registered: the host may not register them there";
    case null:
      return "not registered: the host does not know its address, or has not tried yet";
  }
}

/** Says how a person has the provider send webhooks; without them, changes are found by asking. */
function byHandWords(
  { name, webhookAt }: ListedConnection,
  { url, path, form }: WebhookPlace,
): string | null {
  if (form === null || webhookAt !== null) return null;
  const at = url ?? `https://YOUR-HOST${path}`;
  return `by hand: ${at}; \`tracker host connection webhook ${name}\` says what to enter where`;
}
