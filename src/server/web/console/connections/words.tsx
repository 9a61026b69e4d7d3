import { type Status, STATUSES } from "../../../../contract/issue.ts";
import { mapWords, type ShownConnection } from "../../../connections/admin.ts";
import { Form, Hidden, NO_PROBLEMS, type Problems, SelectField, TextField } from "../form.tsx";
import { PageHead, Table } from "../parts.tsx";
import { refusal } from "../refusal.ts";
import { type ConsoleAnswer, type ConsolePage, done, showForm, type Visit } from "../visit.ts";
import { requireConnection } from "./connection.tsx";
import { connectionPath } from "./connection_words.tsx";

const PATH = "/connections/:id/words";

const STATUS_TITLES: Readonly<Record<Status, string>> = {
  todo: "To do",
  in_progress: "In progress",
  in_review: "In review",
  blocked: "Blocked",
  done: "Done",
  canceled: "Canceled",
};

/** Shows which words of the provider mean which status. */
export const WORDS_PAGE: ConsolePage = {
  method: "GET",
  path: PATH,
  section: "connections",
  for: "admin",
  answer: async (visit) =>
    wordsForm(visit, await requireConnection(visit), { word: "", status: "" }),
};

/** Gives a word a meaning, or takes it away. */
export const WORDS_FORM: ConsolePage = {
  method: "POST",
  path: PATH,
  section: "connections",
  for: "admin",
  answer: changeWords,
};

interface Typed {
  readonly word: string;
  readonly status: string;
}

async function changeWords(visit: Visit): Promise<ConsoleAnswer> {
  const { context, actor, team, form } = visit;
  const connection = await requireConnection(visit);
  const typed = { word: form.text("word"), status: form.text("status") };
  const { word } = typed;
  if (word === "") return wordsForm(visit, connection, typed, { word: "Enter a word." });
  const status = STATUSES.find((known) => known === typed.status) ?? null;
  if (status === null && typed.status !== "none") {
    return wordsForm(visit, connection, typed, { status: "Choose a status." });
  }
  const named = { name: connection.id, teamId: team.id };
  const problems = await refusal(
    () => mapWords(context, actor, named, [{ word, status }]),
    { connection_changed: "" },
  );
  if (problems !== null) return wordsForm(visit, connection, typed, problems);
  const words = status === null
    ? `"${word}" has no meaning of its own now.`
    : `"${word}" means ${STATUS_TITLES[status].toLowerCase()} now.`;
  return done(`${connectionPath(connection.id)}/words`, words);
}

function wordsForm(
  visit: Visit,
  connection: ShownConnection,
  typed: Typed,
  problems: Problems = NO_PROBLEMS,
): ConsoleAnswer {
  const { id, name, statusWords } = connection;
  const action = `${connectionPath(id)}/words`;
  const { csrf } = visit.session;
  return showForm(
    "Words for statuses",
    <>
      <PageHead
        title="Words for statuses"
        lead={
          <>
            What words of <bdi>{name}</bdi>{" "}
            mean here: labels, or the names of states. The first word of a status is the one that is
            written to the provider.
          </>
        }
      >
        <a class="plain-button" href={connectionPath(id)}>Back to the connection</a>
      </PageHead>
      <Table
        caption="Statuses and their words"
        columns={[{ title: "Status", kind: "name" }, { title: "Words" }]}
        rows={STATUSES.map((status) => [
          STATUS_TITLES[status],
          (statusWords[status] ?? []).length === 0
            ? <span class="soft">As the provider has it</span>
            : (
              <ul class="words">
                {(statusWords[status] ?? []).map((word) => (
                  <li>
                    <bdi>{word}</bdi>
                    <form method="post" action={action}>
                      <Hidden csrf={csrf} fields={{ word, status: "none" }} />
                      <button type="submit" class="plain-button">
                        Take away<span class="unseen">{word}</span>
                      </button>
                    </form>
                  </li>
                ))}
              </ul>
            ),
        ])}
      />
      <section aria-labelledby="add">
        <h2 id="add">Give a word a meaning</h2>
        <Form action={action} csrf={csrf} submit="Save the word" problems={problems}>
          <TextField
            name="word"
            label="Word"
            hint="As the provider writes it."
            value={typed.word}
            maxlength={200}
            problems={problems}
            required
          />
          <SelectField
            name="status"
            label="Means"
            value={typed.status}
            problems={problems}
            required
            choices={STATUSES.map((value) => ({ value, label: STATUS_TITLES[value] }))}
          />
        </Form>
      </section>
    </>,
    problems,
  );
}
