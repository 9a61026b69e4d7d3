/** A tracker that is measured: what serves its pages, and what reads them without a host. */
export interface MeasuredTracker {
  readonly provider: "github" | "linear" | "gitlab" | "jira";
  /** What is entered to connect its one place, which is served at `url`. */
  values(url: string): Readonly<Record<string, string>>;
  /** Returns what answers for a place with so many issues. */
  pages(count: number): (request: Request, url: URL) => Response | Promise<Response>;
  /** Reads all pages at `url`, one after the other, with no more calls than the tracker needs for what a host stores. */
  read(url: string): AsyncIterable<readonly Row[]>;
}

/** An issue as a loop inserts it. */
export interface Row {
  readonly id: string | number;
  readonly title: string;
  readonly state: string;
  readonly updated: string;
  readonly json: string;
}

/** Returns an answer of JSON. */
export function json(
  body: string,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Response {
  return new Response(body, {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** One of the paragraphs of an issue: what stands before the name in it, the name, and so on. */
export const WORDS = {
  before: "When a list has more than one page, the second one is read before the first is " +
    "stored. That is seen in ",
  name: "list_issues",
  between: ", and ",
  strong: "not",
  after: " in the rest.",
  tasks: ["a test", "a fix"],
} as const;

/** How often an issue says that. */
export const TIMES = 4;

/** The same in Markdown, as it stands in a string of JSON. */
export const BODY: string = (`${WORDS.before}\`${WORDS.name}\`${WORDS.between}**${WORDS.strong}**` +
  `${WORDS.after}\\r\\n\\r\\n${WORDS.tasks.map((task) => `- [ ] ${task}\\r\\n`).join("")}`)
  .repeat(TIMES);
