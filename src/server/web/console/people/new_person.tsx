import { addUser } from "../../../accounts/users.ts";
import { ROLES } from "../../../model/user.ts";
import { Form, NO_PROBLEMS, type Problems, SelectField, TextField } from "../form.tsx";
import { PageHead } from "../parts.tsx";
import { refusal } from "../refusal.ts";
import { type ConsoleAnswer, type ConsolePage, showForm, type Visit } from "../visit.ts";
import { chosenPassword, passwordDone, PasswordFields } from "./password_fields.tsx";

/** Asks who is to be added. */
export const NEW_PERSON_PAGE: ConsolePage = {
  method: "GET",
  path: "/people/new",
  section: "people",
  for: "admin",
  answer: (visit) =>
    Promise.resolve(personForm(visit, { username: "", name: "", role: "member", way: "" })),
};

/** Adds a person to the team. */
export const ADD_PERSON_FORM: ConsolePage = {
  method: "POST",
  path: "/people/new",
  section: "people",
  for: "admin",
  answer: addPerson,
};

interface Typed {
  readonly username: string;
  readonly name: string;
  readonly role: string;
  /** How the password is chosen. */
  readonly way: string;
}

async function addPerson(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, team, form } = visit;
  const username = form.text("username");
  const name = form.text("name");
  const role = ROLES.find((known) => known === form.text("role")) ?? "member";
  const typed = { username, name, role, way: form.text("way") };
  if (username === "") return personForm(visit, typed, { username: "Enter a user name." });
  const password = chosenPassword(visit);
  if (password.problems !== null) return personForm(visit, typed, password.problems);
  const problems = await refusal(
    () =>
      addUser(context, actor, {
        username,
        password: password.value,
        team: team.slug,
        role,
        ...(name === "" ? {} : { name }),
      }),
    { user_exists: "username", invalid_user: "username", weak_password: "password" },
  );
  if (problems !== null) return personForm(visit, typed, problems);
  return passwordDone({
    person: name === "" ? username : name,
    username,
    password,
    what: "was added",
    baseUrl: visit.baseUrl,
  });
}

function personForm(visit: Visit, typed: Typed, problems: Problems = NO_PROBLEMS): ConsoleAnswer {
  return showForm(
    "Add a person",
    <>
      <PageHead
        title="Add a person"
        lead={
          <>
            The person can sign in here and with{" "}
            <code>tracker auth login</code>, and works in the team <bdi>{visit.team.name}</bdi>.
          </>
        }
      />
      <Form
        action="/people/new"
        csrf={visit.session.csrf}
        submit="Add the person"
        cancel="/people"
        problems={problems}
      >
        <TextField
          name="username"
          label="User name"
          hint="What the person types to sign in: mostly the mail address."
          value={typed.username}
          maxlength={200}
          problems={problems}
          required
          autofocus
          isCode
        />
        <TextField
          name="name"
          label="Name"
          hint="As others see it; the user name unless given."
          value={typed.name}
          maxlength={200}
          problems={problems}
        />
        <SelectField
          name="role"
          label="Role"
          value={typed.role}
          required
          choices={[
            { value: "member", label: "Member: works with issues and projects" },
            { value: "admin", label: "Admin: looks after people, connections and projects, too" },
          ]}
        />
        <PasswordFields way={typed.way} problems={problems} />
      </Form>
    </>,
    problems,
  );
}
