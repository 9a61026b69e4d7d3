import { COMMAND_LINE, listConnections } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { writeTable } from "../../terminal/table.ts";
import {
  CONNECTION_FIELDS,
  connectionJson,
  nextStep,
  shortTime,
  stateWords,
} from "./connection_words.ts";
import { withHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";

/** Lists the connections of all teams. */
export async function run(
  context: Context,
  options: { readonly data: HostPlace; readonly fields: ChosenFields },
): Promise<number> {
  const choose = fieldChoice(context, options.fields, { names: CONNECTION_FIELDS });
  return await withHostData(context, options, async (data) => {
    const connections = await listConnections(data, COMMAND_LINE, null);
    if (context.globals.json) {
      context.output.json({ connections: choose(connections.map(connectionJson)) });
    } else if (connections.length === 0) {
      context.output.result("No provider is connected: all issues live in this host.");
    } else {
      writeTable(
        context.output,
        [
          { title: "NAME" },
          { title: "TEAM" },
          { title: "PROVIDER" },
          { title: "STATE", yields: 1 },
          { title: "RESOURCES" },
          { title: "WAITING" },
          { title: "LAST CHANGE", yields: 3 },
          { title: "ID", yields: 2 },
        ],
        connections.map((one) => [
          one.name,
          one.team,
          one.provider,
          stateWords(one),
          String(one.resources),
          String(one.waiting),
          one.lastChangeAt === null ? "none seen" : shortTime(one.lastChangeAt),
          one.id,
        ]),
      );
      for (const one of connections) {
        const step = nextStep(one);
        if (step !== null) context.output.notice(`${one.name}: ${step}.`);
      }
    }
    return 0;
  });
}
