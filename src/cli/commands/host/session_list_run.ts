import { COMMAND_LINE, listSessions } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import type { HostPlace } from "./options.ts";
import { ago } from "../../terminal/format.ts";
import { writeTable } from "../../terminal/table.ts";
import { withHostData } from "./data.ts";

/** Whose sessions to list. */
export interface HostSessionListOptions {
  readonly data: HostPlace;
  readonly username: string | undefined;
  readonly fields: ChosenFields;
}

/** Lists the sessions of a host that can still be used. */
export async function run(context: Context, options: HostSessionListOptions): Promise<number> {
  const { username, fields } = options;
  const choose = fieldChoice(context, fields, { names: SESSION_FIELDS });
  const sessions = await withHostData(
    context,
    options,
    (data) => listSessions(data, COMMAND_LINE, { teamId: null, username }),
  );
  const now = context.platform.clock.now();
  if (context.globals.json) {
    context.output.json({
      sessions: choose(sessions.map((session) => ({
        id: session.id,
        username: session.username,
        opened_by: session.openedBy,
        created_at: session.createdAt,
        last_used_at: session.lastUsedAt,
      }))),
    });
  } else if (sessions.length === 0) context.output.result("There are no sessions.");
  else {
    writeTable(
      context.output,
      [
        { title: "SESSION" },
        { title: "USER", yields: 1 },
        { title: "OPENED BY" },
        { title: "OPENED" },
        { title: "LAST USED" },
      ],
      sessions.map(({ id, username, openedBy, createdAt, lastUsedAt }) => [
        id,
        username,
        openedBy,
        createdAt.slice(0, 10),
        lastUsedAt === null ? "–" : ago(Date.parse(lastUsedAt), now),
      ]),
    );
  }
  return 0;
}

const SESSION_FIELDS = ["id", "username", "opened_by", "created_at", "last_used_at"];
