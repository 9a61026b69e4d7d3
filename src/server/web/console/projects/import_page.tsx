import type { JSX } from "hono/jsx/jsx-runtime";
import { HOSTED_PROVIDERS } from "../../../../contract/providers.ts";
import { bytesReader } from "../../../../platform/bytes_reader.ts";
import { importIssues, type ImportReport } from "../../../import/import.ts";
import { FileField, Form, NO_PROBLEMS, type Problems, SelectField, TextField } from "../form.tsx";
import { Facts, PageHead } from "../parts.tsx";
import { type ConsoleAnswer, show, showForm, type Visit } from "../visit.ts";
import { PROVIDER_NAMES } from "./new_place_page.tsx";
import { problemsOf } from "./place_words.tsx";

/** Most bytes of a file with its form. */
export const MAX_IMPORT_BYTES: number = 32 * 1024 * 1024;

/** Asks for a file of issues. */
export async function importPage(
  visit: Visit,
  problems: Problems = NO_PROBLEMS,
): Promise<ConsoleAnswer> {
  const { form, session } = visit;
  return await Promise.resolve(showForm(
    "Import issues",
    <>
      <PageHead
        title="Import issues"
        lead="From a file to this host. The same file once more changes nothing."
      />
      <div class="card message">
        <Form
          action="/projects/import"
          csrf={session.csrf}
          submit="Import"
          cancel="/projects"
          problems={problems}
          isUpload
        >
          <FileField
            name="file"
            label="File"
            accept=".json,.jsonl,.ndjson,application/json"
            hint={
              <>
                A JSON array or JSON Lines of normalized issues, what <code>bd export</code>{" "}
                writes, or what <code>gh issue list --json …</code> prints; 32 MiB at most.
              </>
            }
            required
            problems={problems}
          />
          <TextField
            name="label"
            label="Name of the place"
            hint="Where the issues come into; the name of the file unless given."
            value={form.text("label")}
            maxlength={80}
            problems={problems}
          />
          <SelectField
            name="provider"
            label="Works like"
            hint="For issues that name no tracker of their own."
            choices={[
              { value: "", label: "As the file says, else Linear" },
              ...HOSTED_PROVIDERS.map((value) => ({ value, label: PROVIDER_NAMES[value] })),
            ]}
            value={form.text("provider")}
            problems={problems}
          />
        </Form>
      </div>
    </>,
    problems,
  ));
}

/** Imports the file that was sent, and reports on it. */
export async function importFile(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, team, form } = visit;
  const file = form.file("file");
  if (file === null) return await importPage(visit, { file: "Choose a file." });
  const provider = HOSTED_PROVIDERS.find((one) => one === form.text("provider"));
  const label = form.text("label").slice(0, 80) || labelOf(file.name);
  try {
    const report = await importIssues(context, bytesReader(file.bytes), {
      label,
      isLossy: true,
      file: file.name,
      team: team.slug,
      actor,
      ...(provider === undefined ? {} : { provider }),
    });
    return show("Issues imported", <Report file={file.name} report={report} />);
  } catch (error) {
    const { "": words = "" } = problemsOf(error, [
      "import_connected",
      "import_empty",
      "import_unmerged",
    ]);
    return await importPage(visit, { file: words });
  }
}

function labelOf(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  return last.replace(/\.\w{1,10}$/, "").slice(0, 80) || "imported";
}

const MOST_SKIPPED = 100;

function Report(
  { file, report }: { readonly file: string; readonly report: ImportReport },
): JSX.Element {
  const { skipped, replaced } = report;
  return (
    <>
      <PageHead
        title="Issues imported"
        lead={
          <>
            From <strong>{file}</strong> into {report.resources.join(", ")}.
          </>
        }
      >
        <a class="button" href="/projects">Go to the projects</a>
      </PageHead>
      <div class="card part">
        <Facts
          facts={[
            ["Created", report.created],
            ["Updated", report.updated],
            ["Unchanged", report.unchanged],
            report.removed === 0 ? null : ["Removed", report.removed],
            report.ignored === 0 ? null : ["Records that are no issues", report.ignored],
            replaced.length === 0 ? null : ["Replaced by a newer record", replaced.length],
            skipped.length === 0 ? null : ["Left out", skipped.length],
          ]}
        />
      </div>
      {skipped.length === 0 ? null : (
        <>
          <h2>Left out</h2>
          <ul class="card part effects">
            {skipped.slice(0, MOST_SKIPPED).map(({ line, reason }) => (
              <li>Record {line}: {reason}</li>
            ))}
            {skipped.length > MOST_SKIPPED
              ? <li>… and {skipped.length - MOST_SKIPPED} more.</li>
              : null}
          </ul>
        </>
      )}
    </>
  );
}
