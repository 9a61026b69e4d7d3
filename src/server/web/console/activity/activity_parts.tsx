import type { JSX } from "hono/jsx/jsx-runtime";
import { PageHead } from "../parts.tsx";
import { Tabs } from "../tabs.tsx";

/** One of the lists of the activity. */
export type ActivityView = "operations" | "events";

const VIEWS: readonly (readonly [view: ActivityView, path: string, title: string])[] = [
  ["operations", "/activity", "Operations"],
  ["events", "/activity/events", "Events"],
];

/** The head of a list of the activity, with the way to the others. */
export function ActivityHead(
  { view, lead }: {
    readonly view: ActivityView;
    readonly lead: string;
  },
): JSX.Element {
  return (
    <>
      <PageHead title="Activity" lead={lead} />
      <Tabs
        label="Kinds of activity"
        tabs={VIEWS.map(([name, href, title]) => ({ title, href, isHere: name === view }))}
      />
    </>
  );
}
