import {
  type ASTVisitor,
  buildSchema,
  type GraphQLSchema,
  NoDeprecatedCustomRule,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
} from "graphql";

const SCHEMA = new URL("../../../../shared/data/providers/linear/schema.graphql", import.meta.url);

let built: GraphQLSchema | null | undefined;

/** Returns Linear's own schema; `null`, and a word about it, where it is not there. */
export function linearSchema(): GraphQLSchema | null {
  if (built === undefined) {
    try {
      built = buildSchema(Deno.readTextFileSync(SCHEMA), { assumeValidSDL: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      console.log("    skipped: Linear's schema is not there");
      built = null;
    }
  }
  return built;
}

/** What a document must hold to: GraphQL's rules, and nothing that Linear is about to remove or keeps to itself. */
export const RULES: readonly ValidationRule[] = [
  ...specifiedRules,
  NoDeprecatedCustomRule,
  noInternals,
];

const INTERNAL = /^\s*\[(internal|alpha)\]/i;

function noInternals(context: ValidationContext): ASTVisitor {
  const report = (name: string, description: string | null | undefined) => {
    if (INTERNAL.test(description ?? "")) throw new Error(`"${name}" is internal at Linear`);
  };
  return {
    Field: ({ name }) => report(name.value, context.getFieldDef()?.description),
    Argument: ({ name }) => report(name.value, context.getArgument()?.description),
  };
}

/** Says which internal field of an input is used; `null` when none is. */
export function internalInput(schema: GraphQLSchema, type: string, value: object): string | null {
  const found = schema.getType(type);
  if (found === undefined || !("getFields" in found)) return null;
  const fields = found.getFields();
  return Object.keys(value).find((name) => INTERNAL.test(fields[name]?.description ?? "")) ?? null;
}
