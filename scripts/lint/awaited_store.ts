import { asyncMethodsOf, exportsAsync } from "./async_names.ts";
import type { Node } from "./references.ts";

const ROOT = new URL("../../", import.meta.url);

/** What a store has that returns a promise. */
const STORE_METHODS: readonly string[] = [
  "one",
  "all",
  "run",
  "transaction",
  "notify",
  "listen",
  "close",
];

/** How variables and members that hold a store, or the handle of a transaction, are called. */
const STORE_NAMES: readonly string[] = ["store", "tx"];

/**
 * Reports a promise of the host's store, or of a function of the server, that nobody awaits: it writes after its
 * transaction has ended, loses its error, and goes into an answer as an empty object, which no type forbids.
 */
export function awaitedStore(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  const file = insideOf(context.filename);
  if (file === null) return {};
  const isServer = file.pathname.includes("/src/server/");
  const asyncNames = new Set<string>();
  const asyncMethods = new Set<string>();
  const foreignMethods = new Set<string>();
  const calls: Deno.lint.CallExpression[] = [];
  // Elsewhere a store is the issue cache, which promises nothing.
  let knowsTheServer = isServer;
  const take = (specifier: string, name: string, local: string) => {
    if (!specifier.startsWith(".")) return;
    const module = new URL(specifier, file);
    if (!module.pathname.includes("/src/server/")) return;
    knowsTheServer = true;
    if (exportsAsync(module, name)) asyncNames.add(local);
    if (isServer) { for (const method of asyncMethodsOf(module, name)) foreignMethods.add(method); }
  };
  return {
    ImportDeclaration(node) {
      for (const one of node.specifiers) {
        if (one.type !== "ImportSpecifier" || one.imported.type !== "Identifier") continue;
        take(node.source.value, one.imported.name, one.local.name);
      }
    },
    ImportExpression(node) {
      const { source } = node;
      const declarator = node.parent.type === "AwaitExpression" ? node.parent.parent : null;
      if (source.type !== "Literal" || declarator?.type !== "VariableDeclarator") return;
      if (declarator.id.type !== "ObjectPattern") return;
      for (const property of declarator.id.properties) {
        if (property.type !== "Property" || property.key.type !== "Identifier") continue;
        const { name } = property.key;
        take(
          String(source.value),
          name,
          property.value.type === "Identifier" ? property.value.name : name,
        );
      }
    },
    FunctionDeclaration(node) {
      if (isServer && node.id && isAsync(node)) asyncNames.add(node.id.name);
    },
    VariableDeclarator(node) {
      const { id, init } = node;
      if (!isServer || id.type !== "Identifier" || init?.type !== "ArrowFunctionExpression") return;
      if (isAsync(init)) asyncNames.add(id.name);
    },
    MethodDefinition(node) {
      const name = nameOf(node.key);
      if (isServer && name !== null && isAsync(node.value)) asyncMethods.add(name);
    },
    CallExpression(node) {
      calls.push(node);
    },
    "Program:exit"() {
      if (!knowsTheServer) return;
      for (const call of calls) {
        const name = promising(call, { asyncNames, asyncMethods, foreignMethods });
        if (name === null || isAwaited(call, context.sourceCode.text)) continue;
        context.report({
          node: call,
          message: `Nobody awaits what "${name}" promises`,
          hint: "Write `await` before the call, or return its promise.",
        });
      }
    },
  };
}

function isAsync(
  node: {
    readonly async: boolean;
    readonly returnType?: Deno.lint.TSTypeAnnotation | undefined;
  },
): boolean {
  const type = node.returnType?.typeAnnotation;
  return node.async || type?.type === "TSTypeReference" && type.typeName.type === "Identifier" &&
      type.typeName.name === "Promise";
}

/** What returns a promise in a file. */
interface Promising {
  readonly asyncNames: ReadonlySet<string>;
  /** Methods of the file's own classes. */
  readonly asyncMethods: ReadonlySet<string>;
  /** Methods of the classes it imports. */
  readonly foreignMethods: ReadonlySet<string>;
}

