import { HOSTED_PROVIDERS, LOCAL_PROVIDERS } from "../../../contract/providers.ts";
import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { writeTable } from "../../terminal/table.ts";

/** Lists the providers; hosted ones only where the gate is on. */
export function run(
  context: Context,
  { fields }: { readonly fields: ChosenFields },
): Promise<number> {
  const choose = fieldChoice(context, fields, { names: ["name", "class"] });
  const hosted = isHostedSyncEnabled(context.platform.env)
    ? HOSTED_PROVIDERS.map((name) => ({ name, class: "hosted" }))
    : [];
  const providers = [...hosted, ...LOCAL_PROVIDERS.map((name) => ({ name, class: "local" }))];
  if (context.globals.json) {
    context.output.json({ providers: choose(providers) });
  } else {
    writeTable(
      context.output,
      [{ title: "PROVIDER" }, { title: "CLASS" }, { title: "BIND WITH" }],
      providers.map((provider) => [
        provider.name,
        provider.class,
        provider.class === "hosted"
          ? `tracker bind -p ${provider.name}`
          : `tracker bind -p ${provider.name} --workspace NAME`,
      ]),
    );
  }
  return Promise.resolve(0);
}
