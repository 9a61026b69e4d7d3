import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { PROVIDER_TITLES } from "../../../../contract/providers.ts";
import { COUNTED, type ListedPlace } from "../../../store/place_list.ts";
import { Chip, Table, Time } from "../parts.tsx";
import { placePath } from "../projects/place_words.tsx";
import { numberWords } from "../words.ts";

/** Resources with what is in them and who uses them. */
export function Places(
  { caption, places }: { readonly caption: string; readonly places: readonly ListedPlace[] },
): JSX.Element {
  return (
    <Table
      caption={caption}
      columns={[
        { title: "Name", kind: "name" },
        { title: "Provider" },
        { title: "Issues" },
        { title: "Project" },
        { title: "Last change", kind: "soft" },
      ]}
      rows={places.map(placeRow)}
    />
  );
}

function placeRow({ resource, issues, changedAt, project }: ListedPlace): Child[] {
  return [
    <a class="title" href={placePath(resource.id)}>
      <bdi>{resource.label}</bdi>
    </a>,
    PROVIDER_TITLES[resource.provider],
    issues >= COUNTED ? `${numberWords(COUNTED)} or more` : numberWords(issues),
    project === null ? <span class="soft">None</span> : (
      <>
        <bdi>{project.slug}</bdi>
        {project.state === "active" ? null : (
          <>
            <Chip tone="amber">Disabled</Chip>
          </>
        )}
      </>
    ),
    changedAt === null ? "None" : <Time at={changedAt} />,
  ];
}
