import type { JSX } from "hono/jsx/jsx-runtime";
import { PageHead } from "../parts.tsx";
import { HttpError } from "../../../http/http_error.ts";
import { type FormProps, Hidden } from "../form.tsx";
import { address, Filters, Tabs } from "../tabs.tsx";
import type { Visit } from "../visit.ts";

/** One of the lists of the activity. */
export type ActivityView = "operations" | "deliveries" | "events" | "work";

const VIEWS: readonly (readonly [view: ActivityView, path: string, title: string])[] = [
  ["operations", "/activity", "Operations"],
  ["deliveries", "/activity/deliveries", "Deliveries"],
  ["events", "/activity/events", "Events"],
  ["work", "/activity/work", "Background work"],
];

/** The head of a list of the activity, with the way to the others. */
export function ActivityHead(
  { visit, view, lead }: {
    readonly visit: Visit;
    readonly view: ActivityView;
    readonly lead: string;
  },
): JSX.Element {
  return (
    <>
      <PageHead title="Activity" lead={lead} />
      <Tabs
        label="Kinds of activity"
        tabs={VIEWS.filter(([name]) => visit.isAdmin || name !== "work").map((
          [name, href, title],
        ) => ({ title, href, isHere: name === view }))}
      />
    </>
  );
}

/** Links to the parts of a list by state; the first is the one that the path alone leads to. */
export function stateFilters(
  path: string,
  states: readonly (readonly [state: string, title: string])[],
  here: string,
): JSX.Element {
  return (
    <Filters
      label="State"
      tabs={states.map(([state, title], index) => ({
        title,
        href: address(path, { state: index === 0 ? "" : state }),
        isHere: state === here,
      }))}
    />
  );
}

/** A button that has what failed tried again; `what` is heard with its words. */
export function RetryForm(
  { action, csrf, what }: Pick<FormProps, "action" | "csrf"> & { readonly what: string },
): JSX.Element {
  return (
    <form method="post" action={action}>
      <Hidden csrf={csrf} />
      <button type="submit" class="plain-button">
        Try again<span class="unseen">: {what}</span>
      </button>
    </form>
  );
}

/** Returns the failure of what cannot be tried again: it is not there, or is another team's. */
export function nothingToRetry(): HttpError {
  return new HttpError({
    code: "validation_error",
    status: 404,
    message: "Nothing of this team that failed has this number",
  });
}
