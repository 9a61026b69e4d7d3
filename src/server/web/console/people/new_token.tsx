import type { JSX } from "hono/jsx/jsx-runtime";
import { type CreatedMachineToken, createMachineToken } from "../../../accounts/machine_tokens.ts";
import { Form, NO_PROBLEMS, type Problems, SelectField, TextField } from "../form.tsx";
import { Facts, PageHead, Time } from "../parts.tsx";
import { refusal } from "../refusal.ts";
import { ShownOnce } from "../shown_once.tsx";
import { type ConsoleAnswer, type ConsolePage, show, showForm, type Visit } from "../visit.ts";
import { peopleOf } from "./find_person.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long a token can be good for, in days by the words of the form. */
const LIFETIMES: readonly (readonly [value: string, words: string, days: number | null])[] = [
  ["30d", "30 days", 30],
  ["90d", "90 days", 90],
  ["365d", "A year", 365],
  ["never", "Until it is revoked", null],
];

/** Asks what a token is for. */
export const NEW_TOKEN_PAGE: ConsolePage = {
  method: "GET",
  path: "/people/tokens/new",
  section: "people",
  for: "member",
  answer: async (visit) =>
    await tokenForm(visit, {
      username: visit.query.get("user") ?? visit.session.user.username,
      name: "",
      lifetime: "90d",
    }),
};

/** Creates a token, and shows it this once. */
export const CREATE_TOKEN_FORM: ConsolePage = {
  method: "POST",
  path: "/people/tokens/new",
  section: "people",
  for: "member",
  answer: createToken,
};

interface Typed {
  readonly username: string;
  readonly name: string;
  readonly lifetime: string;
}

async function createToken(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, team, form } = visit;
  const typed = {
    username: form.text("user"),
    name: form.text("name"),
    lifetime: form.text("lifetime"),
  };
  const lifetime = LIFETIMES.find(([value]) => value === typed.lifetime);
  if (lifetime === undefined) {
    return await tokenForm(visit, typed, { lifetime: "Choose how long the token is good for." });
  }
  const days = lifetime[2];
  const made: CreatedMachineToken[] = [];
  const problems = await refusal(
    async () =>
      made.push(
        await createMachineToken(context, actor, {
          username: typed.username,
          name: typed.name,
          team: team.slug,
          lifetimeMs: days === null ? null : days * DAY_MS,
        }),
      ),
    { invalid_token_name: "name", user_not_found: "user", not_in_team: "user", admin_only: "user" },
  );
  if (problems !== null) return await tokenForm(visit, typed, problems);
  const [token] = made;
  return token === undefined ? await tokenForm(visit, typed) : createdPage(visit, token);
}

async function tokenForm(
  visit: Visit,
  typed: Typed,
  problems: Problems = NO_PROBLEMS,
): Promise<ConsoleAnswer> {
  const people = await peopleOf(visit);
  return showForm(
    "Create a machine token",
    <>
      <PageHead
        title="Create a machine token"
        lead="A machine with the token works with the projects and issues of this team in the name of a person. It cannot open these pages."
      />
      <Form
        action="/people/tokens/new"
        csrf={visit.session.csrf}
        submit="Create the token"
        cancel="/people"
        problems={problems}
      >
        <TextField
          name="name"
          label="What it is for"
          hint="Such as the name of the machine or of the pipeline."
          value={typed.name}
          maxlength={100}
          problems={problems}
          required
          autofocus
        />
        <SelectField
          name="user"
          label="Whose work the machine does"
          value={typed.username}
          problems={problems}
          required
          choices={people.map(({ username, name }) => ({
            value: username,
            label: name === username ? name : `${name} (${username})`,
          }))}
        />
        <SelectField
          name="lifetime"
          label="How long it is good for"
          value={typed.lifetime}
          problems={problems}
          required
          choices={LIFETIMES.map(([value, label]) => ({ value, label }))}
        />
      </Form>
    </>,
    problems,
  );
}

function createdPage({ baseUrl }: Visit, made: CreatedMachineToken): ConsoleAnswer {
  const { token, name, username, expiresAt } = made;
  return show(
    "The token was created",
    <>
      <PageHead title="The token was created" lead={<bdi>{name}</bdi>} />
      <ShownOnce label="Token" value={token} />
      <Facts
        facts={[
          ["Works as", <bdi>{username}</bdi>],
          ["Expires", expiresAt === null ? "Never" : <Time at={expiresAt} />],
        ]}
      />
      <HowToUse baseUrl={baseUrl} />
      <p>
        <a class="button" href="/people">I have kept it</a>
      </p>
    </>,
  );
}

function HowToUse({ baseUrl }: { readonly baseUrl: string }): JSX.Element {
  return (
    <section aria-labelledby="use">
      <h2 id="use">How a machine uses it</h2>
      <p>
        Keep it where the machine keeps its secrets, and set it in the environment of the program:
      </p>
      <pre tabindex={0}>
        {[
          "export SPEC_KITTY_ENABLE_SAAS_SYNC=1",
          `export SPEC_KITTY_SAAS_URL=${baseUrl}`,
          "export TRACKER_TOKEN=…",
        ].join("\n")}
      </pre>
    </section>
  );
}
