import { COMMAND_LINE, showConnection } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { writeTable } from "../../terminal/table.ts";
import { connectionJson, shortTime, stateWords } from "./connection_words.ts";
import { withHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";

/** Shows a connection; never its credential. */
export async function run(
  context: Context,
  options: { readonly name: string; readonly data: HostPlace },
): Promise<number> {
  return await withHostData(context, options, async (data) => {
    const one = await showConnection(data, COMMAND_LINE, { name: options.name, teamId: null });
    if (context.globals.json) {
      context.output.json({ ...connectionJson(one), resource_list: one.resourceList });
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
      ["calls left", one.budgetLeft === null ? null : String(one.budgetLeft)],
      ["last change", one.lastChangeAt === null ? null : shortTime(one.lastChangeAt)],
      ["last webhook", one.webhookAt === null ? null : shortTime(one.webhookAt)],
      ["waiting", String(one.waiting)],
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
        [{ title: "RESOURCE", yields: 1 }, { title: "URL", yields: 2 }],
        one.resourceList.map(({ label, url }) => [label, url]),
      );
    }
    return 0;
  });
}
