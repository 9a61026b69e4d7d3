import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { isoTime } from "../../../platform/clock.ts";

/** Colour of a {@link Chip}. */
export type Tone = "plain" | "faint" | "green" | "red" | "amber" | "blue" | "violet";

/** A state as a word with a dot. */
export function Chip(
  { tone, children }: { readonly tone: Tone; readonly children?: Child },
): JSX.Element {
  return (
    <span class={`chip ${tone}`}>
      <span class="dot" aria-hidden="true"></span>
      {children}
    </span>
  );
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A time, in UTC; the script of the page says it in the browser's zone. `at` is milliseconds since 1970 or ISO 8601. */
export function Time({ at }: { readonly at: number | string }): JSX.Element {
  const iso = isoTime(typeof at === "number" ? at : Date.parse(at));
  return <time datetime={iso}>{utcWords(iso)}</time>;
}

/** Returns a time in ISO 8601 as `26 Nov 2026, 23:31 UTC`. */
export function utcWords(iso: string): string {
  const [, year = "", month = "", day = "", clock = ""] =
    /^(\d+)-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(iso) ?? [];
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? ""} ${year}, ${clock} UTC`;
}

/** The head of a page: its `h1`, a sentence, and what can be done there. */
export function PageHead(
  { title, lead, children }: {
    readonly title: Child;
    readonly lead?: Child;
    /** Links and buttons. */
    readonly children?: Child;
  },
): JSX.Element {
  return (
    <div class="lead">
      <div class="names">
        <h1>{title}</h1>
        {lead === undefined ? null : <p class="soft">{lead}</p>}
      </div>
      {children === undefined ? null : <div class="lead-actions">{children}</div>}
    </div>
  );
}

/** What stands in place of a list without entries: what it would show, and what to do now. */
export function Empty(
  { title, children }: { readonly title: string; readonly children?: Child },
): JSX.Element {
  return (
    <div class="empty card">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** A column of a {@link Table}. */
export interface Column {
  readonly title: string;
  /** `name` takes the room there is; `soft` is beside the point; `actions` holds buttons and has an unseen title. */
  readonly kind?: "name" | "code" | "soft" | "number" | "actions";
}

/** What a {@link Table} shows. */
export interface TableProps {
  /** Says what the table lists, for people who do not see it. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The cells of each row, in the order of the columns. */
  readonly rows: readonly (readonly Child[])[];
}

/** A table with a row for each entry; on a narrow screen each row is a card whose cells name their columns. */
export function Table({ caption, columns, rows }: TableProps): JSX.Element {
  return (
    <table class="card list" role="table" aria-label={caption}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, kind }) => (
            <th scope="col" role="columnheader" class={kind === "number" ? "number" : undefined}>
              {kind === "actions" ? <span class="unseen">{title}</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((cells) => (
          <tr role="row">
            {columns.map(({ title, kind }, index) => (
              <td
                role="cell"
                class={kind ?? ""}
                data-title={kind === "actions" ? undefined : title}
              >
                {cells[index]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Facts as pairs; those that are `null` are left out. */
export function Facts(
  { facts }: { readonly facts: readonly (readonly [name: string, value: Child] | null)[] },
): JSX.Element {
  return (
    <dl class="facts-list">
      {facts.map((fact) =>
        fact === null ? null : (
          <div>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        )
      )}
    </dl>
  );
}

/** Where a page of a list stands. */
export interface PagerProps {
  readonly path: string;
  /** The query of this page; its `after` is replaced. */
  readonly query: URLSearchParams;
  /** What `Page.next` says. */
  readonly next: string | null;
}

/** The way to the next part of a list, and back to the first one. */
export function Pager({ path, query, next }: PagerProps): JSX.Element | null {
  const isFirst = !query.has("after");
  if (isFirst && next === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {isFirst ? null : <a class="plain-button" href={withAfter(path, query, null)}>First page</a>}
      {next === null
        ? <p class="soft">This is the end.</p>
        : <a class="plain-button" href={withAfter(path, query, next)} rel="next">Next page</a>}
    </nav>
  );
}

/** A page of a list: its table, or what is said where the list is empty, and the ways to the other pages. */
export function PagedTable(
  { path, query, next, empty, ...table }: TableProps & PagerProps & {
    readonly empty: JSX.Element;
  },
): JSX.Element {
  return (
    <>
      {table.rows.length === 0 ? empty : <Table {...table} />}
      <Pager path={path} query={query} next={next} />
    </>
  );
}

function withAfter(path: string, query: URLSearchParams, after: string | null): string {
  const changed = new URLSearchParams(query);
  changed.delete("after");
  if (after !== null) changed.set("after", after);
  const text = changed.toString();
  return text === "" ? path : `${path}?${text}`;
}
