import type { ExternalRef, NormalizedIssue } from "../../../contract/issue.ts";
import { commandWord } from "../../../platform/command_word.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import { webLink } from "../../../pages/web_link.ts";
import type { IssuePlace } from "./place.ts";

/** An issue, and what it comes from. */
export interface PlacedIssue extends IssuePlace {
  readonly issue: Pick<NormalizedIssue, "ref">;
  /** Whether it was created here and is not at the tracker yet. */
  readonly isNew: boolean;
}

/**
 * Returns the address of an issue's page.
 *
 * @throws {TrackerError} `no_web_address`.
 */
export function issueAddress({ issue: { ref }, isNew, tracker, isLocal }: PlacedIssue): string {
  const link = webLink(ref.url);
  if (link !== null) return link.url;
  const key = ref.key ?? ref.id;
  if (isNew) {
    throw noWebAddress(
      `"${key}" was created here and is not at the tracker yet, so it has no page on the web`,
      "Send it with `tracker sync push`.",
      { id: ref.id },
    );
  }
  const shown = `\`tracker issue show ${commandWord(key)}\` shows it here.`;
  if (ref.url == null || ref.url === "") {
    throw noWebAddress(`${whose(tracker, isLocal)} page on the web for "${key}"`, shown, {
      id: ref.id,
    });
  }
  throw noWebAddress(
    `The address of "${key}" leads to no page on the web: ${ref.url}`,
    shown,
    { id: ref.id, url: ref.url },
  );
}

/**
 * Returns the address of the page that lists the issues of a place, as the address of one of them tells it.
 *
 * @throws {TrackerError} `no_web_address`.
 */
export function listAddress(
  refs: readonly Pick<ExternalRef, "system" | "url">[],
  { tracker, isLocal }: IssuePlace,
): string {
  for (const { system, url } of refs) {
    const link = webLink(url);
    const found = link === null ? null : listOf(system, new URL(link.url));
    if (found !== null) return found;
  }
  if (isLocal) {
    throw noWebAddress(
      `${whose(tracker, isLocal)} page on the web for its issues`,
      "`tracker dashboard --open` shows them in the browser.",
    );
  }
  const named = refs.flatMap(({ url }) => url == null || url === "" ? [] : [url]);
  const leads = named.some((url) => webLink(url) !== null);
  const [first] = named;
  // Fetching more brings no better address where none of them leads anywhere.
  if (first !== undefined && !leads) {
    throw noWebAddress(
      `The addresses that ${tracker} gives its issues lead to no page on the web: ${first}`,
      "`tracker dashboard --open` shows the issues in the browser.",
      { url: first },
    );
  }
  throw noWebAddress(
    `The page of the list at ${tracker} is not known: no cached issue has an address that tells it`,
    "Fetch issues with `tracker sync pull`, or see them with `tracker dashboard --open`.",
  );
}

/** The list that an issue is on, by how each tracker builds the addresses of its pages. */
function listOf(system: string, { origin, pathname }: URL): string | null {
  switch (system) {
    case "github":
      return whole(origin, /^(\/[^/]+\/[^/]+\/issues)\/\d+$/.exec(pathname)?.[1]);
    case "gitlab": {
      const project = /^(\/.+\/-)\/(?:issues|work_items)\/\d+$/.exec(pathname)?.[1];
      return project === undefined ? null : `${origin}${project}/issues`;
    }
    case "jira": {
      const [, base, project] = /^(.*)\/browse\/([A-Za-z][A-Za-z0-9_]*)-\d+$/.exec(pathname) ?? [];
      return project === undefined
        ? null
        : `${origin}${base}/issues/?jql=project%20%3D%20${project}`;
    }
    case "linear": {
      const [, workspace, team] = /^\/([^/]+)\/issue\/([A-Za-z0-9]+)-\d+(?:\/|$)/.exec(pathname) ??
        [];
      return team === undefined ? null : `${origin}/${workspace}/team/${team}/all`;
    }
    default:
      return null;
  }
}

function whole(origin: string, path: string | undefined): string | null {
  return path === undefined ? null : `${origin}${path}`;
}

function whose(tracker: string, isLocal: boolean): string {
  return isLocal ? `${tracker} keeps its issues on this machine and has no` : `${tracker} names no`;
}

function noWebAddress(
  message: string,
  nextAction: string,
  details: Readonly<Record<string, string>> = {},
): TrackerError {
  return new TrackerError({ code: "no_web_address", message, nextAction, details });
}
