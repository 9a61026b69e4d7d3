import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { deleteMapping, disableMapping, enableMapping } from "../../../bindings/admin.ts";
import { moveMapping } from "../../../bindings/move.ts";
import type { HostContext } from "../../../context/host_context.ts";
import type { Actor } from "../../../model/actor.ts";
import { freePlaces, type NamedPlace } from "../../../store/team_places.ts";
import { Form, NO_PROBLEMS, type Problems, SelectField } from "../form.tsx";
import { Empty, PageHead } from "../parts.tsx";
import { type ConsoleAnswer, type ConsolePage, done, show, type Visit } from "../visit.ts";
import { placePath, problemsOf, requireBound } from "./place_words.tsx";

/** What an admin can do with a binding on one question. */
interface Deed {
  readonly word: "disable" | "enable" | "delete";
  readonly title: string;
  /** What happens then. */
  readonly effects: readonly string[];
  readonly submit: string;
  readonly isDanger: boolean;
  readonly after: (project: string) => string;
  readonly act: (context: HostContext, actor: Actor, bindingRef: string) => Promise<void>;
}

const DEEDS: readonly Deed[] = [
  {
    word: "disable",
    title: "Disable the binding",
    effects: [
      "Every pull and push of the project is refused until the binding is enabled again.",
      "Nothing is lost: issues stay here, and changes that were not pushed stay with their authors.",
    ],
    submit: "Disable",
    isDanger: false,
    after: (project) => `The binding of ${project} is disabled.`,
    act: disableMapping,
  },
  {
    word: "enable",
    title: "Enable the binding",
    effects: ["The project can pull and push again, with the binding that its clones have."],
    submit: "Enable",
    isDanger: false,
    after: (project) => `The binding of ${project} is enabled.`,
    act: enableMapping,
  },
  {
    word: "delete",
    title: "Delete the binding",
    effects: [
      "Every clone of the project is told that its binding is gone, and has to bind again.",
      "The place is free for another project. Its issues stay.",
      "The reference is never given out again: this cannot be undone.",
    ],
    submit: "Delete the binding",
    isDanger: true,
    after: (project) => `The binding of ${project} is deleted. The place is free.`,
    act: deleteMapping,
  },
];

/** The pages that ask before a binding is changed, and what their forms do. */
export const DEED_PAGES: readonly ConsolePage[] = [
  ...DEEDS.flatMap((deed): ConsolePage[] => {
    const common = {
      path: `/projects/:place/${deed.word}`,
      section: "projects",
      for: "admin",
    } as const;
    return [
      { ...common, method: "GET", answer: (visit) => ask(visit, deed) },
      { ...common, method: "POST", answer: (visit) => act(visit, deed) },
    ];
  }),
  {
    method: "GET",
    path: "/projects/:place/move",
    section: "projects",
    for: "admin",
    answer: (visit) => movePage(visit),
  },
  {
    method: "POST",
    path: "/projects/:place/move",
    section: "projects",
    for: "admin",
    answer: move,
  },
];

async function ask(visit: Visit, deed: Deed): Promise<ConsoleAnswer> {
  const { place, mapping } = await requireBound(visit);
  const path = placePath(place.resource.id);
  return show(
    deed.title,
    <>
      <PageHead
        title={deed.title}
        lead={
          <>
            <strong>{mapping.projectSlug}</strong> is bound to{" "}
            <strong>{place.resource.label}</strong>.
          </>
        }
      />
      <div class="card message">
        <Effects effects={deed.effects} />
        <Form
          action={`${path}/${deed.word}`}
          csrf={visit.session.csrf}
          submit={deed.submit}
          isDanger={deed.isDanger}
          cancel={path}
          hidden={{ binding: mapping.bindingRef }}
        />
      </div>
    </>,
  );
}

async function act(visit: Visit, deed: Deed): Promise<ConsoleAnswer> {
  const { place, mapping } = await requireBound(visit);
  const path = placePath(place.resource.id);
  if (mapping.bindingRef !== visit.form.exact("binding")) return changedMeanwhile(path);
  await deed.act(visit.context, visit.actor, mapping.bindingRef);
  return done(path, deed.after(mapping.projectSlug));
}

/** The person has agreed to something else than what is there now. */
function changedMeanwhile(path: string): ConsoleAnswer {
  return done(
    path,
    "Nothing was done: the binding has changed meanwhile. Look at it again.",
    "warn",
  );
}

async function movePage(
  visit: Visit,
  problems: Problems = NO_PROBLEMS,
  status = 200,
): Promise<ConsoleAnswer> {
  const { place, mapping } = await requireBound(visit);
  const path = placePath(place.resource.id);
  const free = await freePlaces(visit.context.store, mapping.installationId);
  return show(
    "Move the project",
    <>
      <PageHead
        title="Move the project"
        lead={
          <>
            <strong>{mapping.projectSlug}</strong> is bound to{" "}
            <strong>{place.resource.label}</strong>.
          </>
        }
      />
      {free.length === 0
        ? (
          <Empty title="There is no free place of this provider">
            <p>
              <a href="/projects/new">Create a place in this host</a>, or connect another one of
              {" "}
              {place.resource.provider}.
            </p>
          </Empty>
        )
        : (
          <MoveForm
            path={path}
            csrf={visit.session.csrf}
            bindingRef={mapping.bindingRef}
            free={free}
            chosen={visit.form.text("to")}
            problems={problems}
          />
        )}
    </>,
    status,
  );
}

function MoveForm(
  { path, csrf, bindingRef, free, chosen, problems }: {
    readonly path: string;
    readonly csrf: string;
    readonly bindingRef: string;
    readonly free: readonly NamedPlace[];
    readonly chosen: string;
    readonly problems: Problems;
  },
): JSX.Element {
  return (
    <div class="card message">
      <Effects
        effects={[
          <>
            Every clone of the project is told that its binding is gone, and has to run{" "}
            <code>tracker bind</code> once: it finds the new place by itself.
          </>,
          "Issues stay where they are; those of the new place take their part in the project.",
        ]}
      />
      <Form
        action={`${path}/move`}
        csrf={csrf}
        submit="Move the project"
        cancel={path}
        hidden={{ binding: bindingRef }}
        problems={problems}
      >
        <SelectField
          name="to"
          label="New place"
          required
          value={chosen}
          choices={free.map(({ id, label }) => ({ value: id, label }))}
          problems={problems}
        />
      </Form>
    </div>
  );
}

async function move(visit: Visit): Promise<ConsoleAnswer> {
  const { place, mapping } = await requireBound(visit);
  const resourceId = visit.form.text("to");
  if (mapping.bindingRef !== visit.form.exact("binding")) {
    return changedMeanwhile(placePath(place.resource.id));
  }
  const { context, actor, team } = visit;
  try {
    await moveMapping(context, actor, {
      teamId: team.id,
      bindingRef: mapping.bindingRef,
      resourceId,
    });
  } catch (error) {
    const { "": words = "" } = problemsOf(error, ["binding_not_movable"]);
    return await movePage(visit, { to: words }, 422);
  }
  return done(placePath(resourceId), `${mapping.projectSlug} is bound to this place now.`);
}

function Effects({ effects }: { readonly effects: readonly Child[] }): JSX.Element {
  return (
    <>
      <p class="soft">What happens then:</p>
      <ul class="effects">{effects.map((one) => <li>{one}</li>)}</ul>
    </>
  );
}
