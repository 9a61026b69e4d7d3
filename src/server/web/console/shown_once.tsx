import type { JSX } from "hono/jsx/jsx-runtime";

/** A secret that is shown this once. */
export function ShownOnce(
  { label, value }: { readonly label: string; readonly value: string },
): JSX.Element {
  const hint = "Copy it now. It is not shown again, and cannot be read from the host.";
  return <Shown label={label} value={value} hint={hint} />;
}

/**
 * A secret. It stands in a field, so that it can be selected and copied without a script; the script adds a button that
 * copies it.
 */
export function Shown(
  { label, value, hint }: {
    readonly label: string;
    readonly value: string;
    readonly hint: string;
  },
): JSX.Element {
  return (
    <div class="card once">
      <label for="once">{label}</label>
      <div class="once-row">
        <input
          id="once"
          class="code"
          readonly
          value={value}
          data-copy="yes"
          aria-describedby="once-hint"
        />
      </div>
      <p class="hint" id="once-hint">{hint}</p>
    </div>
  );
}
