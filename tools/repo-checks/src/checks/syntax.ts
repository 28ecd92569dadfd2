import { parseSync, Visitor, type VisitorObject } from 'oxc-parser';
import { eachFile, isCode, isTest, placeOf, type Check } from '../check.ts';

/** Folders whose code may touch the real world. */
const REAL_WORLD = /(^|\/)adapters\/|^(tools|scripts|bench|e2e|packages\/test-kit|apps\/cli\/bin)\/|\.config\.ts$/;

const SEAM_MODULES = /^(node:)?(fs|child_process|http|https|http2|net|tls|dgram|dns|timers|worker_threads|cluster|sqlite)(\/|$)|^undici$/;

/** What lint has no rule for: words of the language that we do without, and ways around the five seams. */
export const syntax: Check = eachFile('syntax', isCode, (file) => {
  const findings: string[] = [];
  const add = (node: { readonly start: number }, words: string): void => {
    findings.push(`${placeOf(file, node.start)} ${words}`);
  };
  const isReal = REAL_WORLD.test(file.path) || isTest(file.path);
  const { program } = parseSync(file.path, file.text);
  new Visitor({
    ExportAllDeclaration: (node) => {
      if (node.exported === null) add(node, 'exports everything. Name what is exported, one by one.');
    },
    TSEnumDeclaration: (node) => add(node, 'declares an enum. Use a union of words, or a table "as const".'),
    ClassDeclaration: (node) => lookAtClass(node, add),
    ClassExpression: (node) => lookAtClass(node, add),
    NewExpression: (node) => {
      const isNow = node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0;
      if (isNow && !isReal) add(node, 'reads the real time. Take a Clock (packages/contract seams) and ask it.');
    },
    CallExpression: (node) => {
      const isNow = node.callee.type === 'Identifier' && node.callee.name === 'Date';
      if (isNow && !isReal) add(node, 'reads the real time. Take a Clock (packages/contract seams) and ask it.');
    },
    ImportExpression: (node) => {
      const name = node.source.type === 'Literal' ? String(node.source.value) : '';
      if (SEAM_MODULES.test(name) && !isReal) add(node, `imports ${name} on the way. Only adapters/ touch the real world.`);
    },
  }).visit(program);
  return findings;
});

type ClassNode = Parameters<NonNullable<VisitorObject['ClassDeclaration']>>[0];

/** React has no other way to catch an error of its children than a component that is a class. */
const MAY_BE_EXTENDED = /Error$|^Component$/;

function lookAtClass(node: ClassNode, add: (node: { readonly start: number }, words: string) => void): void {
  const base = node.superClass;
  if (base === null) return;
  const name = base.type === 'Identifier' ? base.name : 'something';
  if (!MAY_BE_EXTENDED.test(name)) add(node, `extends ${name}. Classes extend errors alone; hand in what varies.`);
}
