import { removeUser } from "../../../accounts/user_admin.ts";
import { Form, NO_PROBLEMS, type Problems } from "../form.tsx";
import { PageHead } from "../parts.tsx";
import { refusal } from "../refusal.ts";
import { type ConsoleAnswer, type ConsolePage, done, showForm, type Visit } from "../visit.ts";
import { type Person, requirePerson } from "./find_person.ts";
import { userPath } from "./people_paths.ts";

const PATH = "/people/users/:username/remove";

/** Asks whether a person is to be removed. */
export const REMOVE_PERSON_PAGE: ConsolePage = {
  method: "GET",
  path: PATH,
  section: "people",
  for: "admin",
  answer: async (visit) => removeForm(visit, await requirePerson(visit)),
};

/** Removes a person from the team. */
export const REMOVE_PERSON_FORM: ConsolePage = {
  method: "POST",
  path: PATH,
  section: "people",
  for: "admin",
  answer: remove,
};

async function remove(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, team } = visit;
  const person = await requirePerson(visit);
  const problems = await refusal(
    () => removeUser(context, actor, person.username, team.slug),
    { last_admin: "" },
  );
  return problems === null
    ? done("/people", `${person.name} was removed.`)
    : removeForm(visit, person, problems);
}

function removeForm(
  visit: Visit,
  { username, name, isSelf }: Person,
  problems: Problems = NO_PROBLEMS,
): ConsoleAnswer {
  return showForm(
    `Remove ${name}`,
    <>
      <PageHead
        title={
          <>
            Remove <bdi>{name}</bdi>?
          </>
        }
        lead={isSelf
          ? "This is you: you are signed out, and cannot come back unless another admin adds you."
          : "The person can no longer sign in to this team, on no device and with no machine token."}
      />
      <Form
        action={`${userPath(username)}/remove`}
        csrf={visit.session.csrf}
        submit="Remove the person"
        cancel={userPath(username)}
        problems={problems}
        isDanger
      >
        <p>
          Issues and comments that the person wrote stay, and the log keeps what the person did.
        </p>
      </Form>
    </>,
    problems,
  );
}
