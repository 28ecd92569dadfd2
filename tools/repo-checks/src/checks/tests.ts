import { parseSync, Visitor } from 'oxc-parser';
import { eachFile, placeOf, type Check } from '../check.ts';

const RUNNERS = new Set(['test', 'it', 'describe', 'suite', 'bench']);
const SWITCHED = new Set(['only', 'skip', 'todo', 'fails']);

/** Every test runs. One that cannot run everywhere says so with `skipIf` and a reason in its name. */
export const tests: Check = eachFile(
  'tests',
  (path) => /\.test\.tsx?$/.test(path) || path.includes('/testing/'),
  (file) => {
    const findings: string[] = [];
    let asserts = !file.path.includes('.test.');
    new Visitor({
      MemberExpression: (node) => {
        if (node.computed || node.property.type !== 'Identifier') return;
        const runner = node.object.type === 'Identifier' ? node.object.name : '';
        if (RUNNERS.has(runner) && SWITCHED.has(node.property.name)) {
          findings.push(`${placeOf(file, node.start)} has ${runner}.${node.property.name}. Every test runs; correct it or delete it.`);
        }
      },
      CallExpression: (node) => {
        const callee = node.callee.type === 'Identifier' ? node.callee.name : '';
        if (/^(expect|assert|describe)|Conformance$|^test/.test(callee)) asserts = true;
        if (node.callee.type === 'MemberExpression') asserts = true;
      },
    }).visit(parseSync(file.path, file.text).program);
    return asserts ? findings : [...findings, `${file.path} has no test in it.`];
  },
);
