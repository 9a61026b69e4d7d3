import type { Child } from "hono/jsx";
import { isJsonObject, type JsonObject } from "../../../../contract/field.ts";
import { type ListedEvent, listEvents } from "../../../store/event_list.ts";
import { Empty, PagedTable, Time } from "../parts.tsx";
import { placeIn } from "../tabs.tsx";
import { type ConsoleAnswer, type ConsolePage, show, type Visit } from "../visit.ts";
import { ActivityHead } from "./activity_parts.tsx";

/** Events on a page. */
const AT_ONCE = 50;

/** What projects have reported. */
export const EVENTS_PAGE: ConsolePage = {
  method: "GET",
  path: "/activity/events",
  section: "activity",
  for: "member",
  answer: events,
};

async function events(visit: Visit): Promise<ConsoleAnswer> {
  const { context, team, query } = visit;
  const page = await listEvents(context.store, team.id, { after: placeIn(query), limit: AT_ONCE });
  return show(
    "Events",
    <>
      <ActivityHead
        visit={visit}
        view="events"
        lead="What projects reported about their missions and work packages, as it came in."
      />
      <PagedTable
        path="/activity/events"
        query={query}
        next={page.next}
        empty={
          <Empty title="No events">
            <p>
              Projects send events while the background daemon runs, and with{" "}
              <code>tracker events flush</code>.
            </p>
          </Empty>
        }
        caption="Events"
        columns={[
          { title: "Event", kind: "name" },
          { title: "Project" },
          { title: "Sent by", kind: "soft" },
          { title: "Received", kind: "soft" },
        ]}
        rows={page.entries.map(rowOf)}
      />
    </>,
  );
}

function rowOf({ eventId, json, user, receivedAt }: ListedEvent): Child[] {
  const event = json === null ? {} : objectIn(json);
  const about = textIn(event, "aggregate_id");
  return [
    <>
      <p class="title">
        <bdi>{textIn(event, "event_type") ?? "Event"}</bdi>
        {about === null ? null : <bdi class="soft">{about}</bdi>}
      </p>
      <details>
        <summary>Content</summary>
        {json === null
          ? <p class="soft">It is too large to be shown here.</p>
          : <pre tabindex={0}>{JSON.stringify(event, null, 2)}</pre>}
        <p class="soft">
          Identifier <code>{eventId}</code>
        </p>
      </details>
    </>,
    <bdi>{textIn(event, "project_slug") ?? "–"}</bdi>,
    <bdi>{user}</bdi>,
    <Time at={receivedAt} />,
  ];
}

function objectIn(json: string): JsonObject {
  const value: unknown = JSON.parse(json);
  return isJsonObject(value) ? value : {};
}

function textIn(event: JsonObject, member: string): string | null {
  const value = event[member];
  return typeof value === "string" && value !== "" ? value : null;
}
