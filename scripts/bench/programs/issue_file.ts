/** Words that the texts of issues are made of. */
const WORDS =
  "import export page cache token host issue label branch merge commit status daemon cursor queue retry search index mission package provider binding resource conflict"
    .split(" ");

/** The time in which the issues are created, one after the other. */
const TWO_YEARS_MS = 730 * 86_400_000;

/** The longest time from the creation of an issue to its last update. */
const LONGEST_MS = 14 * 86_400_000;

/** Characters of a body. */
const BODY = 700;

/** Writes a file of so many issues of about 1.1 kB, as JSON Lines or as one array, in the order in which they were
 * created; that of their updates is another one. */
export async function writeIssueFile(
  path: string,
  count: number,
  form: "lines" | "array",
): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  for (let from = 1; from <= count; from += 1_000) {
    const issues = Array.from(
      { length: Math.min(1_000, count - from + 1) },
      (_, index) => JSON.stringify(issueOf(from + index, count)),
    );
    const isLast = from + 1_000 > count;
    const text = form === "lines"
      ? `${issues.join("\n")}\n`
      : `${from === 1 ? "[" : ""}${issues.join(",")}${isLast ? "]\n" : ","}`;
    const bytes = encoder.encode(text);
    for (let written = 0; written < bytes.length;) {
      written += await file.write(bytes.subarray(written));
    }
  }
}

/** Numbers that differ from issue to issue, the same in each run. */
function* numbersFrom(seed: number): Generator<number> {
  for (let state = seed;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

function issueOf(number: number, count: number): unknown {
  const numbers = numbersFrom(number);
  const next = () => numbers.next().value ?? 0;
  let body = "";
  while (body.length < BODY) body += `${WORDS[next() % WORDS.length] ?? ""} ${next() % 1_000} `;
  const created = Date.UTC(2024, 0, 1) + Math.floor(number * TWO_YEARS_MS / count);
  const updated = created + next() % LONGEST_MS;
  return {
    ref: { system: "linear", workspace: "bench", id: `issue-${number}`, key: `BEN-${number}` },
    title: `Issue ${number}: ${WORDS[next() % WORDS.length] ?? ""} and ${next() % 100_000}`,
    body: body.trimEnd(),
    status: ["todo", "in_progress", "done"][number % 3],
    issue_type: "task",
    priority: number % 5,
    assignees: [`user-${number % 50}`],
    labels: ["bench", `area-${number % 12}`],
    parent_ref: null,
    links: [],
    custom_fields: { estimate: number % 8 },
    created_at: new Date(created).toISOString(),
    updated_at: new Date(updated).toISOString(),
    provider_metadata: { cycle: `2026-${number % 26}` },
  };
}
