// `npm run repo-checks`: the rules of this repository that no other tool holds. The last line is `N passed, N failed`.
import { join } from 'node:path';
import { realRepository } from './adapters/real-repository.ts';
import { findingsOf } from './check.ts';
import { CHECKS } from './checks.ts';

const repository = realRepository(join(import.meta.dirname, '..', '..', '..'));
let failed = 0;
for (const check of CHECKS) {
  const findings = findingsOf(check, repository);
  if (findings.length > 0) failed += 1;
  console.log(`${findings.length === 0 ? 'ok    ' : 'FAILED'}  ${check.name}`);
  for (const finding of findings) console.log(`        ${finding}`);
}
console.log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
