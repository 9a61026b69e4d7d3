import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { firstSteps } from "../../store/first_steps.ts";
import { BindCommands } from "./bind_commands.tsx";
import type { Visit } from "./visit.ts";

interface Step {
  readonly title: string;
  readonly isDone: boolean;
  /** What to do; shown until it is done. */
  readonly how: Child;
}

/** What an admin of a new host does next, until all of it is done; `null` then, and for a member. */
export async function firstStepsPanel(visit: Visit): Promise<JSX.Element | null> {
  if (!visit.isAdmin) return null;
  const done = await firstSteps(visit.context.store, visit.team.id);
  const steps: readonly Step[] = [
    {
      title: "Create a place for issues",
      isDone: done.provider !== null,
      how: <PlaceStep visit={visit} />,
    },
    {
      title: "Put issues into it",
      isDone: done.hasIssue,
      how: (
        <>
          <a href="/projects/import">Import the issues of a file</a>, or let a project push its own.
        </>
      ),
    },
    {
      title: "Bind a project",
      isDone: done.hasBinding,
      how: <BindStep visit={visit} provider={done.provider} />,
    },
    {
      title: "Add a second person",
      isDone: done.hasColleague,
      how: (
        <>
          <a href="/people/new">Add a person</a> who works here, too. A machine such as CI gets{" "}
          <a href="/people/tokens/new">a token of its own</a>.
        </>
      ),
    },
  ];
  const next = steps.findIndex(({ isDone }) => !isDone);
  return next < 0 ? null : <Panel steps={steps} next={next} />;
}

function Panel(
  { steps, next }: { readonly steps: readonly Step[]; readonly next: number },
): JSX.Element {
  const count = steps.filter(({ isDone }) => isDone).length;
  return (
    <section class="card steps" aria-labelledby="first-steps">
      <h2 id="first-steps">First steps</h2>
      <p class="soft">{`${count} of ${steps.length} done. This goes away with the last one.`}</p>
      <ol>
        {steps.map(({ title, isDone, how }, index) => (
          <li class={isDone ? "is-done" : index === next ? "is-next" : undefined}>
            <span class="mark" aria-hidden="true">{isDone ? "✓" : index + 1}</span>
            <div>
              <p class="title">
                {title}
                {isDone ? <span class="unseen">: done</span> : null}
              </p>
              {isDone ? null : <div class="soft">{how}</div>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function PlaceStep({ visit: { host } }: { readonly visit: Visit }): JSX.Element {
  const canConnect = Object.keys(host.connectable).length > 0;
  return (
    <p>
      {canConnect ? <a href="/connections">Connect a tracker</a> : null}
      {canConnect ? ", or " : null}
      <a href="/projects/new">{canConnect ? "create one" : "Create one"} in this host</a>.
    </p>
  );
}

function BindStep(
  { visit, provider }: { readonly visit: Visit; readonly provider: string | null },
): JSX.Element {
  return (
    <>
      <p>In the directory of the project, on the machine where you work:</p>
      <BindCommands visit={visit} provider={provider} />
    </>
  );
}
