import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ConnectionStatus } from "../../../../contract/connection.ts";
import { HOSTED_PROVIDERS } from "../../../../contract/providers.ts";
import { webLink } from "../../../../pages/web_link.ts";
import type { ProjectMapping } from "../../../model/binding.ts";
import { mappingOfResource } from "../../../store/bindings.ts";
import { statusOfResource } from "../../../store/connection_status.ts";
import { countByStatus } from "../../../store/issue_counts.ts";
import type { Place } from "../../../store/team_places.ts";
import { BindCommands } from "../bind_commands.tsx";
import { Outside } from "../markdown.tsx";
import { Chip, Facts, PageHead, Time } from "../parts.tsx";
import { type ConsoleAnswer, show, type Visit } from "../visit.ts";
import { PROVIDER_NAMES } from "./new_place_page.tsx";
import { missionsPath, placePath, requirePlace } from "./place_words.tsx";

/** Shows one place with its binding, and what an admin can do with it. */
export async function placePage(visit: Visit): Promise<ConsoleAnswer> {
  const { context: { store }, isAdmin } = visit;
  const place = await requirePlace(visit);
  const { resource, connectionId } = place;
  const mapping = await mappingOfResource(store, resource.id);
  const connection = await statusOfResource(store, resource.id);
  const counts = await countByStatus(store, resource.id);
  const link = webLink(resource.url);
  return show(
    resource.label,
    <>
      <PageHead title={resource.label}>
        <a class="plain-button" href={`/issues?${new URLSearchParams({ place: resource.id })}`}>
          Show the issues
        </a>
        {mapping === null
          ? null
          : <a class="plain-button" href={missionsPath(resource.id)}>Show the missions</a>}
      </PageHead>
      {connection === null ? null : <ConnectionNotice connection={connection} />}
      <div class="card part">
        <Facts
          facts={[
            ["Issues live in", connectionId === null ? "this host" : resource.provider],
            ["Kind", kindWords(resource.resourceType)],
            ["Key", <code>{resource.key}</code>],
            ["Issues", counts["total"] ?? 0],
            connection === null || connectionId === null
              ? null
              : ["Last change seen there", timeOr("None yet", connection.last_change_at)],
            connection === null || connectionId === null
              ? null
              : ["Read last", timeOr("Not yet", connection.last_read_at)],
            connectionId === null || link === null ? null : [
              "Page of the tracker",
              <Outside url={link.url} host={link.host}>Open it there</Outside>,
            ],
          ]}
        />
      </div>
      <h2>Project</h2>
      {mapping === null
        ? <HowToBind visit={visit} place={place} />
        : <Binding place={place} mapping={mapping} isAdmin={isAdmin} />}
    </>,
  );
}

/** What keeps the host from reading a place, or from writing there; nothing when nothing does. */
function ConnectionNotice(
  { connection: { state, message } }: { readonly connection: ConnectionStatus },
): JSX.Element | null {
  const words = NOTICES[state ?? "ok"];
  if (words === undefined) return null;
  const said = state === "removed" ? null : message;
  return (
    <div class={state === "limited" || state === "paused" ? "notice warn" : "notice bad"}>
      <div>
        <p>{words}</p>
        {said == null ? null : (
          <p>
            <bdi>{said}</bdi>
          </p>
        )}
      </div>
    </div>
  );
}

const NOTICES: Readonly<Record<string, string>> = {
  paused: "The connection is paused: nothing is read and nothing is written until it is resumed.",
  limited: "The tracker allows no more calls for now. Work continues by itself.",
  refused:
    "The tracker refuses the credential of the host. Until an admin enters another one, what is here does not change, and what is pushed waits.",
  removed:
    "The connection that brought this place was removed. What is pushed stays in the host until an admin connects the place again; then it is sent.",
  unreachable: "The tracker cannot be reached. It is tried again by itself.",
  unreadable: "The tracker does not let the host read this place. It is tried again by itself.",
};

function timeOr(words: string, iso: string | null | undefined): Child {
  return iso == null ? words : <Time at={Date.parse(iso)} />;
}

/** Returns a kind such as `linear_team` for people. */
function kindWords(resourceType: string): string {
  const [first = "", ...rest] = resourceType.split("_");
  const provider = HOSTED_PROVIDERS.find((known) => known === first);
  return [provider === undefined ? first : PROVIDER_NAMES[provider], ...rest].join(" ");
}

function Binding(
  { place, mapping, isAdmin }: {
    readonly place: Place;
    readonly mapping: ProjectMapping;
    readonly isAdmin: boolean;
  },
): JSX.Element {
  const path = placePath(place.resource.id);
  const isActive = mapping.state === "active";
  return (
    <div class="card part">
      <Facts
        facts={[
          ["Project", mapping.projectSlug],
          mapping.repoSlug === null ? null : ["Repository", mapping.repoSlug],
          [
            "State",
            isActive ? <Chip tone="green">Enabled</Chip> : <Chip tone="amber">Disabled</Chip>,
          ],
          ["Bound", <Time at={mapping.boundAt} />],
          ["Last sync", mapping.lastSyncAt === null ? "not yet" : <Time at={mapping.lastSyncAt} />],
          ["Reference", <code>{mapping.bindingRef}</code>],
        ]}
      />
      {isAdmin
        ? (
          <div class="form-actions deeds">
            {isActive
              ? <a class="plain-button" href={`${path}/disable`}>Disable</a>
              : <a class="plain-button" href={`${path}/enable`}>Enable</a>}
            <a class="plain-button" href={`${path}/move`}>Move to another place</a>
            <a class="plain-button" href={`${path}/delete`}>Delete the binding</a>
          </div>
        )
        : <p class="soft deeds">An admin of the team can change this binding.</p>}
    </div>
  );
}

function HowToBind(
  { visit, place }: { readonly visit: Visit; readonly place: Place },
): JSX.Element {
  return (
    <div class="card part steps">
      <p>
        No project is bound to this place yet. In a clone of the project, on a developer's machine:
      </p>
      <BindCommands visit={visit} provider={place.resource.provider} />
    </div>
  );
}
