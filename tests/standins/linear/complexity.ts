import {
  type DocumentNode,
  getNamedType,
  type GraphQLSchema,
  isLeafType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";

/** Entries of a list for which no number is asked. */
const DEFAULT_PAGE = 50;

/**
 * Returns what a query costs, as Linear counts: a tenth for each plain field, one for each object, and what is in a list
 * as often as it may be there.
 */
export function complexityOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const info = new TypeInfo(schema);
  const times = [1];
  let cost = 0;
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: {
        enter(field) {
          const type = info.getType();
          if (type == null) throw new Error(`"${field.name.value}" has no type`);
          const each = times.at(-1) ?? 1;
          const isLeaf = isLeafType(getNamedType(type));
          cost += each * (isLeaf ? 0.1 : 1);
          times.push(each * (isLeaf ? 1 : pageSize(field.arguments ?? [], type.toString())));
        },
        leave() {
          times.pop();
        },
      },
    }),
  );
  function pageSize(
    given: readonly { readonly name: { readonly value: string }; readonly value: object }[],
    type: string,
  ): number {
    if (!type.includes("Connection")) return 1;
    const value = given.find(({ name }) => name.value === "first")?.value;
    if (value === undefined || !("kind" in value)) return DEFAULT_PAGE;
    if (value.kind === Kind.INT && "value" in value) return Number(value.value);
    if (value.kind !== Kind.VARIABLE || !("name" in value)) return DEFAULT_PAGE;
    const { name } = value;
    const named = typeof name === "object" && name !== null && "value" in name ? name.value : "";
    return Number(variables[String(named)] ?? DEFAULT_PAGE);
  }
  return Math.ceil(cost);
}
