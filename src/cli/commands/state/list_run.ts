import type { KeptStanding, KeptState } from "../../../store/kept_state.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { ago, number, plural } from "../../terminal/format.ts";
import { writeTable } from "../../terminal/table.ts";
import { allKept } from "../../../tracker/kept_states.ts";
import { STATE_FIELDS, stateJson, subjectOf } from "./kept.ts";

/** Lists what this machine keeps of which repository or binding. */
export async function run(
  context: Context,
  { fields }: { readonly fields: ChosenFields },
): Promise<number> {
  const choose = fieldChoice(context, fields, { names: STATE_FIELDS });
  const { platform, globals, output } = context;
  const states = await allKept(platform);
  if (globals.json) {
    output.json({ states: choose(states.map(stateJson)) });
    return 0;
  }
  if (states.length === 0) {
    output.result("Nothing is kept on this machine.");
    return 0;
  }
  const now = platform.clock.now();
  writeTable(
    output,
    [
      // Four letters of it are enough.
      { title: "ID", yields: 1 },
      { title: "PROVIDER", leaves: 1 },
      { title: "OF", yields: 3 },
      { title: "IS" },
      { title: "HOLDS", yields: 2, least: 10 },
      { title: "SIZE", leaves: 3 },
      { title: "WRITTEN", leaves: 2 },
    ],
    states.map((state) => [
      state.id,
      state.place?.provider ?? "–",
      subjectOf(state),
      state.kind === "damaged" ? "damaged" : STANDINGS[state.standing],
      holdingsOf(state),
      sizeWords(state.bytes),
      ago(state.writtenAt, now),
    ]),
  );
  return 0;
}

const STANDINGS: Readonly<Record<KeptStanding, string>> = {
  there: "there",
  gone: "gone",
  replaced: "replaced",
  hosted: "at a host",
  unknown: "unknown",
};

function holdingsOf(state: KeptState): string {
  if (state.content === null) return state.fault ?? "cannot be read";
  const { issues, pending, held, refused, stay_here, mappings, unanswered } = state.content;
  // What exists nowhere else comes first: a narrow terminal cuts the rest.
  return [
    ...(pending > 0 ? [`${number(pending)} unpushed`] : []),
    ...(held > 0 ? [`${number(held)} held`] : []),
    ...(refused > 0 ? [`${number(refused)} refused`] : []),
    ...(stay_here > 0 ? [`${number(stay_here)} ${stay_here === 1 ? "stays" : "stay"} here`] : []),
    ...(unanswered > 0 ? [`${number(unanswered)} unanswered`] : []),
    plural(issues, "issue"),
    ...(mappings > 0 ? [plural(mappings, "mapping")] : []),
  ].join(", ");
}

function sizeWords(bytes: number): string {
  const KIB = 1024;
  if (bytes < KIB) return `${bytes} B`;
  if (bytes < KIB * KIB) return `${Math.round(bytes / KIB)} KiB`;
  return `${(bytes / KIB / KIB).toFixed(1)} MiB`;
}
