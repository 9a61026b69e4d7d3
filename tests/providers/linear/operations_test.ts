import assert from "node:assert/strict";
import { buildSchema, findBreakingChanges, parse, validate } from "graphql";
import { OPERATIONS } from "../../../src/providers/linear/operations.ts";
import { complexityOf } from "../../standins/linear/complexity.ts";
import {
  internalInput,
  linearSchema,
  officialSchema,
  ownSchema,
  RULES,
} from "../../standins/linear/schema.ts";

const SCHEMA = linearSchema();

for (const [name, { document }] of Object.entries(OPERATIONS)) {
  Deno.test(`"${name}" is what Linear's schema allows, and nothing that is deprecated or internal`, () => {
    const errors = validate(SCHEMA, parse(document), RULES);
    assert.deepEqual(errors.map(({ message }) => message), []);
  });

  Deno.test(`"${name}" asks for nothing that the part of Linear's schema here does not have`, () => {
    const errors = validate(ownSchema(), parse(document), RULES);
    assert.deepEqual(errors.map(({ message }) => message), []);
  });

  Deno.test(`"${name}" costs less than Linear lets a query cost`, () => {
    const cost = complexityOf(SCHEMA, parse(document), { first: 50 });
    assert.ok(cost <= 6_000, `${cost} points`);
  });
}

const OFFICIAL = officialSchema();

if (OFFICIAL !== null) {
  Deno.test("the part of Linear's schema that is used here says nothing else than Linear's", () => {
    const changes = findBreakingChanges(ownSchema(), OFFICIAL);
    assert.deepEqual(changes.map(({ description }) => description), []);
  });
}

Deno.test("a query is judged by more than the rules of GraphQL", () => {
  const schema = buildSchema(`
    type Query {
      old: Int @deprecated(reason: "Use \`now\`.")
      """
      [Internal] For us alone.
      """
      hidden: Int
      now(
        """
        [INTERNAL] For us alone.
        """
        secretly: Boolean
      ): Int
    }
    input Fields {
      """
      [Internal] As a document.
      """
      data: String
      text: String
    }
  `);
  const judged = (query: string) => () => {
    const [error] = validate(schema, parse(query), RULES);
    if (error !== undefined) throw error;
  };
  assert.doesNotThrow(judged("{ now }"));
  assert.throws(judged("{ old }"), /deprecated/);
  assert.throws(judged("{ hidden }"), /"hidden" is internal/);
  assert.throws(judged("{ now(secretly: true) }"), /"secretly" is internal/);
  assert.equal(internalInput(schema, "Fields", { text: "a" }), null);
  assert.equal(internalInput(schema, "Fields", { data: "a" }), "data");
});

Deno.test("a list costs what it may hold", () => {
  const schema = buildSchema(`
    type Query { list(first: Int): ThingConnection, thing: Thing }
    type ThingConnection { nodes: [Thing!]! }
    type Thing { name: String, list(first: Int): ThingConnection }
  `);
  const cost = (query: string) => complexityOf(schema, parse(query), { first: 3 });
  assert.equal(cost("{ thing { name } }"), 2);
  assert.equal(cost("{ list(first: 10) { nodes { name } } }"), 1 + 10 + 1);
  assert.equal(cost("query Q($first: Int) { list(first: $first) { nodes { name } } }"), 5);
  assert.equal(cost("{ list { nodes { name } } }"), 1 + 50 + 5);
});
