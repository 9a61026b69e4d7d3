import type { JSX } from "hono/jsx/jsx-runtime";

/** A link of {@link Tabs} or {@link Filters}. */
export interface Tab {
  readonly title: string;
  readonly href: string;
  readonly isHere: boolean;
}

/** Links between lists that belong together. */
export function Tabs(
  props: { readonly label: string; readonly tabs: readonly Tab[] },
): JSX.Element {
  return <Links {...props} className="tabs" />;
}

/** Links between parts of one list. */
export function Filters(
  props: { readonly label: string; readonly tabs: readonly Tab[] },
): JSX.Element {
  return <Links {...props} className="filter-links" />;
}

function Links(
  { label, tabs, className }: {
    readonly label: string;
    readonly tabs: readonly Tab[];
    readonly className: string;
  },
): JSX.Element {
  return (
    <nav class={className} aria-label={label}>
      <ul>
        {tabs.map(({ title, href, isHere }) => (
          <li>
            <a href={href} aria-current={isHere ? "page" : undefined}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Returns an address with those parts of the query that are not empty. */
export function address(path: string, query: Readonly<Record<string, string>>): string {
  const kept = Object.entries(query).filter(([, value]) => value !== "");
  return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept)}`;
}

/** Returns the place in a list that an address names; what cannot be one counts as the beginning. */
export function placeIn(query: URLSearchParams): string | null {
  const after = query.get("after") ?? "";
  return /^[\w-]{1,100}$/.test(after) ? after : null;
}
