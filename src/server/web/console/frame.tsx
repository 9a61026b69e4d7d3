import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Membership } from "../../model/user.ts";
import { Hidden } from "./form.tsx";
import type { Notice, Section } from "./visit.ts";

/** The entries of the navigation, in their order. */
export const SECTIONS: Readonly<Record<Section, string>> = {
  connections: "Connections",
  projects: "Projects",
  issues: "Issues",
  activity: "Activity",
  people: "People",
  audit: "Audit",
};

const NAVIGATION: readonly Section[] = [
  "connections",
  "projects",
  "issues",
  "activity",
  "people",
  "audit",
];

/** Who looks at a page, as its frame shows it. */
export interface Viewer {
  readonly name: string;
  readonly team: Membership;
  readonly teams: readonly Membership[];
  readonly csrf: string;
}

/** What stands around the content of a page. */
export interface FrameProps {
  /** What the tab of the browser says. */
  readonly title: string;
  /** `null` on a page that is in no part of the console. */
  readonly section: Section | null;
  /** `null` before the sign-in. */
  readonly viewer: Viewer | null;
  readonly notice: Notice | null;
  /** Whether this is one of the small pages on which a person signs in. */
  readonly isNarrow?: boolean;
  /** The page of this host that follows at once, by itself; none unless given. */
  readonly next?: string;
  readonly children?: Child;
}

/** Returns the whole document of a page. */
export function Frame(props: FrameProps): JSX.Element {
  const { title, section, viewer, notice, isNarrow = false, next, children } = props;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {next === undefined ? null : <meta http-equiv="refresh" content={`0;url=${next}`} />}
        <title>{title} · tracker</title>
        <link rel="icon" href="/console.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/console.css" />
        <script src="/console.js" defer></script>
      </head>
      <body class={isNarrow ? "narrow" : "wide"}>
        {viewer === null ? null : <a class="skip" href="#main">Skip to the content</a>}
        <header class="bar">
          <a class="brand" href="/">
            <img src="/console.svg" alt="" width="22" height="22" /> tracker
          </a>
          {viewer === null ? null : <Account viewer={viewer} />}
        </header>
        {viewer === null ? null : <Navigation section={section} />}
        <main id="main" tabindex={-1}>
          {notice === null
            ? null
            : <p class={`notice ${notice.tone}`} role="status">{notice.text}</p>}
          {children}
        </main>
        <footer class="foot">
          <p>tracker control plane</p>
        </footer>
      </body>
    </html>
  );
}

function Navigation({ section }: { readonly section: Section | null }): JSX.Element {
  return (
    <nav class="sections" aria-label="Console">
      <ul>
        {NAVIGATION.map((one) => (
          <li>
            <a href={`/${one}`} aria-current={one === section ? "page" : undefined}>
              {SECTIONS[one]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Account({ viewer }: { readonly viewer: Viewer }): JSX.Element {
  const { name, team, teams, csrf } = viewer;
  return (
    <div class="account">
      {teams.length < 2
        ? <span class="team">{team.name}</span>
        : (
          <form method="post" action="/team" class="team-choice">
            <Hidden csrf={csrf} />
            <label class="unseen" for="team-choice">Team</label>
            <select id="team-choice" name="team">
              {teams.map((one) => (
                <option value={one.slug} selected={one.id === team.id}>{one.name}</option>
              ))}
            </select>
            <button type="submit" class="plain-button">Switch</button>
          </form>
        )}
      <span class="who">{name}</span>
      <form method="post" action="/sign-out">
        <Hidden csrf={csrf} />
        <button type="submit" class="plain-button">Sign out</button>
      </form>
    </div>
  );
}
