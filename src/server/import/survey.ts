import { isJsonObject } from "../../contract/field.ts";
import type { ExternalRef, NormalizedIssue } from "../../contract/issue.ts";
import type { HostedProvider } from "../../contract/providers.ts";
import { slugOf } from "../../contract/slug.ts";
import { isTooDeep } from "../../contract/nesting.ts";
import type { BytesReader } from "../../platform/bytes_reader.ts";
import type { Pause } from "../../platform/pauses.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { isListedByGh } from "../../providers/mod.ts";
import { isLongName, MOST_NAME_BYTES } from "../model/short_name.ts";
import { fold } from "../model/text.ts";
import { beadsForm } from "./beads.ts";
import { ghForm } from "./gh_issues.ts";
import { normalizedForm } from "./normalized.ts";
import { NOTHING_YET, type RecordBytes } from "./document.ts";
import { RecordFile } from "./record_file.ts";
import { RecordIndex, type Slot } from "./record_index.ts";
import type { IssueRecord, LeftOut, RecordForm, Replaced } from "./records.ts";

/** What a survey needs to know. */
export interface SurveyOptions {
  /** The file, as a person calls it. */
  readonly file: string;
  /** Name of the resource. */
  readonly label: string;
  readonly provider?: HostedProvider;
  /** Puts U+FFFD where the bytes are not UTF-8. */
  readonly isLossy?: boolean;
}

/** What a file holds. It is read once more for the issues themselves. */
export interface Survey {
  /** How many issues are to be stored. */
  readonly count: number;
  /** The places that they name, that of the first issue first. */
  readonly places: readonly Slot[];
  /** Issues that are deleted, as far as they have a name. */
  readonly removed: readonly ExternalRef[];
  readonly ignored: number;
  readonly deleted: number;
  readonly replaced: readonly Replaced[];
  readonly skipped: readonly LeftOut[];
  /**
   * Returns some of the issues, which stand in the order of their updates: from the one of a number on, one at least.
   *
   * @throws {TrackerError} `import_changed` when the file is another one meanwhile.
   */
  issues(from: number, most: IssuesAtOnce): Promise<NormalizedIssue[]>;
}

/** How many issues are returned at most. */
export interface IssuesAtOnce {
  readonly issues: number;
  /** Bytes of their records after which there come no more. */
  readonly bytes: number;
}

/** Records that are read before it is asked what time it is. */
const STEPS_AT_ONCE = 32;

/** Forms from the weakest to the strongest: one record in a stronger form tells that all are in it. */
const FORMS = ["beads", "gh", "normalized"] as const;

type FormName = typeof FORMS[number];

/**
 * Reads a file once and remembers where its issues are: of each record the newest counts, and what cannot be imported is
 * named. A file of any size takes some hundred bytes of memory for each record.
 *
 * @throws {TrackerError} `not_utf8`, `import_unmerged`.
 */
export async function surveyFile(
  source: BytesReader,
  options: SurveyOptions,
  pause: Pause,
): Promise<Survey> {
  const file = await RecordFile.open(source, options, pause);
  for (let name: FormName = FORMS[0];;) {
    const read = await new Surveyor(file, name, options, pause).read();
    if (typeof read !== "string") return read;
    name = read;
  }
}

function formOf(name: FormName, { label, provider }: SurveyOptions): RecordForm {
  switch (name) {
    case "normalized":
      return normalizedForm(provider);
    case "gh":
      return ghForm(provider);
    case "beads":
      return beadsForm(provider ?? "linear", slugOf(label) || "imported");
  }
}

function strengthOf(value: unknown): number {
  if (isJsonObject(value) && "ref" in value) return 2;
  return isListedByGh(value) ? 1 : 0;
}

class Surveyor {
  readonly #file: RecordFile;
  readonly #strength: number;
  readonly #form: RecordForm;
  readonly #options: SurveyOptions;
  readonly #pause: Pause;
  readonly #index = new RecordIndex();
  readonly #skipped: LeftOut[] = [];
  /** Records whose issue has a name that is too long. */
  readonly #long = new Set<number>();
  /** The parent's id where that is too long, by the record. */
  readonly #longParents = new Map<number, string>();
  #ignored = 0;
  #nameless = 0;

  constructor(file: RecordFile, name: FormName, options: SurveyOptions, pause: Pause) {
    this.#file = file;
    this.#strength = FORMS.indexOf(name);
    this.#form = formOf(name, options);
    this.#options = options;
    this.#pause = pause;
  }

