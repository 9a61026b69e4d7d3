import type { HostedProvider } from "../../../contract/providers.ts";
import { importIssues, openHostData, planTeam } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { hostLocation } from "./location.ts";
import { noticeEmptyTeam } from "./empty_team.ts";
import type { HostPlace } from "./options.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import { openInput } from "../../services/input_file.ts";
import { labelOfFile, reportImport } from "./import_report.ts";

/** What to import, and where to. */
export interface HostImportOptions {
  readonly file: string;
  readonly data: HostPlace;
  readonly provider: HostedProvider | undefined;
  readonly resource: string | undefined;
  readonly team: string | undefined;
}

/** Imports a file of issues into a host's data. */
export async function run(context: Context, options: HostImportOptions): Promise<number> {
  using records = await openInput(context, options.file);
  const data = await openHostData(context.platform, hostLocation(context, options.data));
  try {
    const report = await importIssues(data, records, {
      label: options.resource ?? labelOfFile(options.file),
      file: options.file,
      ...(options.provider === undefined ? {} : { provider: options.provider }),
      ...(options.team === undefined ? {} : { team: options.team }),
    });
    if (context.globals.json) context.output.json(report);
    else {
      const mark = report.skipped.length === 0 ? DONE : ATTENTION;
      reportImport(context, report, (line) => context.output.result(text`${mark} ${line}`));
    }
    await noticeEmptyTeam(context, data, (await planTeam(data, options.team)).team);
    return report.skipped.length === 0 ? 0 : 1;
  } finally {
    await data.store.close();
  }
}
