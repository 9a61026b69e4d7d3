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

/** The types, fields and arguments that are used here, for where Linear's schema is not. */
const OWN = new URL("own_schema.graphql", import.meta.url);

let official: GraphQLSchema | null | undefined;

/** Returns Linear's own schema; `null`, and a word about it, where it is not there. */
export function officialSchema(): GraphQLSchema | null {
  if (official === undefined) {
    try {
      official = buildSchema(Deno.readTextFileSync(SCHEMA), { assumeValidSDL: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      console.log("    Linear's schema is not there: the part of it that is used stands in");
      official = null;
    }
  }
  return official;
}

let own: GraphQLSchema | undefined;

/** Returns the part of Linear's schema that is used here. */
export function ownSchema(): GraphQLSchema {
  own ??= buildSchema(Deno.readTextFileSync(OWN));
  return own;
}

/** Returns Linear's schema, or the part of it that is used here. */
export function linearSchema(): GraphQLSchema {
  return officialSchema() ?? ownSchema();
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
