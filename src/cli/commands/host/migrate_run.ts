import { COMMAND_LINE, keyFileIn, migrateSchema, moveData } from "../../../server/mod.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import { number, plural } from "../../terminal/format.ts";
import { DONE, text } from "../../terminal/text.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";
import { shareProgress } from "./share_progress.ts";

/** What to bring up to date, or where to move it. */
export interface HostMigrateOptions {
  readonly data: HostPlace;
  readonly to: string | undefined;
}

/** Brings a host's data to this version, or moves it to PostgreSQL. */
export async function run(context: Context, options: HostMigrateOptions): Promise<number> {
  if (options.to !== undefined) return await move(context, options.data, options.to);
  const location = hostLocation(context, options.data);
  const { from, to } = await migrateSchema(context.platform, location);
  if (context.globals.json) context.output.json({ from, to });
  else {
    const words = from === to
      ? `is of version ${to} already`
      : `went from version ${from} to ${to}`;
    context.output.result(text`${DONE} The data ${words}.`);
  }
  return 0;
}

const STEPS = {
  copying: "Copying",
  comparing: "Comparing",
  indexing: "Indexing the words",
};

async function move(context: Context, place: HostPlace, url: string): Promise<number> {
  const { dir, url: database, passwordFile } = place;
  if (dir === undefined || database !== undefined) {
    throw usageError(
      "`--to` moves a directory of data: name it with `--data DIR`",
      "A PostgreSQL database is copied with `tracker host backup FILE`.",
    );
  }
  const { platform } = context;
  const to = hostLocation(context, { dir: undefined, url, passwordFile });
  const progress = shareProgress(context);
  const { tables, unindexed } = await moveData(
    platform,
    COMMAND_LINE,
    { from: { dataDir: dir }, to },
    ({ what, done, total }) => {
      const share = what === "indexing" ? null : total === 0 ? 1 : done / total;
      progress.show(STEPS[what], share);
    },
  ).finally(() => progress.end());
  if (unindexed !== null) {
    context.output.warning(
      `All rows are moved, but the index of words is missing: ${unindexed}. The next start of a host makes it.`,
    );
  }
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  if (context.globals.json) {
    context.output.json({
      rows,
      tables: Object.fromEntries(tables.map((one) => [one.table, one.rows])),
    });
    return 0;
  }
  context.output.result(
    text`${DONE} Moved ${number(rows)} rows of ${
      plural(tables.length, "table")
    }; every row was compared.`,
  );
  const key = keyFileIn(dir);
  const hasKey = await platform.files.stat(key) !== null;
  context.output.notice(
    `Serve the database from now on${hasKey ? `, with \`--key-file ${key}\`` : ""}. ` +
      `The data in "${dir}" is as it was: do not serve it again.`,
  );
  return 0;
}