/** What a call that returns a promise is called; `null` for any other. */
function promising(
  { callee }: Deno.lint.CallExpression,
  { asyncNames, asyncMethods, foreignMethods }: Promising,
): string | null {
  if (callee.type === "Identifier") return asyncNames.has(callee.name) ? callee.name : null;
  if (callee.type !== "MemberExpression") return null;
  const { object } = callee;
  const method = nameOf(callee.property);
  if (method === null) return null;
  if (object.type === "ThisExpression") return asyncMethods.has(method) ? method : null;
  if (foreignMethods.has(method)) return method;
  const holder = object.type === "Identifier"
    ? object.name
    : object.type === "MemberExpression"
    ? nameOf(object.property)
    : null;
  if (holder === null || !STORE_NAMES.includes(holder.replace(/^#/, ""))) return null;
  return STORE_METHODS.includes(method) ? `${holder}.${method}` : null;
}

function nameOf(node: Node): string | null {
  return node.type === "Identifier"
    ? node.name
    : node.type === "PrivateIdentifier"
    ? `#${node.name.replace(/^#/, "")}`
    : null;
}

/** Calls that take promises and wait for them, or give them to somebody who does. */
const WAITING = /^(Promise\.(all|allSettled|any|race)|assert\.(rejects|doesNotReject))$/;

/** Follows a promise to where it ends up. */
function isAwaited(call: Deno.lint.CallExpression, text: string): boolean {
  let inner: Node = call;
  for (let outer: Node | null | undefined = call.parent; outer; outer = parentOf(outer)) {
    switch (outer.type) {
      case "AwaitExpression":
      case "ReturnStatement":
      case "YieldExpression":
        return true;
      case "ArrowFunctionExpression":
        return !isForEach(outer);
      case "VariableDeclarator":
        return outer.id.type === "Identifier" && isAwaitedLater(outer.id.name, text);
      case "AssignmentExpression":
        return outer.left.type !== "Identifier" || isAwaitedLater(outer.left.name, text);
      case "PropertyDefinition":
        return true;
      case "ForOfStatement":
        return false;
      case "MemberExpression":
        // `.then`, `.catch` and `.finally` promise in turn.
        if (!/^(then|catch|finally)$/.test(nameOf(outer.property) ?? "")) return false;
        break;
      case "CallExpression":
        if (outer.callee === inner) break;
        return WAITING.test(calleeOf(outer));
      case "LogicalExpression":
      case "ConditionalExpression":
        if (outer.type === "ConditionalExpression" && outer.test === inner) return false;
        if (outer.type === "LogicalExpression" && outer.left === inner) return false;
        break;
      case "ArrayExpression":
      case "ChainExpression":
        break;
      default:
        return false;
    }
    inner = outer;
  }
  return false;
}

function parentOf(node: Node): Node | null {
  return ("parent" in node ? node.parent : null) ?? null;
}

/** `forEach` throws away what its function returns. */
function isForEach(node: Node): boolean {
  const call = parentOf(node);
  return call?.type === "CallExpression" && call.callee.type === "MemberExpression" &&
    nameOf(call.callee.property) === "forEach";
}

function calleeOf({ callee }: Deno.lint.CallExpression): string {
  if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return "";
  return `${callee.object.name}.${nameOf(callee.property) ?? ""}`;
}

/** Whether a promise that a variable holds is awaited, returned or handed on somewhere in the file. */
function isAwaitedLater(name: string, text: string): boolean {
  return new RegExp(
    String.raw`\b(await|return) ${name}\b|\b${name}\s*\.(then|catch|finally)\b|` +
      String.raw`\b(Promise\.\w+\(\[?[^;]*|assert\.\w+\()\b${name}\b|\.add\(${name}\)`,
  ).test(text);
}

/** The file as a URL inside this repository; `null` for any other. */
function insideOf(filename: string): URL | null {
  const path = filename.replaceAll("\\", "/");
  const at = path.indexOf(ROOT.pathname);
  const inside = at < 0 ? path : path.slice(at + ROOT.pathname.length);
  return /^\/?(src|tests|scripts)\//.test(inside) ? new URL(inside.replace(/^\//, ""), ROOT) : null;
}
