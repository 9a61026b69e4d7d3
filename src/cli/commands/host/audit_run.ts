import { COMMAND_LINE, readAudit, type ReadAuditEntry } from "../../../server/mod.ts";
import { isoTime } from "../../../platform/clock.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import type { HostPlace } from "./options.ts";
import { writeTable } from "../../terminal/table.ts";
import { withHostData } from "./data.ts";

/** Which of the things done to show. */
export interface HostAuditOptions {
  readonly data: HostPlace;
  readonly limit: number | undefined;
  readonly since: string | undefined;
  readonly user: string | undefined;
  readonly fields: ChosenFields;
}

const DEFAULT_LIMIT = 50;

/** Lists what administrators did, newest first. */
export async function run(context: Context, options: HostAuditOptions): Promise<number> {
  const { limit = DEFAULT_LIMIT, user, fields } = options;
  const choose = fieldChoice(context, fields, { names: ENTRY_FIELDS });
  const since = options.since === undefined ? undefined : Date.parse(options.since);
  const entries = await withHostData(
    context,
    options,
    (data) => readAudit(data, COMMAND_LINE, { teamId: null, limit, since, user }),
  );
  if (context.globals.json) {
    context.output.json({ entries: choose(entries.map(document)) });
  } else if (entries.length === 0) context.output.result("Nothing was recorded.");
  else {
    writeTable(
      context.output,
      [
        { title: "TIME" },
        { title: "WHO", yields: 3 },
        { title: "TEAM", yields: 4 },
        { title: "DID" },
        { title: "TO", yields: 2 },
        { title: "DETAILS", yields: 1 },
      ],
      entries.map((entry) => [
        isoTime(entry.at).slice(0, 16).replace("T", " "),
        entry.actor,
        entry.team ?? "–",
        entry.action,
        entry.target,
        detailsOf(entry),
      ]),
    );
  }
  return 0;
}

const ENTRY_FIELDS = ["id", "at", "actor", "user_id", "team", "action", "target", "details"];

function document(entry: ReadAuditEntry): Record<string, unknown> {
  const { id, actor, action, target, team, userId, details } = entry;
  return { id, at: isoTime(entry.at), actor, user_id: userId, team, action, target, details };
}

function detailsOf({ details }: ReadAuditEntry): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
}
