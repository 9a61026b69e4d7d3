import { HOSTED_PROVIDERS } from "../../../../contract/providers.ts";
import { createHostPlace } from "../../../bindings/host_places.ts";
import { Form, NO_PROBLEMS, type Problems, SelectField, TextField } from "../form.tsx";
import { PageHead } from "../parts.tsx";
import { type ConsoleAnswer, done, showForm, type Visit } from "../visit.ts";
import { placePath, problemsOf } from "./place_words.tsx";

/** The providers by the names people know. */
export const PROVIDER_NAMES: Readonly<Record<typeof HOSTED_PROVIDERS[number], string>> = {
  linear: "Linear",
  jira: "Jira",
  github: "GitHub",
  gitlab: "GitLab",
};

/** Asks for a new place whose issues live in this host. */
export async function newPlacePage(
  visit: Visit,
  problems: Problems = NO_PROBLEMS,
): Promise<ConsoleAnswer> {
  const { form, session } = visit;
  return await Promise.resolve(showForm(
    "New place in this host",
    <>
      <PageHead
        title="New place in this host"
        lead="Its issues live here, without a tracker elsewhere: projects bind to it and sync with it at once."
      />
      <div class="card message">
        <Form
          action="/projects/new"
          csrf={session.csrf}
          submit="Create the place"
          cancel="/projects"
          problems={problems}
        >
          <TextField
            name="name"
            label="Name"
            hint="What people call it, such as Web shop."
            value={form.text("name")}
            maxlength={80}
            required
            autofocus={problems === NO_PROBLEMS}
            problems={problems}
          />
          <SelectField
            name="provider"
            label="Works like"
            hint="Its issues have the keys and the words of this tracker. Projects are bound with it as their provider."
            choices={HOSTED_PROVIDERS.map((value) => ({ value, label: PROVIDER_NAMES[value] }))}
            value={form.text("provider")}
            required
            problems={problems}
          />
          <TextField
            name="key"
            label="Key"
            hint={
              <>
                For Linear and Jira the start of its issues' keys, such as{" "}
                <code>SHOP</code>; for GitHub and GitLab owner and name, such as{" "}
                <code>acme/shop</code>.
              </>
            }
            value={form.text("key")}
            maxlength={200}
            required
            isCode
            problems={problems}
          />
        </Form>
      </div>
    </>,
    problems,
  ));
}

/** Makes the place that was asked for. */
export async function makePlace(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, team, form } = visit;
  const provider = HOSTED_PROVIDERS.find((one) => one === form.text("provider"));
  if (provider === undefined) {
    return await newPlacePage(visit, { provider: "Choose one of the trackers." });
  }
  const isPath = provider === "github" || provider === "gitlab";
  const key = isPath ? form.text("key") : form.text("key").toUpperCase();
  try {
    const made = await createHostPlace(context, actor, {
      teamId: team.id,
      provider,
      name: form.text("name"),
      key,
    });
    return done(
      placePath(made.id),
      "The place is made. Now bind a project to it, or import issues.",
    );
  } catch (error) {
    return await newPlacePage(visit, problemsOf(error, ["invalid_place"]));
  }
}
