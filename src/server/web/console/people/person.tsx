import type { JSX } from "hono/jsx/jsx-runtime";
import { listMachineTokens } from "../../../accounts/machine_tokens.ts";
import { type ListedSession, listSessions } from "../../../accounts/session_admin.ts";
import { Form, Hidden, SelectField } from "../form.tsx";
import { Empty, Facts, PageHead, Table, Time } from "../parts.tsx";
import { type ConsoleAnswer, type ConsolePage, show, type Visit } from "../visit.ts";
import { type Person, requirePerson } from "./find_person.ts";
import { userPath } from "./people_paths.ts";
import { RoleChip } from "./role_chip.tsx";
import { Tokens } from "./tokens.tsx";

/** One person: the role, where the person is signed in, and the tokens of their machines. */
export const PERSON_PAGE: ConsolePage = {
  method: "GET",
  path: "/people/users/:username",
  section: "people",
  for: "member",
  answer: async (visit) => await personPage(visit, await requirePerson(visit)),
};

/** Shows a person. */
export async function personPage(visit: Visit, person: Person): Promise<ConsoleAnswer> {
  const { context, actor, team, isAdmin } = visit;
  const { username, name, role, isSelf } = person;
  const sessions = await listSessions(context, actor, { teamId: team.id, username });
  const tokens = await listMachineTokens(context, actor, team.id);
  return show(
    name,
    <>
      <PageHead title={<bdi>{name}</bdi>} lead={isSelf ? "This is you." : undefined}>
        <a class="plain-button" href={`${userPath(username)}/password`}>
          {isSelf ? "Change the password" : "Set a password"}
        </a>
        {isAdmin ? <a class="plain-button" href={`${userPath(username)}/remove`}>Remove</a> : null}
      </PageHead>
      <div class="card part">
        <Facts
          facts={[
            ["User name", <code>{username}</code>],
            ["Role", <RoleChip role={role} />],
            ["Team", <bdi>{team.name}</bdi>],
            ["Added", <Time at={person.createdAt} />],
          ]}
        />
      </div>
      {isAdmin ? <RoleForm visit={visit} person={person} /> : null}
      <Sessions visit={visit} person={person} sessions={sessions} />
      <Tokens
        visit={visit}
        tokens={tokens.filter((token) => token.username === username)}
        username={username}
      />
    </>,
  );
}

function RoleForm(
  { visit, person }: { readonly visit: Visit; readonly person: Person },
): JSX.Element {
  return (
    <section aria-labelledby="role-of">
      <h2 id="role-of">Role</h2>
      <Form
        action={`${userPath(person.username)}/role`}
        csrf={visit.session.csrf}
        submit="Change the role"
      >
        <SelectField
          name="role"
          label="What this person may do"
          required
          value={person.role}
          choices={[
            { value: "member", label: "Member: works with issues and projects" },
            { value: "admin", label: "Admin: looks after people, connections and projects, too" },
          ]}
        />
      </Form>
    </section>
  );
}

const OPENED_BY: Readonly<Record<ListedSession["openedBy"], string>> = {
  password: "Command line, with a password",
  device: "Command line, with a code",
  browser: "Command line, through a browser",
  console: "These pages",
  unknown: "An older version of the host",
};

function Sessions(
  { visit, person, sessions }: {
    readonly visit: Visit;
    readonly person: Person;
    readonly sessions: readonly ListedSession[];
  },
): JSX.Element {
  const { csrf, sessionId } = visit.session;
  const action = `${userPath(person.username)}/sessions`;
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      {sessions.length === 0 ? <Empty title="Signed in nowhere" /> : (
        <>
          <Table
            caption="Sessions"
            columns={[
              { title: "Signed in at", kind: "name" },
              { title: "Begun", kind: "soft" },
              { title: "Last used", kind: "soft" },
              { title: "End the session", kind: "actions" },
            ]}
            rows={sessions.map(({ id, openedBy, createdAt, lastUsedAt }) => [
              <>
                {OPENED_BY[openedBy]}
                {id === sessionId ? <span class="tag">this one</span> : null}
              </>,
              <Time at={createdAt} />,
              lastUsedAt === null ? "–" : <Time at={lastUsedAt} />,
              <form method="post" action={action}>
                <Hidden csrf={csrf} fields={{ session: id }} />
                <button type="submit" class="plain-button">
                  End<span class="unseen">the session begun at {createdAt}</span>
                </button>
              </form>,
            ])}
          />
          <form method="post" action={action} class="form-actions">
            <Hidden csrf={csrf} />
            <button type="submit" class="plain-button">End all sessions</button>
          </form>
        </>
      )}
    </section>
  );
}