  /** Reads the file; returns the form that it has when that is a stronger one. */
  async read(): Promise<Survey | FormName> {
    const file = this.#file;
    let steps = 0;
    for (const record of file.records()) {
      if (record === NOTHING_YET || ++steps % STEPS_AT_ONCE === 0) await this.#pause();
      if (record === NOTHING_YET || record.bytes?.length === 0) continue;
      const { line, bytes } = record;
      // Most are small: to wait for each takes longer than to read it.
      const value = bytes === null
        ? undefined
        : file.isLarge(bytes)
        ? await file.parseLarge(bytes)
        : file.parse(bytes);
      if (value === undefined) {
        const reason = file.faultOf(record);
        if (reason !== null) this.#leaveOut(line, reason);
      } else if (isTooDeep(value)) this.#leaveOut(line, "It is nested too deep");
      else {
        const stronger = strengthOf(value);
        if (stronger > this.#strength) return FORMS[stronger] ?? "normalized";
        this.#take(record, value);
      }
    }
    return this.#survey();
  }

  #leaveOut(line: number, reason: string): void {
    this.#skipped.push({ line, reason });
  }

  #take({ line, from, to }: RecordBytes, value: unknown): void {
    const read = this.#form.read(value);
    switch (read.kind) {
      case "other":
        this.#ignored++;
        return;
      case "nameless":
        this.#nameless++;
        return;
      case "invalid":
        this.#leaveOut(line, read.reason);
        return;
    }
    const isDeleted = read.kind === "deleted";
    const time = Date.parse(read.time);
    const number = this.#index.add(read.ref, { line, from, to, time, isDeleted });
    if (isLongRef(read.ref)) this.#long.add(number);
    if (!isDeleted && read.parentId !== null && isLongName(read.parentId)) {
      this.#longParents.set(number, read.parentId);
    }
  }

  async #survey(): Promise<Survey> {
    const index = this.#index;
    const removed = [...index.deleted()];
    const issues = new Uint32Array(index.size);
    let count = 0;
    for (const number of index.kept()) {
      if (number % STEPS_AT_ONCE === 0) await this.#pause();
      if (index.isDeleted(number)) continue;
      if (this.#isLong(number)) {
        const reason = `It is named with more than ${MOST_NAME_BYTES} bytes`;
        this.#leaveOut(index.lineOf(number), reason);
      } else issues[count++] = number;
    }
    const sorted = issues.subarray(0, count);
    index.sortByTime(sorted);
    const ofShortName = removed.filter(({ id }) => !isLongName(id));
    return {
      count,
      places: placesOf(index, sorted, ofShortName),
      removed: ofShortName,
      ignored: this.#ignored,
      deleted: this.#nameless + removed.length,
      replaced: index.replaced(),
      skipped: this.#skipped.sort((a, b) => a.line - b.line),
      issues: (from, most) => this.#issues(sorted, from, most),
    };
  }

  #isLong(number: number): boolean {
    const parent = this.#longParents.get(number);
    return this.#long.has(number) ||
      (parent !== undefined && (!this.#form.isClosed || this.#index.isHere(parent)));
  }

  async #issues(
    numbers: Uint32Array,
    from: number,
    most: IssuesAtOnce,
  ): Promise<NormalizedIssue[]> {
    const isHere = (id: string) => this.#index.isHere(id);
    const issues: NormalizedIssue[] = [];
    let bytes = 0;
    for (
      let at = from;
      at < numbers.length && at < from + most.issues && bytes < most.bytes;
      at++
    ) {
      if (at % STEPS_AT_ONCE === 0) await this.#pause();
      const number = numbers[at] ?? 0;
      const span = this.#index.spanOf(number);
      bytes += span.to - span.from;
      issues.push((await this.#again(number)).issue(isHere));
    }
    return issues;
  }

  /** Reads a record once more. */
  async #again(number: number): Promise<IssueRecord> {
    const bytes = this.#file.bytesAt(this.#index.spanOf(number));
    const value = this.#file.isLarge(bytes)
      ? await this.#file.parseLarge(bytes)
      : this.#file.parse(bytes);
    const read = value === undefined || isTooDeep(value) ? null : this.#form.read(value);
    if (read?.kind === "issue" && this.#index.isNewestOf(number, read.ref)) return read;
    const { file } = this.#options;
    throw new TrackerError({
      code: "import_changed",
      message: `The file "${file}" has changed while it was imported`,
      nextAction: "Import it again once nothing writes to it.",
      details: { file },
    });
  }
}

function isLongRef({ id, key, workspace }: ExternalRef): boolean {
  return [id, fold(key ?? ""), workspace].some(isLongName);
}

function placesOf(
  index: RecordIndex,
  issues: Uint32Array,
  removed: readonly ExternalRef[],
): Slot[] {
  const places = new Map<string, Slot>();
  const add = ({ system, workspace }: Slot) =>
    places.set(JSON.stringify([system, workspace]), { system, workspace });
  let last: Slot | null = null;
  for (const number of issues) {
    const slot = index.slotOf(number);
    if (slot !== last) add(slot);
    last = slot;
  }
  for (const ref of removed) add(ref);
  return [...places.values()];
}
