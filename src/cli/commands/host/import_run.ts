import type { HostedProvider } from "../../../contract/providers.ts";
import { importIssues, openHostData } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { labelOfFile, readImport, reportImport } from "./import_report.ts";

/** What to import, and where to. */
export interface HostImportOptions {
  readonly file: string;
  readonly data: string;
  readonly provider: HostedProvider | undefined;
  readonly resource: string | undefined;
  readonly team: string | undefined;
}

/** Imports a file of issues into a host's data. */
export async function run(context: Context, options: HostImportOptions): Promise<number> {
  const text = await readImport(context, options.file);
  const data = await openHostData(context.platform, options.data);
  try {
    const report = importIssues(data, text, {
      label: options.resource ?? labelOfFile(options.file),
      file: options.file,
      ...(options.provider === undefined ? {} : { provider: options.provider }),
      ...(options.team === undefined ? {} : { team: options.team }),
    });
    if (context.globals.json) context.output.json(report);
    else {
      const { line, style } = context.output;
      const mark = report.skipped.length === 0 ? style.green("✓") : style.yellow("!");
      reportImport(context, report, (text) => line(`${mark} ${text}`));
    }
    return report.skipped.length === 0 ? 0 : 1;
  } finally {
    data.close();
  }
}
