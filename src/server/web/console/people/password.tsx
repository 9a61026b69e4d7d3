import { MIN_PASSWORD_LENGTH } from "../../../accounts/passwords.ts";
import { changeOwnPassword } from "../../../accounts/session_admin.ts";
import { setPassword } from "../../../accounts/user_admin.ts";
import { Form, NO_PROBLEMS, type Problems, TextField } from "../form.tsx";
import { PageHead } from "../parts.tsx";
import { refusal } from "../refusal.ts";
import { type ConsoleAnswer, type ConsolePage, done, showForm, type Visit } from "../visit.ts";
import { type Person, requirePerson } from "./find_person.ts";
import { chosenPassword, passwordDone, PasswordFields } from "./password_fields.tsx";
import { userPath } from "./people_paths.ts";

const PATH = "/people/users/:username/password";

/** Asks for a new password: people for their own, admins for another person's. */
export const PASSWORD_PAGE: ConsolePage = {
  method: "GET",
  path: PATH,
  section: "people",
  for: "member",
  answer: async (visit) => {
    const person = await requirePerson(visit);
    return person.isSelf ? ownForm(visit, person) : setForm(visit, person);
  },
};

/** Sets a new password. */
export const PASSWORD_FORM: ConsolePage = {
  method: "POST",
  path: PATH,
  section: "people",
  for: "member",
  answer: async (visit) => {
    const person = await requirePerson(visit);
    return person.isSelf ? await changeOwn(visit, person) : await setAnother(visit, person);
  },
};

async function changeOwn(visit: Visit, person: Person): Promise<ConsoleAnswer> {
  const { host, actor, form, address } = visit;
  const [current, next] = [form.exact("current"), form.exact("next")];
  if (next !== form.exact("again")) {
    return ownForm(visit, person, { again: "The two new passwords differ." });
  }
  const isRight: boolean[] = [];
  const problems = await refusal(
    async () => isRight.push(await changeOwnPassword(host, actor, { current, next, address })),
    { weak_password: "next", rate_limited: "current" },
  );
  if (problems !== null) return ownForm(visit, person, problems);
  return isRight[0] === true
    ? done("/sign-in", "Your password was changed. Sign in with the new one.")
    : ownForm(visit, person, { current: "The current password is wrong." });
}

async function setAnother(visit: Visit, person: Person): Promise<ConsoleAnswer> {
  const { context, actor } = visit;
  const { username, name } = person;
  const password = chosenPassword(visit);
  if (password.problems !== null) return setForm(visit, person, password.problems);
  const problems = await refusal(
    () => setPassword(context, actor, username, password.value),
    { weak_password: "password" },
  );
  if (problems !== null) return setForm(visit, person, problems);
  const { baseUrl } = visit;
  return passwordDone({ person: name, username, password, what: "has a new password", baseUrl });
}

function ownForm(visit: Visit, { username }: Person, problems = NO_PROBLEMS): ConsoleAnswer {
  return showForm(
    "Change your password",
    <>
      <PageHead
        title="Change your password"
        lead="All your sessions end, this one too: sign in again with the new password afterwards."
      />
      <Form
        action={`${userPath(username)}/password`}
        csrf={visit.session.csrf}
        submit="Change the password"
        cancel={userPath(username)}
        problems={problems}
      >
        <input type="hidden" name="username" value={username} autocomplete="username" />
        <TextField
          name="current"
          label="Current password"
          type="password"
          autocomplete="current-password"
          problems={problems}
          required
          autofocus
        />
        <TextField
          name="next"
          label="New password"
          hint={`At least ${MIN_PASSWORD_LENGTH} characters, and not your name.`}
          type="password"
          autocomplete="new-password"
          problems={problems}
          required
        />
        <TextField
          name="again"
          label="New password, once more"
          type="password"
          autocomplete="new-password"
          problems={problems}
          required
        />
      </Form>
    </>,
    problems,
  );
}

function setForm(
  visit: Visit,
  { username, name }: Person,
  problems: Problems = NO_PROBLEMS,
): ConsoleAnswer {
  return showForm(
    `Set a password for ${name}`,
    <>
      <PageHead
        title={
          <>
            Set a password for <bdi>{name}</bdi>
          </>
        }
        lead="All sessions of the person end. Machine tokens keep working."
      />
      <Form
        action={`${userPath(username)}/password`}
        csrf={visit.session.csrf}
        submit="Set the password"
        cancel={userPath(username)}
        problems={problems}
      >
        <PasswordFields way={visit.form.text("way")} problems={problems} />
      </Form>
    </>,
    problems,
  );
}
