import type { Check } from '../check.ts';

const INSTALLED_OR_BUILT = /(^|\/)(node_modules|dist)(\/|$)/;

/** Nothing that is installed or built is committed, at whatever depth it lies. */
export const tracked: Check = {
  name: 'tracked files',
  run: ({ tracked: paths }) => ({
    looked: paths.length,
    findings: paths
      .filter((path) => INSTALLED_OR_BUILT.test(path))
      .map((path) => `${path} is installed or built, and committed. Take it out: git rm -r --cached, and see .gitignore.`),
  }),
};
