import assert from "node:assert/strict";
import { classifyProvider, HOSTED_PROVIDERS, LOCAL_PROVIDERS } from "../../src/contract/mod.ts";
import { resolve } from "./openapi_document.ts";

Deno.test("the hosted providers are those of the OpenAPI document", () => {
  const { enum: documented } = resolve({ $ref: "#/components/schemas/HostedProvider" });
  assert.deepEqual(documented, HOSTED_PROVIDERS);
});

for (const provider of HOSTED_PROVIDERS) {
  Deno.test(`${provider} is hosted, whatever its case and the blanks around it`, () => {
    for (const name of [provider, provider.toUpperCase(), ` ${provider}\t`]) {
      assert.deepEqual(classifyProvider(name), { kind: "hosted", provider });
    }
  });
}

for (const provider of LOCAL_PROVIDERS) {
  Deno.test(`${provider} is local, whatever its case and the blanks around it`, () => {
    for (const name of [provider, provider.toUpperCase(), ` ${provider}\n`]) {
      assert.deepEqual(classifyProvider(name), { kind: "local", provider });
    }
  });
}

Deno.test("Azure DevOps is removed under each of its spellings", () => {
  for (const name of ["azure", "azure_devops", "azure-devops", " Azure-DevOps ", "AZURE"]) {
    assert.deepEqual(classifyProvider(name), {
      kind: "removed",
      provider: "azure_devops",
      message: "Azure DevOps is no longer supported.",
    });
  }
});

Deno.test("any other name is unknown, and is never taken for a near one", () => {
  for (const name of ["", "linea", "jira2", "git-hub", "azuredevops", "toString"]) {
    assert.equal(classifyProvider(name).kind, "unknown", name);
  }
  assert.deepEqual(classifyProvider(" My-Tool "), { kind: "unknown", name: "my_tool" });
});
