import { COMMAND_LINE, listUsers } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import type { HostPlace } from "./options.ts";
import { ago } from "../../terminal/format.ts";
import { writeTable } from "../../terminal/table.ts";
import { withHostData } from "./data.ts";

/** Lists the users of a host with their roles, their sessions and the last use of one. */
export async function run(
  context: Context,
  options: { readonly data: HostPlace; readonly fields: ChosenFields },
): Promise<number> {
  const choose = fieldChoice(context, options.fields, { names: USER_FIELDS });
  const users = await withHostData(
    context,
    options,
    (data) => listUsers(data, COMMAND_LINE, null),
  );
  const now = context.platform.clock.now();
  if (context.globals.json) {
    context.output.json({
      users: choose(users.map(({ createdAt, lastUsedAt, ...user }) => ({
        ...user,
        last_used_at: lastUsedAt,
        created_at: createdAt,
      }))),
    });
  } else if (users.length === 0) context.output.result("There are no users.");
  else {
    writeTable(
      context.output,
      [
        { title: "USER", yields: 2 },
        { title: "NAME", yields: 1 },
        { title: "TEAMS", yields: 1 },
        { title: "SESSIONS" },
        { title: "LAST USED" },
        { title: "ADDED" },
      ],
      users.map(({ username, name, teams, roles, sessions, lastUsedAt, createdAt }) => [
        username,
        name,
        teams.map((team) => roles[team] === "admin" ? `${team} (admin)` : team).join(", "),
        String(sessions),
        lastUsedAt === null ? "–" : ago(Date.parse(lastUsedAt), now),
        createdAt.slice(0, 10),
      ]),
    );
  }
  return 0;
}

const USER_FIELDS = [
  "username",
  "name",
  "teams",
  "roles",
  "sessions",
  "last_used_at",
  "created_at",
];
