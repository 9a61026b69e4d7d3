import type { Database } from "../platform/database.ts";
import { optionalText, type Row, Statements, textOf } from "./rows.ts";

/** What people know an issue by. */
export interface NamedIssue {
  /** Its id. */
  readonly id: string;
  /** Its key; `null` where it has none beside the id. */
  readonly key: string | null;
  readonly title: string;
  readonly status: string;
}

/** Returns what people call an issue: its key, else its id. */
export function nameOf({ id, key }: Pick<NamedIssue, "id" | "key">): string {
  return key ?? id;
}

/** The names of the cached issues, for a person who types less than a whole one. */
export class IssueNames {
  readonly #sql: Statements;

  /** Works on an open, migrated database. */
  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /**
   * Returns the issues that a person may mean: those with this id, key (in any case) or former local id; else those with
   * this number (`12` or `#12` for `WEB-12`); else those whose key, or what comes after its prefix, starts so. A start
   * holds a number whole: `WEB-1` is not the start of `WEB-12`.
   */
  meantBy(text: string): readonly NamedIssue[] {
    const given = text.trim();
    if (given === "") return [];
    const number = /^#?0*(\d+)$/.exec(given)?.[1];
    if (number !== undefined) {
      // The number of one issue can be the id of another: which one is meant is not for a program to say.
      const found = distinct([...this.#exact(given), ...this.#numbered(number)]);
      if (found.length > 0) return found;
    } else {
      const found = this.#exact(given);
      if (found.length > 0) return found;
    }
    return withoutChildren(this.#starting(given));
  }

  /** Returns the issues whose key or number stands somewhere in these words, such as `web-12-login` for `WEB-12`. */
  within(words: string): readonly NamedIssue[] {
    return this.#sql.of(WITHIN).all(`-${words.toLowerCase()}-`).map(namedIssue);
  }

  /** Returns the issue with this id; `null` when it is not here. */
  withId(id: string): NamedIssue | null {
    const row = this.#sql.of(`${SELECT} WHERE id = ?`).get(id);
    return row === undefined ? null : namedIssue(row);
  }

  /** Returns where the issue with this id is at its tracker, with `null` for no address; `null` when it is not here. */
  addressOf(id: string): { readonly url: string | null } | null {
    const row = this.#sql.of(ADDRESS).get(id);
    return row === undefined ? null : { url: optionalText(row, "url") };
  }

  /** Returns the issues that are neither done nor canceled, last changed first. */
  open(): readonly NamedIssue[] {
    return this.#sql.of(OPEN).all().map(namedIssue);
  }

  #exact(name: string): readonly NamedIssue[] {
    for (const where of EXACTLY) {
      const rows = this.#sql.of(`${SELECT} WHERE ${where}`).all(name);
      if (rows.length > 0) return rows.map(namedIssue);
    }
    return [];
  }

  #numbered(number: string): readonly NamedIssue[] {
    const end = new RegExp(`(?:^|[-#/_!:])${number}$`);
    return this.#sql.of(`${SELECT} WHERE ${NAME} LIKE ?`).all(`%${number}`).map(namedIssue)
      .filter((issue) => end.test(nameOf(issue)));
  }

  #starting(start: string): readonly NamedIssue[] {
    const wanted = start.toLowerCase();
    const pattern = start.replace(/[\\%_]/g, "\\$&");
    return this.#sql.of(`${SELECT} WHERE ${NAME} LIKE ? ESCAPE '\\' OR ${NAME} LIKE ? ESCAPE '\\'`)
      .all(`${pattern}%`, `%-${pattern}%`).map(namedIssue)
      .filter((issue) => isStart(wanted, nameOf(issue).toLowerCase()));
  }
}

const SELECT = "SELECT id, key, title, status FROM tracker_issues";
const ADDRESS = "SELECT json_extract(json, '$.ref.url') AS url FROM tracker_issues WHERE id = ?";
const NAME = "ifnull(key, id)";
const EXACTLY = [
  "id = ?",
  "key = ? COLLATE NOCASE",
  "id = ? COLLATE NOCASE",
  "id = (SELECT issue_id FROM tracker_aliases WHERE local_id = ?)",
] as const;
const OPEN = `${SELECT} WHERE status NOT IN ('done', 'canceled') ORDER BY updated_at DESC, id`;

/** A name as it stands in a branch: what is neither letter nor digit is a dash. */
const SLUG = ["#", "/", ".", "_", ":", "!", " "].reduce(
  (sql, mark) => `replace(${sql}, '${mark}', '-')`,
  `lower(${NAME})`,
);
const WITHIN = `${SELECT} WHERE instr(?1, '-' || trim(${SLUG}, '-') || '-') > 0
  OR instr(${NAME}, '#') > 0 AND instr(?1, '-' || substr(${NAME}, instr(${NAME}, '#') + 1) || '-') > 0`;

function namedIssue(row: Row): NamedIssue {
  return {
    id: textOf(row, "id"),
    key: optionalText(row, "key"),
    title: textOf(row, "title"),
    status: textOf(row, "status"),
  };
}

function distinct(issues: readonly NamedIssue[]): readonly NamedIssue[] {
  return [...new Map(issues.map((issue) => [issue.id, issue])).values()];
}

/** Whether a name, or what comes after its prefix, starts so without cutting a number. */
function isStart(start: string, name: string): boolean {
  const tail = /[^-#/_!:.]*$/.exec(name)?.[0] ?? "";
  const uncut = /^\d+$/.test(tail) ? name.length - tail.length : name.length;
  if (name.startsWith(start)) return start.length <= uncut;
  const prefix = /^.*[-#/_!:](?=[^-#/_!:]+$)/.exec(name)?.[0] ?? "";
  return prefix !== "" && name.startsWith(start, prefix.length) &&
    prefix.length + start.length <= uncut;
}

/** A child is named after its parent, and a start of both is one of the parent. */
function withoutChildren(issues: readonly NamedIssue[]): readonly NamedIssue[] {
  const names = issues.map((issue) => nameOf(issue).toLowerCase());
  return issues.filter((issue) => {
    const name = nameOf(issue).toLowerCase();
    return !names.some((other) => name.startsWith(`${other}.`));
  });
}
