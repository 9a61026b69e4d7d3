import { COMMAND_LINE, listMachineTokens } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import type { HostPlace } from "./options.ts";
import { ago } from "../../terminal/format.ts";
import { writeTable } from "../../terminal/table.ts";
import { withHostData } from "./data.ts";

/** Lists the tokens of machines, newest first. */
export async function run(
  context: Context,
  options: { readonly data: HostPlace; readonly fields: ChosenFields },
): Promise<number> {
  const choose = fieldChoice(context, options.fields, { names: TOKEN_FIELDS });
  const tokens = await withHostData(
    context,
    options,
    (data) => listMachineTokens(data, COMMAND_LINE, null),
  );
  const now = context.platform.clock.now();
  if (context.globals.json) {
    context.output.json({
      tokens: choose(tokens.map(({ createdAt, expiresAt, lastUsedAt, ...token }) => ({
        ...token,
        created_at: createdAt,
        expires_at: expiresAt,
        last_used_at: lastUsedAt,
      }))),
    });
  } else if (tokens.length === 0) context.output.result("There are no machine tokens.");
  else {
    writeTable(
      context.output,
      [
        { title: "TOKEN" },
        { title: "NAME", yields: 2 },
        { title: "USER", yields: 1 },
        { title: "TEAM", yields: 3 },
        { title: "STATE" },
        { title: "EXPIRES" },
        { title: "LAST USED" },
      ],
      tokens.map(({ id, name, username, team, state, expiresAt, lastUsedAt }) => [
        id,
        name,
        username,
        team,
        state,
        expiresAt === null ? "never" : expiresAt.slice(0, 10),
        lastUsedAt === null ? "never" : ago(Date.parse(lastUsedAt), now),
      ]),
    );
  }
  return 0;
}

const TOKEN_FIELDS = [
  ...["id", "name", "username", "team", "state", "created_at", "expires_at", "last_used_at"],
];
