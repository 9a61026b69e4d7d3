import { COMMAND_LINE, listUsers, openExistingHostData } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { writeTable } from "../../terminal/table.ts";

/** Lists the users of a host. */
export async function run(context: Context, options: { readonly data: string }): Promise<number> {
  const data = await openExistingHostData(context.platform, { dataDir: options.data });
  try {
    const users = await listUsers(data, COMMAND_LINE, null);
    if (context.globals.json) {
      context.output.json({
        users: users.map(({ createdAt, ...user }) => ({ ...user, created_at: createdAt })),
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
          { title: "ADDED" },
        ],
        users.map(({ username, name, teams, sessions, createdAt }) => [
          username,
          name,
          teams.join(", "),
          String(sessions),
          createdAt.slice(0, 10),
        ]),
      );
    }
    return 0;
  } finally {
    await data.store.close();
  }
}
