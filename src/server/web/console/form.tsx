import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";

/** What is wrong with a form: texts by the name of a field; an empty name for the form as a whole. */
export type Problems = Readonly<Record<string, string>>;

/** A form without a problem. */
export const NO_PROBLEMS: Problems = {};

/** The token that every form sends along; `fields` are further hidden values. */
export function Hidden(
  { csrf, fields = {} }: {
    readonly csrf: string;
    readonly fields?: Readonly<Record<string, string>>;
  },
): JSX.Element {
  return (
    <>
      <input type="hidden" name="csrf" value={csrf} />
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

/** What a form is. */
export interface FormProps {
  /** Where it is sent. */
  readonly action: string;
  /** `visit.session.csrf`. */
  readonly csrf: string;
  /** The words on its button: what pressing it does. */
  readonly submit: string;
  /** Whether the button takes something away for good. */
  readonly isDanger?: boolean;
  /** Where "Cancel" leads; no such link unless given. */
  readonly cancel?: string;
  readonly problems?: Problems;
  readonly hidden?: Readonly<Record<string, string>>;
  /** Whether a file is sent along. */
  readonly isUpload?: boolean;
  readonly children?: Child;
}

/** A form with its token, its problems, its fields and its button. */
export function Form(props: FormProps): JSX.Element {
  const { action, csrf, submit, isDanger = false, cancel, problems = NO_PROBLEMS } = props;
  return (
    <form
      method="post"
      action={action}
      class="form"
      enctype={props.isUpload === true ? "multipart/form-data" : undefined}
    >
      <Hidden csrf={csrf} fields={props.hidden ?? {}} />
      <ProblemSummary problems={problems} />
      {props.children}
      <div class="form-actions">
        <button type="submit" class={isDanger ? "button danger" : "button"}>{submit}</button>
        {cancel === undefined ? null : <a class="plain-button" href={cancel}>Cancel</a>}
      </div>
    </form>
  );
}

/** Says what is wrong with a form, and takes the focus; each problem with a field leads to that field. */
export function ProblemSummary(
  { problems }: { readonly problems: Problems },
): JSX.Element | null {
  const entries = Object.entries(problems);
  if (entries.length === 0) return null;
  return (
    <div class="notice bad" role="alert" tabindex={-1} autofocus id="problems">
      <div>
        <p class="notice-title">Not done</p>
        <ul>
          {entries.map(([field, words]) => (
            <li>{field === "" ? words : <a href={`#${field}`}>{words}</a>}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** What all fields have. */
export interface FieldProps {
  readonly name: string;
  readonly label: string;
  /** A sentence below the label; may hold links and code. */
  readonly hint?: Child;
  readonly problems?: Problems;
  readonly required?: boolean;
}

interface FieldState {
  readonly id: string;
  readonly name: string;
  readonly required: boolean | undefined;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": "true" | undefined;
}

/** Draws the label, hint and problem around a control, which is handed what ties it to them. */
function Field(
  { props, control }: {
    readonly props: FieldProps;
    readonly control: (state: FieldState) => JSX.Element;
  },
): JSX.Element {
  const { name, label, hint, problems = NO_PROBLEMS, required = false } = props;
  const problem = problems[name];
  const describedBy = [
    hint === undefined ? "" : `${name}-hint`,
    problem === undefined ? "" : `${name}-problem`,
  ].filter((id) => id !== "").join(" ");
  const state: FieldState = {
    id: name,
    name,
    required: required ? true : undefined,
    "aria-describedby": describedBy === "" ? undefined : describedBy,
    "aria-invalid": problem === undefined ? undefined : "true",
  };
  return (
    <div class={problem === undefined ? "field" : "field wrong"}>
      <label for={name}>
        {label}
        {required ? null : <span class="soft">(optional)</span>}
      </label>
      {hint === undefined ? null : <p class="hint" id={`${name}-hint`}>{hint}</p>}
      {problem === undefined ? null : <p class="problem" id={`${name}-problem`}>{problem}</p>}
      {control(state)}
    </div>
  );
}

/** What a field of one line has beside. */
export interface TextFieldProps extends FieldProps {
  /** What it holds already, or what was typed. */
  readonly value?: string;
  /** `password` never shows what was typed. */
  readonly type?: "text" | "password" | "url" | "email" | "number" | "search";
  readonly autocomplete?: string;
  readonly maxlength?: number;
  readonly autofocus?: boolean;
  /** Whether it holds code: keys, addresses, tokens. */
  readonly isCode?: boolean;
}

/** A field of one line. */
export function TextField(props: TextFieldProps): JSX.Element {
  const { type = "text", value = "", autocomplete = "off", isCode = false } = props;
  return (
    <Field
      props={props}
      control={(state) => (
        <input
          {...state}
          type={type}
          value={type === "password" ? undefined : value}
          autocomplete={autocomplete}
          maxlength={props.maxlength}
          autofocus={props.autofocus === true && props.problems?.[props.name] === undefined}
          autocapitalize="none"
          spellcheck={isCode ? false : undefined}
          class={isCode ? "code" : undefined}
        />
      )}
    />
  );
}

/** A field of several lines. */
export function TextArea(
  props: FieldProps & {
    readonly value?: string;
    readonly rows?: number;
    readonly isCode?: boolean;
  },
): JSX.Element {
  return (
    <Field
      props={props}
      control={(state) => (
        <textarea
          {...state}
          rows={props.rows ?? 6}
          spellcheck={props.isCode === true ? false : undefined}
          class={props.isCode === true ? "code" : undefined}
        >
          {props.value ?? ""}
        </textarea>
      )}
    />
  );
}

/** One thing that can be chosen. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** A choice of one. */
export function SelectField(
  props: FieldProps & { readonly choices: readonly Choice[]; readonly value?: string },
): JSX.Element {
  return (
    <Field
      props={props}
      control={(state) => (
        <select {...state}>
          {props.choices.map(({ value, label }) => (
            <option value={value} selected={value === props.value}>{label}</option>
          ))}
        </select>
      )}
    />
  );
}

/** A box to check. */
export function CheckField(
  props: FieldProps & {
    readonly value?: string;
    readonly isChecked?: boolean;
    readonly id?: string;
  },
): JSX.Element {
  const id = props.id ?? props.name;
  return (
    <div class="check">
      <input
        type="checkbox"
        id={id}
        name={props.name}
        value={props.value ?? "yes"}
        checked={props.isChecked === true}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
      />
      <label for={id}>{props.label}</label>
      {props.hint === undefined ? null : <p class="hint" id={`${id}-hint`}>{props.hint}</p>}
    </div>
  );
}

/** A file to send along. */
export function FileField(props: FieldProps & { readonly accept?: string }): JSX.Element {
  return (
    <Field
      props={props}
      control={(state) => <input {...state} type="file" accept={props.accept} />}
    />
  );
}
