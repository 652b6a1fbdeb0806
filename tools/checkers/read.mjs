// Reads HTML with html-validate: a line in is {"kind": "page" | "letter", "html": "…"} as JSON, a line out the list of what is wrong with it.
import { createInterface } from "node:readline";
import { HtmlValidate } from "html-validate";

const page = {
  extends: ["html-validate:recommended"],
  rules: {
    "no-inline-style": "error",
    "require-csp-nonce": "error",
    "aria-label-misuse": ["error", { allowAnyNamable: true }], // a list of filters may have a name
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "submit"] }], // many of one list may be chosen
    "tel-non-breaking": "off", // the style sheet keeps a telephone number in one line
    "void-style": "off",
    "doctype-style": "off",
    "long-title": "off",
    "no-trailing-whitespace": "off",
  },
};
// Programs that show mail know only styles at the element, and tables.
const letter = { ...page, rules: { ...page.rules, "no-inline-style": "off", "require-csp-nonce": "off", "prefer-tbody": "off" } };
const readers = { page: new HtmlValidate(page), letter: new HtmlValidate(letter) };

for await (const line of createInterface({ input: process.stdin })) {
  const { kind, html } = JSON.parse(line);
  const { results } = await readers[kind].validateString(html);
  const wrong = results.flatMap((one) => one.messages).map((one) => `${one.line}:${one.column} ${one.ruleId}: ${one.message}`);
  process.stdout.write(`${JSON.stringify(wrong)}\n`);
}
