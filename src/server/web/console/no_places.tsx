import type { JSX } from "hono/jsx/jsx-runtime";
import { Empty } from "./parts.tsx";

/** What is shown while a team has no place for issues. */
export function NoPlaces({ isAdmin }: { readonly isAdmin: boolean }): JSX.Element {
  return (
    <Empty title="There is no place for issues yet">
      {isAdmin
        ? (
          <>
            <p>
              Connect the tracker that your team uses, or keep the issues in this host: create a
              place, or import a file of issues.
            </p>
            <p class="empty-actions">
              <a class="button" href="/connections">Connect a tracker</a>
              <a class="plain-button" href="/projects/new">New place in this host</a>
              <a class="plain-button" href="/projects/import">Import a file</a>
            </p>
          </>
        )
        : (
          <p>
            Ask an admin of your team to connect your tracker, or to create a place in this host.
          </p>
        )}
    </Empty>
  );
}
