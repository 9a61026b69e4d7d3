import { isReference } from "./references.ts";

/**
 * The project's own lint rules. They hold two promises of the code base: nothing but `src/platform/`
 * and the process edges touches the machine, and no comment or cast silences a check.
 */
const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "platform-door": { create: platformDoor },
    "no-silencing": { create: noSilencing },
    "no-cast": { create: noCast },
  },
};
export default plugin;

/** Names of the machine, and what to use in their place. */
const MACHINE: Readonly<Record<string, string>> = {
  Deno: "the Platform you are handed",
  fetch: "platform.fetch",
  setTimeout: "platform.clock.sleep or platform.clock.deadline",
  setInterval: "platform.clock.sleep",
  clearTimeout: "platform.clock",
  clearInterval: "platform.clock",
  performance: "platform.clock.monotonic",
  console: "platform.terminal",
  process: "platform.system",
  globalThis: "the Platform you are handed",
  window: "the Platform you are handed",
  self: "the Platform you are handed",
  localStorage: "platform.files",
  sessionStorage: "platform.files",
  alert: "platform.terminal",
  confirm: "platform.terminal",
  prompt: "platform.terminal",
  Worker: "platform.processes",
  WebSocket: "platform.fetch",
  EventSource: "platform.fetch",
};

/** Members of pure globals that are not pure. */
const MACHINE_MEMBERS: Readonly<Record<string, string>> = {
  "Date.now": "platform.clock.now",
  "Math.random": "platform.random.fraction",
  "crypto.randomUUID": "platform.random.uuid",
  "crypto.getRandomValues": "platform.random.bytes",
  "AbortSignal.timeout": "platform.clock.deadline",
  "Temporal.Now": "platform.clock.now",
};

/** What may be imported from Node's modules: pure computation only. */
const PURE_NODE: Readonly<Record<string, readonly string[]>> = {
  "node:crypto": ["createHash", "createHmac", "scrypt", "scryptSync", "timingSafeEqual"],
  "node:util": ["stripVTControlCharacters"],
};

function platformDoor(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  const room = roomOf(context.filename);
  if (room === null || room === "platform") return {};
  const report = (node: Deno.lint.Node, name: string, instead: string) =>
    context.report({
      node,
      message: `"${name}" is the machine; only src/platform/ may name it`,
      hint: `Use ${instead}.`,
    });
  return {
    Identifier(node) {
      const instead = Object.hasOwn(MACHINE, node.name) ? MACHINE[node.name] : undefined;
      if (instead !== undefined && isReference(node)) report(node, node.name, instead);
    },
    MemberExpression(node) {
      const { object, property } = node;
      if (object.type !== "Identifier" || !isReference(object)) return;
      const member = property.type === "Identifier" && !node.computed
        ? property.name
        : property.type === "Literal"
        ? String(property.value)
        : "";
      const name = `${object.name}.${member}`;
      const instead = MACHINE_MEMBERS[name];
      if (instead !== undefined) report(node, name, instead);
    },
    VariableDeclarator(node) {
      if (node.init?.type !== "Identifier" || node.id.type !== "ObjectPattern") return;
      for (const property of node.id.properties) {
        if (property.type !== "Property" || property.key.type !== "Identifier") continue;
        const name = `${node.init.name}.${property.key.name}`;
        const instead = MACHINE_MEMBERS[name];
        if (instead !== undefined && isReference(node.init)) report(property.key, name, instead);
      }
    },
    NewExpression(node) {
      if (node.callee.type !== "Identifier" || node.callee.name !== "Date") return;
      if (node.arguments.length === 0 && isReference(node.callee)) {
        report(node, "new Date()", "new Date(platform.clock.now())");
      }
    },
    CallExpression(node) {
      if (node.callee.type === "Identifier" && node.callee.name === "Date") {
        if (isReference(node.callee)) report(node, "Date()", "isoTime(platform.clock.now())");
      }
    },
    ImportDeclaration(node) {
      const allowed = PURE_NODE[node.source.value];
      if (!node.source.value.startsWith("node:")) return;
      const names = node.specifiers.map((specifier) =>
        specifier.type === "ImportSpecifier" && specifier.imported.type === "Identifier"
          ? specifier.imported.name
          : "*"
      );
      if (names.length > 0 && names.every((name) => allowed?.includes(name))) return;
      report(node, `${names.join(", ")} from ${node.source.value}`, "the Platform you are handed");
    },
    ImportExpression(node) {
      const { source } = node;
      if (source.type !== "Literal" || !String(source.value).startsWith("node:")) return;
      const names = destructured(node);
      const allowed = PURE_NODE[String(source.value)];
      if (names === null || !names.every((name) => allowed?.includes(name))) {
        report(node, `import("${source.value}")`, "the Platform you are handed");
      }
    },
  };
}

/** The names taken by `const { … } = await import(…)`, or `null` when more may be taken. */
function destructured(node: Deno.lint.ImportExpression): string[] | null {
  const declarator = node.parent.type === "AwaitExpression" ? node.parent.parent : null;
  if (declarator?.type !== "VariableDeclarator" || declarator.id.type !== "ObjectPattern") {
    return null;
  }
  return declarator.id.properties.map((property) =>
    property.type === "Property" && property.key.type === "Identifier" ? property.key.name : "*"
  );
}

const SILENCING =
  /^[\s*]*(deno-lint-ignore|deno-fmt-ignore|deno-coverage-ignore|@ts-ignore|@ts-expect-error|@ts-nocheck)/m;

function noSilencing(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  return {
    "Program:exit"() {
      for (const comment of context.sourceCode.getAllComments()) {
        const found = SILENCING.exec(comment.value)?.[1];
        if (found === undefined) continue;
        context.report({
          range: comment.range,
          message: `"${found}" silences a check`,
          hint: "Change the code so that the check passes.",
        });
      }
    },
  };
}

function noCast(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  if (roomOf(context.filename) === null) return {};
  const report = (node: Deno.lint.Node) =>
    context.report({
      node,
      message: "A cast claims what nothing has checked",
      hint: "Parse the value with a schema, or narrow it.",
    });
  return {
    TSAsExpression(node) {
      const type = node.typeAnnotation;
      const isConst = type.type === "TSTypeReference" && type.typeName.type === "Identifier" &&
        type.typeName.name === "const";
      if (!isConst) report(node);
    },
    TSTypeAssertion: report,
    TSNonNullExpression: report,
  };
}

/** The room a file is in: `src/<room>/…`; `null` for files outside `src`. */
function roomOf(filename: string): string | null {
  const root = new URL("../../", import.meta.url).pathname;
  const path = filename.replaceAll("\\", "/");
  const at = path.indexOf(root);
  const inside = at < 0 ? path : path.slice(at + root.length);
  return /^\/?src\/([^/]+)/.exec(inside)?.[1] ?? null;
}
