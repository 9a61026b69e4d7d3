import type { Child } from "hono/jsx";
import { listMachineTokens } from "../../../accounts/machine_tokens.ts";
import { PageHead, Table, Time } from "../parts.tsx";
import { type ConsoleAnswer, type ConsolePage, show, type Visit } from "../visit.ts";
import { peopleOf, type Person } from "./find_person.ts";
import { userPath } from "./people_paths.ts";
import { personPage } from "./person.tsx";
import { RoleChip } from "./role_chip.tsx";
import { Tokens } from "./tokens.tsx";

/** Who is in the team, and which machines work in their names. A member sees themself. */
export const PEOPLE_PAGE: ConsolePage = {
  method: "GET",
  path: "/people",
  section: "people",
  for: "member",
  answer: people,
};

async function people(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, team, isAdmin } = visit;
  const found = await peopleOf(visit);
  const self = found.find(({ isSelf }) => isSelf);
  if (!isAdmin && self !== undefined) return await personPage(visit, self);
  const tokens = await listMachineTokens(context, actor, team.id);
  return show(
    "People",
    <>
      <PageHead
        title="People"
        lead={
          <>
            Who can sign in and work in the team <bdi>{team.name}</bdi>.
          </>
        }
      >
        <a class="button" href="/people/new">Add a person</a>
      </PageHead>
      <Table
        caption="People"
        columns={[
          { title: "Name", kind: "name" },
          { title: "Role" },
          { title: "Sessions", kind: "number" },
          { title: "Last used", kind: "soft" },
          { title: "Added", kind: "soft" },
        ]}
        rows={found.map(rowOf)}
      />
      <Tokens visit={visit} tokens={tokens} />
    </>,
  );
}

function rowOf({ username, name, role, sessions, lastUsedAt, createdAt, isSelf }: Person): Child[] {
  return [
    <>
      <a class="title" href={userPath(username)}>
        <bdi>{name}</bdi>
      </a>
      {isSelf ? <span class="tag">you</span> : null}
      {name === username ? null : (
        <p class="soft">
          <bdi>{username}</bdi>
        </p>
      )}
    </>,
    <RoleChip role={role} />,
    sessions,
    lastUsedAt === null ? "–" : <Time at={lastUsedAt} />,
    <Time at={createdAt} />,
  ];
}
